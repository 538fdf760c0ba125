"""Erase what is kept of a person."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from madang.ground.events.outbox import record
from madang.ground.identity.events import PersonLeft
from madang.ground.identity.models import Person, Residency, RoleGrant
from madang.ground.journal.public import erase_facts


@transaction.atomic
def leave(*, person_id: UUID, at: datetime) -> None:
    """Erase a person and record PersonLeft; safe to repeat.

    Address, password, district and roles go, and so does the id from which the city's key made
    their stand-ins: votes and sentences stay where they are, and nobody can tell whose they were.
    """
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        return
    rows = {Person._meta.db_table: [str(person_id)]}
    for related in (Residency, RoleGrant):
        keys = related._default_manager.filter(person_id=person_id).values_list("pk", flat=True)
        rows[related._meta.db_table] = [str(key) for key in keys]
    person.delete()
    erase_facts(person_id=person_id, rows=rows)
    record(PersonLeft(left_at=at))
