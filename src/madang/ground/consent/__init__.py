"""Consents: what people were asked, in which words, what they answered, and when they took it back.

Knows nobody but by their id, so that the room of people (`identity`) can ask through it.
"""
