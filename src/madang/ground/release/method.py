"""The three ways in which people in a release are protected. Free of Django and of numpy."""

from enum import StrEnum


class Method(StrEnum):
    """How people in a release are protected."""

    RECORDS = "records"
    TABLE = "table"
    NOISE = "noise"
