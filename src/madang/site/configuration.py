"""Everything that is wrong with the environment, found before anything starts, and all at once.

settings.py reads the variables; what they may hold is said here, one line a variable. Values of
secrets and addresses with passwords in them are never repeated.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from email.utils import parseaddr
from functools import partial
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from madang.core.bad_input import BadInput
from madang.ground.block import discover_blocks
from madang.site.environment import SECRETS

SWITCHES = ("1", "true", "yes", "on", "0", "false", "no", "off", "")
SHORTEST_SECRET = 32  # characters
FEWEST_SIGNS = 8  # different ones in a secret
LAST_PORT = 65535
MOST_PROXIES = 20

Check = Callable[[str, str], Iterator[BadInput]]


def problems(environment: Mapping[str, str]) -> list[BadInput]:
    """Return what is wrong, by variable; empty where the city can start."""
    given = {name: value for name, value in environment.items() if name.startswith("MADANG_")}
    return [
        *_unknown(given),
        *(wrong for name in CHECKS if name in environment for wrong in _one(name, environment)),
        *_folder(environment.get("MADANG_DATA", ".madang")),
        *_together(given),
    ]


def known_names() -> frozenset[str]:
    """Return every variable that the reference describes; a test holds it to what is read."""
    from madang.site.reference_settings import setting_names

    return frozenset(setting_names())


def _unknown(given: Mapping[str, str]) -> Iterator[BadInput]:
    known = known_names()
    of_blocks = {f"MADANG_PSEUDONYM_KEY_{each.block.name.upper()}" for each in discover_blocks()}
    for name in sorted(given.keys() - known - of_blocks):
        if close := get_close_matches(name, known, n=1, cutoff=0.6):
            yield BadInput(
                name, None, "there is no such setting; is {other} meant?", other=close[0]
            )
        else:
            yield BadInput(name, None, "there is no such setting; remove it.")


def _one(name: str, environment: Mapping[str, str]) -> Iterator[BadInput]:
    yield from CHECKS[name](name, environment[name])


def _switch(name: str, value: str) -> Iterator[BadInput]:
    if value.lower() not in SWITCHES:
        yield BadInput(name, None, "{value} is no switch; write 1 or 0.", value=value)


def _number(name: str, value: str, *, least: int, most: int) -> Iterator[BadInput]:
    if not value.isdecimal() or not least <= int(value) <= most:
        yield BadInput(
            name,
            None,
            "{value} is not a whole number from {least} to {most}.",
            value=value or '""',
            least=least,
            most=most,
        )


def _choice(name: str, value: str, *, among: tuple[str, ...]) -> Iterator[BadInput]:
    if value and value not in among:
        known = ", ".join(among)
        yield BadInput(name, None, "{value} is none of {known}.", value=value, known=known)


def _database(name: str, value: str) -> Iterator[BadInput]:
    if not value:
        return
    scheme = value.partition(":")[0]
    if scheme not in {"postgresql", "postgres"} or "://" not in value:
        yield BadInput(
            name, None, "it must start with postgresql://, for Madang keeps its data nowhere else."
        )
        return
    try:
        parts = urlsplit(value)
        is_whole = parts.port != 0 and len(parts.path) > 1
    except ValueError:
        is_whole = False
    if not is_whole:
        yield BadInput(
            name, None, "write it as postgresql://user:password@host:5432/name; escape what is odd."
        )


def _card(name: str, value: str) -> Iterator[BadInput]:
    from django.core.exceptions import ImproperlyConfigured

    from madang.ground.city.card import read_card

    try:
        read_card(Path(value))
    except (ImproperlyConfigured, OSError, ValueError, TypeError) as broken:
        yield BadInput(name, None, "the city card cannot be used: {why}", why=_why(broken))


def _why(broken: Exception) -> str:
    said = getattr(broken, "strerror", None) or str(broken)
    return said if len(said) > 1 else type(broken).__name__


def _hosts(name: str, value: str) -> Iterator[BadInput]:
    for host in (part.strip() for part in value.split(",")):
        if "://" in host or "/" in host:
            yield BadInput(
                name, None, "{host} is an address; write the host's name alone.", host=host
            )
        elif host == "*":
            yield BadInput(
                name, None, "* would answer under any name; write the names of the city's site."
            )
        elif " " in host:
            yield BadInput(name, None, "{host} holds spaces; put commas between names.", host=host)


def _origins(name: str, value: str) -> Iterator[BadInput]:
    for origin in filter(None, (part.strip() for part in value.split(","))):
        if not origin.startswith(("http://", "https://")) or urlsplit(origin).path:
            yield BadInput(
                name, None, "{origin} is no origin; write it as https://host.", origin=origin
            )


def _live(name: str, value: str) -> Iterator[BadInput]:
    if value and not (value.startswith(("http://", "https://")) and value.endswith("/live")):
        yield BadInput(
            name, None, "{value} is no address of live updates, as https://host/live.", value=value
        )


def _secret(name: str, value: str) -> Iterator[BadInput]:
    if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_SIGNS:
        yield BadInput(
            name,
            None,
            "it is too easy to guess; give {least} random characters or more, or leave it out"
            " and it is made.",
            least=SHORTEST_SECRET,
        )


def _mail_host(name: str, value: str) -> Iterator[BadInput]:
    host, colon, port = value.partition(":")
    if "/" in value or (value and not host) or " " in value:
        yield BadInput(name, None, "{value} is no mail server, as host or host:25.", value=value)
    elif colon:
        yield from _number(name, port, least=1, most=LAST_PORT)


def _sender(name: str, value: str) -> Iterator[BadInput]:
    if "@" not in parseaddr(value)[1]:
        yield BadInput(
            name, None, "{value} is no sender, as Madang <madang@city.example>.", value=value
        )


def _time_zone(name: str, value: str) -> Iterator[BadInput]:
    known = available_timezones()
    if value in known:
        return
    if close := get_close_matches(value, known, n=1):
        yield BadInput(
            name, None, "{value} is no time zone; is {other} meant?", value=value, other=close[0]
        )
    else:
        yield BadInput(name, None, "{value} is no time zone, as Asia/Seoul is.", value=value)


def _web_address(name: str, value: str) -> Iterator[BadInput]:
    if value and not value.startswith(("http://", "https://")):
        yield BadInput(name, None, "{value} is no address, as http://host:4318.", value=value)


def _folder(value: str) -> Iterator[BadInput]:
    """Whether the data folder can be written, or the nearest folder above where it is not made."""
    name, place = "MADANG_DATA", Path(value).resolve()
    there = next(folder for folder in (place, *place.parents) if folder.exists())
    if not there.is_dir():
        yield BadInput(name, None, "{path} is not a folder.", path=there)
    elif not os.access(there, os.W_OK | os.X_OK):
        yield BadInput(name, None, "{path} cannot be written by this user.", path=there)


def _together(given: Mapping[str, str]) -> Iterator[BadInput]:
    """What is wrong only beside another variable."""
    if given.get("MADANG_HTTPS", "").lower() in {"1", "true", "yes", "on"}:
        if any(each.strip().startswith("http:") for each in _origins_of(given)):
            yield BadInput(
                "MADANG_ORIGINS", None, "with MADANG_HTTPS on, an origin begins with https://."
            )
        if given.get("MADANG_LIVE_URL", "").startswith("http:"):
            yield BadInput(
                "MADANG_LIVE_URL", None, "with MADANG_HTTPS on, browsers need https:// here too."
            )
        if given.get("MADANG_DEBUG", "").lower() in {"1", "true", "yes", "on"}:
            yield BadInput(
                "MADANG_DEBUG",
                None,
                "it shows visitors the inside; leave it out with MADANG_HTTPS.",
            )
    for one, other in combinations(SECRETS, 2):
        if given.get(one) and given.get(one) == given.get(other):
            yield BadInput(other, None, "it is the same as {other}; make another.", other=one)


def _origins_of(given: Mapping[str, str]) -> list[str]:
    return given.get("MADANG_ORIGINS", "").split(",")


CHECKS: Mapping[str, Check] = {
    "MADANG_DATABASE_URL": _database,
    "MADANG_CITY": _card,
    "MADANG_HOSTS": _hosts,
    "MADANG_ORIGINS": _origins,
    "MADANG_HTTPS": _switch,
    "MADANG_LIVE_URL": _live,
    "MADANG_SECRET_KEY": _secret,
    "MADANG_PSEUDONYM_KEY": _secret,
    "MADANG_JOURNAL_KEY": _secret,
    "MADANG_MAIL_HOST": _mail_host,
    "MADANG_MAIL_FROM": _sender,
    "MADANG_PROXIES": partial(_number, least=0, most=MOST_PROXIES),
    "MADANG_TIME_ZONE": _time_zone,
    "MADANG_LOG": partial(_choice, among=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    "MADANG_LOG_FORMAT": partial(_choice, among=("text", "json")),
    "MADANG_METRICS_PORT": partial(_number, least=1, most=LAST_PORT),
    "MADANG_DEBUG": _switch,
    "OTEL_EXPORTER_OTLP_ENDPOINT": _web_address,
}
