"""Bring the city up for a command: secrets, database, Django, tables."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, sentence_of, shell_language
from madang.site.environment import SECRETS


@contextmanager
def standing_city() -> Iterator[Callable[[], None]]:
    """Run the block with database and Django up and the tables of today's code.

    Yields what starts the database again where it died.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError
    from django.utils import translation

    from madang.site.environment import keep_secrets

    refuse_bad_configuration()
    data = data_folder()
    keep_secrets(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    signal.signal(signal.SIGTERM, _leave)
    with database_alone(data) as revive:
        try:
            django.setup()
            from madang.ground.locks import Turn, alone_in
            from madang.site.upgrade import migrate_gently

            with alone_in(Turn.MIGRATIONS):  # several commands may start at once
                migrate_gently()
        except (ImproperlyConfigured, ValueError) as wrong:
            raise Refusal(str(wrong)) from wrong
        except OperationalError as silent:
            raise _no_database(silent) from silent
        with translation.override(shell_language()):
            yield revive


@contextmanager
def city_as_it_stands() -> Iterator[None]:
    """Run the block with Django up, and nothing started, made or changed. Raises Refusal."""
    import django

    from madang.site.environment import secret
    from madang.site.postgres import own_address

    refuse_bad_configuration()
    data = Path(os.environ.get("MADANG_DATA", ".madang")).resolve()
    if not secret(SECRETS[0], data):
        raise Refusal(_("{path}: there is no city here yet.").format(path=data), exit_code=3)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    if not os.environ.get("MADANG_DATABASE_URL"):
        os.environ["MADANG_DATABASE_URL"] = own_address(data)
    django.setup()
    yield


def refuse_bad_configuration() -> None:
    """Say everything that is wrong with the environment, a line each. Raises Refusal."""
    from madang.site.configuration import problems

    if wrong := problems(os.environ):
        raise Refusal("\n".join(map(sentence_of, wrong)))


def _leave(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl+C, so that the database is stopped too."""
    raise SystemExit(128 + number)


@contextmanager
def database_alone(data: Path) -> Iterator[Callable[[], None]]:
    """Run the block with the database up, as it is, and without Django."""
    from madang.site.archiving import UnableToArchive, archiving
    from madang.site.postgres import UnableToRunDatabase, running_database

    try:
        archiving()
    except UnableToArchive as wrong:
        raise Refusal(_(wrong.sentence).format(**wrong.values)) from None
    try:
        with running_database(data) as revive:
            yield revive
    except UnableToRunDatabase as silent:
        raise _no_database(silent) from None


def _no_database(why: Exception) -> Refusal:
    sentence = _("The database does not answer: {why}").format(why=str(why).strip())
    return Refusal(sentence, exit_code=3)


def data_folder() -> Path:
    """Return where this city keeps its data, made if it is missing."""
    folder = Path(os.environ.get("MADANG_DATA", ".madang")).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise Refusal(
            _("{path}: cannot be the data folder: {why}.").format(path=folder, why=trouble.strerror)
        ) from None
    return folder
