"""The page shell: base page, parts, template tags and our own styles."""
