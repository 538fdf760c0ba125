"""Read the environment for settings.py: flags, lists, secrets, the database address, the log."""

import os
import secrets
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

# What the process of live updates calls its connection, by which the health check knows it.
LIVE_CONNECTION = "madang live"
SECRETS = ("MADANG_SECRET_KEY", "MADANG_PSEUDONYM_KEY", "MADANG_JOURNAL_KEY", "MADANG_WALLS_KEY")


def flag(name: str) -> bool:
    return environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: list[str]) -> list[str]:
    value = environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def secret(name: str, data: Path) -> str:
    """Return the secret from the environment, else from its file in the data folder, else "".

    `keep_secrets` makes the files; a site without them has no secret and Django refuses to start.
    """
    if name in environ:
        return environ[name]
    kept = data / "secrets" / name.lower()
    return kept.read_text("ascii") if kept.exists() else ""


def by_block(name: str) -> dict[str, str]:
    """Return what the environment gives to single blocks: NAME_HEARINGS is of "hearings"."""
    of_blocks = {each: value for each, value in environ.items() if each.startswith(f"{name}_")}
    return {each.removeprefix(f"{name}_").lower(): value for each, value in of_blocks.items()}


def keep_secrets(data: Path) -> None:
    """Make the secrets that the environment does not give, once, readable by their owner alone."""
    folder = data / "secrets"
    # Mails that are kept instead of sent hold links that open accounts.
    for closed in (folder, data / "mail"):
        closed.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        kept = folder / name.lower()
        if name in environ or kept.exists():
            continue
        draft = folder / f".{name.lower()}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), "ascii")
        try:
            kept.hardlink_to(draft)  # never replaces what another process made meanwhile
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def database(data: Path) -> dict[str, Any]:
    """Return Django's settings for MADANG_DATABASE_URL, or for the database in the data folder.

    Raises ValueError for an address that is not postgresql://.
    """
    address = (
        environ.get("MADANG_DATABASE_URL")
        or f"postgresql://postgres@/madang?host={quote(str(data / 'postgres'))}"
    )
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(
            "MADANG_DATABASE_URL must start with postgresql://, for Madang keeps its data in "
            f"PostgreSQL only; it starts with {parts.scheme}://"
        )
    # Pages say that the database is away; they do not wait for it as long as PostgreSQL would.
    query = {"connect_timeout": "5"}
    query |= {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def logging_settings() -> dict[str, Any]:
    """Return Python's logging configuration as MADANG_LOG and MADANG_LOG_FORMAT ask for it."""
    made = "JsonLines" if environ.get("MADANG_LOG_FORMAT") == "json" else "TextLines"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"madang.site.operate.logs.{made}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": environ.get("MADANG_LOG") or "WARNING"},
        # Django would print its own lines beside ours where MADANG_DEBUG is on, and mail faults.
        "loggers": {"django": {"handlers": [], "level": "NOTSET", "propagate": True}},
    }
