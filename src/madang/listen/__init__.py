"""Listen: citizens and sensors speak."""
