"""Addresses: the part of a web address that names one hearing or one ballot for good."""

import re

from madang.ground.words import marked

ADDRESS = r"^[a-z0-9-]{1,80}$"  # means the same to Python and to PostgreSQL
WHAT_AN_ADDRESS_IS = marked(
    "An address is made of small Latin letters, digits and hyphens, 80 at most."
)


def is_address(text: str) -> bool:
    """Return whether a hearing or ballot may have this address."""
    return re.fullmatch(ADDRESS, text) is not None
