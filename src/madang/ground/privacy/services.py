"""Erase what is kept of a person."""

from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from madang.ground.events.outbox import record
from madang.ground.identity.events import PersonLeft
from madang.ground.identity.models import Person
from madang.ground.journal.public import erase_facts
from madang.ground.keeping.ledger import note_erased

PERSON = "identity.Person"  # as the ledger of erasures calls people


@transaction.atomic
def leave(*, person_id: UUID, at: datetime) -> None:
    """Erase a person and record PersonLeft; safe to repeat.

    Address, password, district and roles go, and so does the id from which the city's key made
    their stand-ins: votes and sentences stay where they are, and nobody can tell whose they were.
    """
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        return
    note_erased(PERSON, person_id)
    rows = {Person._meta.db_table: [str(person_id)]}
    for relation in Person._meta.related_objects:
        if relation.on_delete is models.CASCADE:  # these rows go with the person
            rows[relation.related_model._meta.db_table] = _keys(relation, person_id)
    person.delete()
    erase_facts(person_id=person_id, rows=rows)
    record(PersonLeft(left_at=at))


def _keys(relation: models.ForeignObjectRel, person_id: UUID) -> list[str]:
    own = relation.related_model._default_manager.filter(**{relation.field.name: person_id})
    return [str(key) for key in own.values_list("pk", flat=True)]
