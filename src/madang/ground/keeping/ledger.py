"""What was erased before it was due, noted outside the database, so that a restore keeps to it.

A line is HMAC-SHA256 over what was erased under a key of the key store: it tells nobody who that
was, and whoever asks about somebody finds out whether they were erased.
"""

import hashlib
import hmac
import os

from madang.ground.keeping.keystore import KeyName, key_folder, make_key, mode_of_files

LEDGER_KEY = KeyName("ledger", "0001")
FILE = "erased"


def note_erased(kind: str, key: object) -> None:
    """Note for good that this was erased, as in ("identity.Person", its id).

    On disk when this returns. Call it before the erasure is committed: what somebody asked to be
    erased goes after a restore, even if the power failed here.
    """
    line = _line(kind, key)
    place = key_folder() / FILE
    is_new = not place.exists()
    handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if is_new:
            os.fchmod(handle, mode_of_files())
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


class Ledger:
    """The ledger as it is now."""

    def __init__(self) -> None:
        place = key_folder() / FILE
        self._lines = set(place.read_text("ascii").split()) if place.exists() else set()

    def has(self, kind: str, key: object) -> bool:
        """Return whether this was erased."""
        return bool(self._lines) and _line(kind, key) in self._lines


def _line(kind: str, key: object) -> str:
    return hmac.new(make_key(LEDGER_KEY), f"{kind}\n{key}".encode(), hashlib.sha256).hexdigest()
