"""Processes that are no block's, by name."""

FRONT = "front"  # where people sign in and find their way; behind a wall of its own
RIGHTS = "rights"  # what is held about a person, told to them; behind a wall that sees much
LIVE = "live"  # live updates; behind a wall without a door
GROUND = "ground"  # the ground's work in the queue; it owns the tables and has no address
