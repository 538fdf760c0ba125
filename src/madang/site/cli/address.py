"""The address of what is imported: as the user gives it, else made from a name."""

import re

from madang.ground.address import WHAT_AN_ADDRESS_IS, is_address
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _


def checked_address(slug: str) -> str:
    """Return the address. Raises Refusal for what can be none; "" stands for none given."""
    if slug and not is_address(slug):
        raise Refusal(f"{slug}: {_(WHAT_AN_ADDRESS_IS)}")
    return slug


def address_from(name: str) -> str:
    """Return an address like the name of a file or folder; "imported" where no letter fits."""
    from django.utils.text import slugify

    return slugify(re.sub(r"[._]+", "-", name))[:80] or "imported"
