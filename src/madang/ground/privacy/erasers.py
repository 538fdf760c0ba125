"""What is erased besides declared fields: each says how much, and erases it unless it rehearses.

A room that keeps something of people elsewhere (files, a search index, tables of the repository)
hangs its own in by `@erases`, from a module that is imported when Django is ready, such as its
`handlers.py`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connection

from madang.ground.identity.models import SignIn
from madang.ground.identity.services import forget_sign_ins


class Eraser(Protocol):
    """Returns how much is due at this time, and erases it unless it only rehearses."""

    def __call__(self, *, at: datetime, rehearses: bool) -> int: ...


ERASERS: dict[str, Eraser] = {}
MAIL = timedelta(days=14)  # that is kept in files where no mail server is named
JOBS = timedelta(days=90)  # that failed, for somebody to look into


def erases(name: str) -> Callable[[Eraser], Eraser]:
    """Let the sweeper call this under this name, in a transaction with its certificate."""

    def register(eraser: Eraser) -> Eraser:
        assert ERASERS.setdefault(name, eraser) is eraser, f"two erasers are called {name}"
        return eraser

    return register


@erases("sign-ins that are over")
def _sign_ins(*, at: datetime, rehearses: bool) -> int:
    number = SignIn.objects.filter(expire_date__lt=at).count()
    if not rehearses:
        forget_sign_ins(at=at)
    return number


@erases("mail kept as files")
def _mail(*, at: datetime, rehearses: bool) -> int:
    folder, oldest = Path(settings.EMAIL_FILE_PATH), (at - MAIL).timestamp()
    files = [each for each in folder.glob("*.log") if each.stat().st_mtime < oldest]
    for file in () if rehearses else files:
        file.unlink(missing_ok=True)
    return len(files)


@erases("jobs that ended")
def _jobs(*, at: datetime, rehearses: bool) -> int:
    ended = (
        "status IN ('failed', 'succeeded', 'cancelled', 'aborted') AND NOT EXISTS ("
        "SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM procrastinate_jobs j WHERE {ended}", [at - JOBS])  # noqa: S608 our own text
        number: int = cursor.fetchone()[0]
        if number and not rehearses:
            cursor.execute(f"DELETE FROM procrastinate_jobs j WHERE {ended}", [at - JOBS])  # noqa: S608 our own text
    return number
