"""What a city does first after it was restored, and what it looks at.

A program of its own (`python -m madang.site.backup.settle restore|drill ko|en`), for it runs the
city's Django on a database that its caller started. It prints what it found as JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any


def bring_up_tables(at: datetime) -> str:
    """Give the tables the shape of today's code."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return "tables"


def write_journal(at: datetime) -> str:
    """Write the journal's files from the events that are here now."""
    from madang.ground.journal.services import rebuild_journal

    rebuild_journal()
    return "journal"


def erase_again(at: datetime) -> str:
    """Erase what was erased after the moment that was restored, and what has become due."""
    from madang.ground.privacy.restored import reapply_erasures

    for _ in reapply_erasures(at=at):
        pass
    return "erasures"


# In this order. A drill leaves the last ones out, for what they change outlasts a drill.
LOOKED_AT: tuple[Callable[[datetime], str], ...] = (bring_up_tables, write_journal)
AFTER_RESTORE: tuple[Callable[[datetime], str], ...] = (erase_again,)


def look() -> dict[str, Any]:
    """Return what stands there: tables, rows of the journal, and what the audit finds."""
    from django.db import connection
    from django.utils.translation import gettext

    from madang.ground.events.models import OutboxEvent
    from madang.ground.journal.audit import audit_journal
    from madang.ground.journal.queries import standing

    now = standing()
    newest = OutboxEvent.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    return {
        "tables": len(connection.introspection.table_names()),
        "events": OutboxEvent.objects.count(),
        "newest_event": newest and newest.isoformat(),
        "journal": 0 if now is None else now.head.size,
        "findings": [finding.said(gettext) for finding in audit_journal()],
    }


def main(purpose: str, language: str) -> int:
    """Do it, and print what was done and found; return 0, also where the audit found something."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.site.settings")
    django.setup()
    from django.utils import timezone, translation

    from madang.ground.journal.services import UnableToExtend

    steps = [*LOOKED_AT, *(AFTER_RESTORE if purpose == "restore" else [])]
    done, failed = [], ""
    for step in steps:
        try:
            done.append(step(timezone.now()))
        except UnableToExtend as unable:
            failed = str(unable)  # the audit below names what differs
    with translation.override(language):
        seen = look()
    sys.stdout.write(json.dumps({"done": done, "failed": failed, **seen}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
