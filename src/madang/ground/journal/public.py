"""The door: receipts for what was recorded, and the erasure of what named a person."""

from madang.ground.journal.queries import receipt_for
from madang.ground.journal.services import erase_facts, erase_told

__all__ = ["erase_facts", "erase_told", "receipt_for"]
