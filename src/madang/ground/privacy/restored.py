"""After a restore: what was erased since the backup is erased again."""

from collections.abc import Iterator
from datetime import datetime

from madang.ground.identity.models import Person
from madang.ground.keeping.ledger import Ledger
from madang.ground.privacy.services import PERSON, leave
from madang.ground.privacy.sweeper import Swept, sweep


def reapply_erasures(*, at: datetime) -> Iterator[Swept]:
    """Erase what a restored database brought back, and yield what that was; safe to repeat.

    People who left are known by the ledger, what was due by its own dates. What was sealed under a
    key that is destroyed was not brought back at all; its rows go now.
    """
    ledger = Ledger()
    left = [
        each for each in Person.objects.values_list("id", flat=True) if ledger.has(PERSON, each)
    ]
    for person_id in left:
        leave(person_id=person_id, at=at)
    if left:
        yield Swept(PERSON, "row", len(left))
    yield from sweep(at=at)
