"""Processes that are no block's, by name."""

FRONT = "front"  # where people sign in and find their way; behind a wall of its own
LIVE = "live"  # live updates; behind a wall without a door
GROUND = "ground"  # the ground's work in the queue; it owns the tables and has no address
