"""Walls between blocks: what each may touch in the database, and the switch that turns one off."""
