"""The one sweeper: erases what is due, everywhere, and leaves a certificate of each erasure.

By the models' declarations it deletes rows, empties fields and puts random stand-ins in place of
pseudonyms; then it lets the registered erasers do their part, and destroys the keys whose month is
over, so that backups forget as well. Safe to repeat and to kill: each step is a transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Func
from django.db.models.functions import Cast, Concat
from psycopg import sql

from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import record
from madang.ground.journal.public import erase_told
from madang.ground.keeping.encrypted import EncryptedTextField, encrypted_fields, is_over
from madang.ground.keeping.keystore import KeyName, destroy_key, keys_of
from madang.ground.keeping.personal import Erase, Rule
from madang.ground.locks import Turn, alone_in
from madang.ground.privacy.certificates import certify_destroyed_keys
from madang.ground.privacy.declared import Held, declaring_models, held_by
from madang.ground.privacy.erasers import ERASERS
from madang.ground.privacy.events import DataErased
from madang.ground.privacy.renewal import superseded_secrets
from madang.ground.privacy.unused import (
    accounts_to_warn,
    erase_unused,
    unused_accounts,
    warn_unused,
)

BATCH = 500  # rows in one transaction, and in one certificate
STAND_IN = "-"  # with which a random stand-in begins, and no pseudonym does
UNUSED_ACCOUNTS = "identity.Person"


@dataclass(frozen=True, slots=True)
class Swept:
    """What was erased, or is due. what: a declaration, an eraser or a key; kind: "row", "blank",
    "stand_in", "other", "key", or "warned" for people who were written to."""

    what: str
    kind: str
    number: int


def what_is_due(*, at: datetime) -> Iterator[Swept]:
    """Yield what a sweep would erase at this time, as far as it can be told before."""
    yield from _told(UNUSED_ACCOUNTS, "warned", accounts_to_warn(at=at).count())
    yield from _told(UNUSED_ACCOUNTS, "row", unused_accounts(at=at).count())
    for held in sweepable():
        yield from _told(held.path, held.personal.erase.name.lower(), _due(held, at).count())
    for name, eraser in ERASERS.items():
        yield from _told(name, "other", eraser(at=at, rehearses=True))
    for key in _keys_over(at):
        yield Swept(f"{key.purpose}/{key.period}", "key", 1)


def sweep(*, at: datetime) -> Iterator[Swept]:
    """Erase what is due and yield it, step by step. One sweep runs at a time."""
    with alone_in(Turn.SWEEP):
        yield from _told(UNUSED_ACCOUNTS, "warned", warn_unused(at=at))
        yield from _told(UNUSED_ACCOUNTS, "row", _erase_accounts(at))
        for held in sweepable():
            yield from _told(held.path, held.personal.erase.name.lower(), _erase_all(held, at))
        for name in ERASERS:
            yield from _told(name, "other", _let_erase(name, at))
        for key in _keys_over(at):
            if not _is_used(key):
                destroy_key(key, at=at)
        for key in certify_destroyed_keys(at=at):
            yield Swept(f"{key.purpose}/{key.period}", "key", 1)


def sweepable() -> list[Held]:
    """Return the declared fields that are due at a time; of fields that go with their row, one."""
    found: dict[object, Held] = {}
    for held in held_by():
        personal = held.personal
        if personal.keep.rule is Rule.AFTER:
            is_row = personal.erase is Erase.ROW
            found.setdefault((held.model, personal.keep) if is_row else held.path, held)
    return list(found.values())


def _told(what: str, kind: str, number: int) -> Iterator[Swept]:
    if number:
        yield Swept(what, kind, number)


def _due(held: Held, at: datetime) -> "models.QuerySet[Any]":
    personal = held.personal
    moment = {f"{personal.keep.since}__lte": at - personal.keep.lasting}
    rows = held.model._default_manager.filter(**personal.only, **moment)
    if personal.erase is Erase.ROW:
        return rows
    rows = rows.exclude(**{personal.field: ""})
    if personal.erase is Erase.STAND_IN:
        rows = rows.exclude(**{f"{personal.field}__isnull": True})
        rows = rows.exclude(**{f"{personal.field}__startswith": STAND_IN})
    return rows


def _erase_all(held: Held, at: datetime) -> int:
    erased, last = 0, None
    while keys := _erase_batch(held, at, last):
        erased, last = erased + len(keys), keys[-1]
    return erased


@transaction.atomic
def _erase_batch(held: Held, at: datetime, last: object) -> list[Any]:
    """Erase the next rows by key that are due; return their keys.

    They are locked first, so that one which somebody renews this moment is looked at again.
    """
    due = _due(held, at).order_by("pk").select_for_update(of=("self",)).only("pk")
    keys = [row.pk for row in (due if last is None else due.filter(pk__gt=last))[:BATCH]]
    if not keys:
        return keys
    rows = held.model._default_manager.filter(pk__in=keys)
    noted = {held.model._meta.db_table: [str(key) for key in keys]}
    facts = _facts(held, rows)
    if held.personal.erase is Erase.ROW:
        rows.delete()
        erase_told(events=facts, rows=noted)  # the note of the deletion names the row too
    else:
        # Notes of before go first: a note of the row as it is from now on must stay.
        erase_told(events=facts, rows=noted)
        _overwrite(held, rows)
    record(
        DataErased(
            declaration=held.path,
            kind=held.personal.erase.name.lower(),
            number=len(keys),
            erased_at=at,
        )
    )
    return keys


def _facts(held: Held, rows: "models.QuerySet[Any]") -> Sequence[int]:
    if not held.personal.facts:
        return ()
    people = [str(person) for person in rows.values_list("person_id", flat=True)]
    told = OutboxEvent.objects.filter(wire=held.personal.facts, is_sealed=True)
    return list(told.filter(payload__person_id__in=people).values_list("id", flat=True))


def _overwrite(held: Held, rows: "models.QuerySet[Any]") -> None:
    by_chance = Cast(Func(function="gen_random_uuid"), models.TextField())
    is_blank = held.personal.erase is Erase.BLANK
    value = "" if is_blank else Concat(models.Value(STAND_IN), by_chance)
    rows.update(**{held.personal.field: value})


def _erase_accounts(at: datetime) -> int:
    number = sum(erase_unused(at=at))
    if number:
        _certify(UNUSED_ACCOUNTS, "row", number, at)
    return number


@transaction.atomic
def _let_erase(name: str, at: datetime) -> int:
    number = ERASERS[name](at=at, rehearses=False)
    if number:
        _certify(name, "other", number, at)
    return number


@transaction.atomic
def _certify(what: str, kind: str, number: int, at: datetime) -> None:
    record(DataErased(declaration=what, kind=kind, number=number, erased_at=at))


def _keys_over(at: datetime) -> list[KeyName]:
    """Return the keys of encrypted fields whose month is over, and superseded secrets."""
    purposes = sorted({field.purpose for _, field in _encrypted()})
    names = [name for purpose in purposes for name in keys_of(purpose)]
    over = [name for name in names if is_over(name.period, at=at)]
    return [*over, *superseded_secrets(at=at)]


def _is_used(key: KeyName) -> bool:
    """Return whether a row that is not due yet was sealed under the key."""
    with connection.cursor() as cursor:
        for model, field in _encrypted():
            if field.purpose == key.purpose:
                table, column = sql.Identifier(model._meta.db_table), sql.Identifier(field.attname)
                query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {} WHERE {} LIKE %s)")
                cursor.execute(query.format(table, column), [f"{key.period}:%"])
                if cursor.fetchone()[0]:
                    return True
    return False


def _encrypted() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    for model in declaring_models():
        for field in encrypted_fields(model):
            yield model, field
