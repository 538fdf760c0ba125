"""Files that are there whole or not at all, also after a power cut. Free of Django."""

import os
from pathlib import Path


def write_whole(place: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file, or replace it; what it holds is on disk when this returns.

    Never readable by more than `mode` says, not even for a moment. Its name is on disk only after
    `sync_folder`.
    """
    draft = place.with_name(f".{place.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place)


def write_durably(place: Path, text: str) -> None:
    """Write a file for its owner alone; the whole of it and its name are on disk afterwards."""
    write_whole(place, text.encode(), mode=0o600)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Have on disk what was made, renamed and removed in a folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
