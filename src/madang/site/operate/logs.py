"""One line for each thing worth telling, in words of ours; nothing in it names a person.

What is written is chosen, not what is left out: of a fault its kind, its code and where it arose,
never its message, for PostgreSQL and Django put addresses, SQL values and whole requests there. Of
what a library says, the sentence without the texts that it filled in. What is left is scrubbed.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from errno import errorcode
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from madang.site.operate.served import SERVED

LONGEST = 1000  # characters of one sentence
MOST_FRAMES = 25
HIDDEN = "…"
PACKAGES = (str(Path(__file__).resolve().parents[3]), *sys.path)
STABLE_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PERSONAL = (
    re.compile(r"\bDETAIL:.*", re.DOTALL),  # PostgreSQL repeats the values of a row there
    re.compile(r"[^\s<>\"'()=,;]+(@|%40)[^\s<>\"'(),;]+"),  # e-mail
    re.compile(r"(?<=\?)[^\s\"'>)]+"),  # the query of an address
    re.compile(r"\b\d{6}-?[0-9]\d{6}\b"),  # resident registration number
    re.compile(r"(?:\+82[ -]?|\b0)\d{1,2}[ -]?\d{3,4}[ -]?\d{4}\b"),  # telephone
)
MAY_BE_AN_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
INSERTED = re.compile(r"%(?:\((\w+)\))?[-#0-9+. ]*[a-zA-Z]")


class JsonLines(JsonFormatter):
    """A line is one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        return self.jsonify_log_record(told(record))


class TextLines(logging.Formatter):
    """A line for people: time, level, logger, sentence, then the rest as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        line = told(record)
        frames = line.pop("at", [])
        head = "{time} {level} {logger}: {said}".format_map(line)
        rest = [f"{name}={line[name]}" for name in list(line)[4:]]
        where = [f"at {' < '.join(reversed(frames))}"] if frames else []
        return " ".join(" ".join([head, *rest, *where]).splitlines())


def told(record: logging.LogRecord) -> dict[str, Any]:
    """Return what may be written of a record, in the order in which it is written."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "said": _sentence(record),
    }
    served = SERVED.get()
    if served is not None:
        line |= {"request": served.id, "method": served.method, "route": served.route}
    for name in ("status_code", "ms"):
        if isinstance(value := getattr(record, name, None), int):
            line[name.removesuffix("_code")] = value
    if served is not None and record.levelno >= logging.ERROR:
        line["code"] = served.code
    if record.exc_info and record.exc_info[1] is not None:
        line["fault"] = " < ".join(_kinds(record.exc_info[1]))
        line["at"] = _frames(record.exc_info[1])
    return line


def scrubbed(text: str) -> str:
    """Return the text without what could name a person or a machine."""
    for pattern in PERSONAL:
        text = pattern.sub(HIDDEN, text)
    return MAY_BE_AN_ADDRESS.sub(_without_address, text)[:LONGEST]


def kind_of(fault: BaseException) -> str:
    """Return the fault's type with its code, where it has a stable one: "DiskFull 53100"."""
    code = getattr(fault, "sqlstate", None) or errorcode.get(getattr(fault, "errno", None) or 0, "")
    if not code and type(fault).__module__.startswith("madang."):
        code = str(fault) if STABLE_CODE.fullmatch(str(fault)) else ""
    return f"{type(fault).__name__} {code}".rstrip()


def log_the_end() -> None:
    """Let a fault that ends this process, or a thread of it, be logged as any other."""
    sys.excepthook = _log_the_end


def _log_the_end(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("madang").critical("a fault ended it", exc_info=(kind, fault, trace))


def _sentence(record: logging.LogRecord) -> str:
    status = getattr(record, "status_code", None)
    if record.name.startswith(("django.request", "django.security")):
        phrase = HTTPStatus(status).phrase if isinstance(status, int) else "refused"
        kind = record.name.partition("django.security.")[2]
        return f"{phrase} ({kind})" if kind else phrase
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if record.name.partition(".")[0] == "madang":
        return scrubbed(record.getMessage())
    return scrubbed(QUOTED.sub(HIDDEN, _filled(record.msg, record.args)))


def _filled(template: str, values: Any) -> str:
    """The sentence of a library, with the numbers that it filled in and without the texts."""
    if not values:
        return template
    rest = iter(values if isinstance(values, tuple) else ())

    def fill(place: re.Match[str]) -> str:
        value = values.get(place[1]) if place[1] else next(rest, None)
        return str(value) if isinstance(value, int | float) else HIDDEN

    return INSERTED.sub(fill, template.replace("%%", "%"))


def _kinds(fault: BaseException) -> Iterator[str]:
    """The fault, and what it came from."""
    seen: set[int] = set()
    now: BaseException | None = fault
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield kind_of(now)
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)


def _frames(fault: BaseException) -> list[str]:
    """Where the fault arose, the innermost call last: file, line and function, no values."""
    stack = traceback.extract_tb(fault.__traceback__)[-MOST_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in stack]


def _short(path: str) -> str:
    inside = [path.removeprefix(f"{folder}/") for folder in PACKAGES if folder]
    return min(inside, key=len, default=path)


def _without_address(found: re.Match[str]) -> str:
    text = found[0].strip(".:") if found[0].count(":") < 2 else found[0].rstrip(".")
    host = text.partition(":")[0] if text.count(":") == 1 else text
    try:
        ip_address(host)
    except ValueError:
        return found[0]
    return HIDDEN
