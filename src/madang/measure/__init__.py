"""Measure: the evidence kept, and what changed. Blocks come with later changes."""
