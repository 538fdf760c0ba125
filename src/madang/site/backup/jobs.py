"""What the worker does about backups where MADANG_BACKUP_DIR is set."""

import logging
import os
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone

from madang.ground.jobs.queue import periodic
from madang.site.archiving import archiving
from madang.site.backup.state import state_of
from madang.site.backup.taking import UnableToBackUp, take_backup
from madang.site.postgres import is_own_database

logger = logging.getLogger(__name__)


@periodic("41 2 * * *")
def take() -> None:
    """Every night: take a base backup, so that a restore has little of the log to read."""
    wanted = archiving()
    if wanted is None:
        return
    data: Path = settings.MADANG_DATA
    try:
        take_backup(
            address=os.environ["MADANG_DATABASE_URL"],
            data=data,
            archiving=wanted,
            at=timezone.now(),
        )
    except (UnableToBackUp, OSError) as unable:
        logger.error("backups: no base backup was taken: %s %s", unable, _why(unable))


@periodic("*/5 * * * *")
def watch() -> None:
    """Every five minutes: say that what is committed does not reach the backup folder."""
    if archiving() is None:
        return
    address = os.environ["MADANG_DATABASE_URL"]
    try:
        state = state_of(address, is_own=is_own_database(settings.MADANG_DATA, address))
    except psycopg.OperationalError:
        return  # the pages say so already
    if not state.is_on:
        logger.error("backups: the log is not kept; start the city anew")
    elif state.is_behind:
        logger.error("backups: the log is not kept since %s (%s)", state.failed_at, state.failed)


def _why(unable: Exception) -> str:
    return unable.why if isinstance(unable, UnableToBackUp) else ""
