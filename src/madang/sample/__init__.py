"""An invented small city: data only, loaded through the blocks' services."""
