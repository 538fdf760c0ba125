"""Deletion certificates for keys: each destroyed key is told in the journal, once."""

from datetime import datetime

from django.db import transaction

from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import record
from madang.ground.keeping.keystore import KeyName, destroyed_keys
from madang.ground.privacy.events import KeyDestroyed


@transaction.atomic
def certify_destroyed_keys(*, at: datetime) -> list[KeyName]:
    """Record KeyDestroyed for each destroyed key of which no event tells; return which.

    So no crash between a key's end and its certificate leaves one without, nor does the restore
    of a database that is older than the key's end.
    """
    told = OutboxEvent.objects.filter(wire=KeyDestroyed.wire).values_list("payload", flat=True)
    certified = {KeyName(each["purpose"], each["period"]) for each in told}
    missing = [name for name in destroyed_keys() if name not in certified]
    for name in missing:
        record(KeyDestroyed(purpose=name.purpose, period=name.period, certified_at=at))
    return missing
