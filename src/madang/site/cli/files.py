"""Open what the user named and write what was asked for; every failure is one sentence."""

import json
import sys
from pathlib import Path
from typing import Any

from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes. Raises Refusal, saying what is wrong with the path."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal(_("{path}: there is no such file.").format(path=path)) from None
    except IsADirectoryError:
        raise Refusal(_("{path}: this is a folder; name a file in it.").format(path=path)) from None
    except PermissionError:
        raise Refusal(_("{path}: no permission to open it.").format(path=path)) from None
    except OSError as trouble:
        raise Refusal(
            _("{path}: cannot be read: {why}.").format(path=path, why=trouble.strerror)
        ) from None


def write_json(answer: Any, path: Path | None) -> None:
    """Write the answer as JSON to a file, or to standard output for None or "-"."""
    text = json.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if path is None or str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, "utf-8")
    except OSError as trouble:
        raise Refusal(
            _("{path}: cannot be written: {why}.").format(path=path, why=trouble.strerror)
        ) from None
