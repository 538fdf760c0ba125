"""The journal's work in the queue."""

import logging

from django.utils import timezone

from madang.ground.jobs.queue import periodic
from madang.ground.journal.audit import audit_journal
from madang.ground.journal.services import extend_journal
from madang.ground.journal.watch import watch_tables

logger = logging.getLogger(__name__)


@periodic("* * * * * */10")
def extend() -> None:
    """Every 10 seconds: let the log grow by what has happened."""
    extend_journal(at=timezone.now())


@periodic("17 3 * * *")
def audit() -> None:
    """Every night: say what in the database is not what was signed; then put triggers back."""
    for finding in audit_journal():
        logger.error("journal: %s", finding)
    watch_tables()
