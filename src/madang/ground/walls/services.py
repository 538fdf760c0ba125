"""Switch a block off, and on again."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from madang.ground.events.outbox import record
from madang.ground.jobs.queue import take_up
from madang.ground.walls.events import BlockPaused, BlockResumed
from madang.ground.walls.models import Pause
from madang.ground.walls.queries import look_again
from madang.ground.walls.roles import role_of
from madang.ground.words import Words, is_readable


class UnableToPause(Exception):
    """The block cannot be switched off: "unknown-block", "no-reason", "paused-already"."""


class UnableToResume(Exception):
    """The block cannot be switched on: "unknown-block", "not-paused"."""


@transaction.atomic
def pause_block(*, block: str, reason: Words, at: datetime) -> Pause:
    """Switch a block off and record BlockPaused; safe to repeat with the same reason.

    Its pages say why, its jobs wait, and a process of its own loses the database at once, so that
    an intruder in it does too.

    Raises UnableToPause: "unknown-block", "no-reason", "paused-already".
    """
    if not _may_be_paused(block):
        raise UnableToPause("unknown-block")
    if not reason or not all(map(is_readable, reason.values())):
        raise UnableToPause("no-reason")
    earlier = Pause.objects.select_for_update().filter(block=block, resumed_at=None).first()
    if earlier is not None:
        if earlier.reason != reason:
            raise UnableToPause("paused-already")
        return earlier
    pause = Pause.objects.create(block=block, reason=dict(reason), paused_at=at)
    record(BlockPaused(block=block, reason=reason, paused_at=at))
    _let_in(block, is_let=False)
    transaction.on_commit(lambda: _cut_off(block))
    look_again()
    return pause


@transaction.atomic
def resume_block(*, block: str, at: datetime) -> None:
    """Switch a block on again and record BlockResumed; its jobs go on.

    Raises UnableToResume: "unknown-block", "not-paused".
    """
    if not _may_be_paused(block):
        raise UnableToResume("unknown-block")
    pause = Pause.objects.select_for_update().filter(block=block, resumed_at=None).first()
    if pause is None:
        raise UnableToResume("not-paused")
    pause.resumed_at = at
    pause.save(update_fields=["resumed_at"])
    record(BlockResumed(block=block, resumed_at=at))
    take_up(block)
    _let_in(block, is_let=True)
    look_again()
    transaction.on_commit(look_again)


def _may_be_paused(block: str) -> bool:
    """Return whether it is a block; without the front nobody could read why."""
    return block in {placed.block.name for placed in settings.BLOCKS}


def _let_in(block: str, *, is_let: bool) -> None:
    """Let the block's role sign in to the database or not, where it has one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(block)])
        if cursor.fetchone():
            word = sql.SQL("LOGIN" if is_let else "NOLOGIN")
            role = sql.Identifier(role_of(block))
            cursor.execute(sql.SQL("ALTER ROLE {} {}").format(role, word))


def _cut_off(block: str) -> None:
    """End the connections that the block's role has now."""
    look_again()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            [role_of(block)],
        )
