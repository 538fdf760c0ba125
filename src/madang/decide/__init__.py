"""Decide: the city chooses, with reasons."""
