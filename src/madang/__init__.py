"""Madang (마당): the open system of a city's smart-city office.

It listens to citizens and sensors, decides with reasons, acts through services that leave
evidence, and measures whether the gap closed.
"""

__version__ = "0.1.0"
