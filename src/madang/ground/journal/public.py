"""The door: receipts for what blocks recorded."""

from madang.ground.journal.queries import receipt_for

__all__ = ["receipt_for"]
