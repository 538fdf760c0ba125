"""Make all stand-ins of a block anew under a fresh secret, and forget the old one a month later.

One transaction for each hearing or ballot: no voice is taken meanwhile, and one that comes after
it finds its participant under the new stand-in. What is interrupted goes on at the next call.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Min, Q
from psycopg import sql

from madang.ground.events.event import from_payload
from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import record
from madang.ground.identity.models import Person
from madang.ground.keeping.keystore import KeyName, keys_of, make_key
from madang.ground.privacy.declared import Held, held_by
from madang.ground.privacy.events import StandInsRenewed
from madang.ground.privacy.models import Generation
from madang.ground.privacy.pseudonyms import (
    FIRST,
    generation_key,
    generation_of,
    salt_name,
    salt_purpose,
    stand_in,
)

BACKUPS_LAST = timedelta(days=35)
BATCH = 5000  # people whose stand-ins are computed at once


class UnableToRenew(Exception):
    """The block has no stand-ins: "no-stand-ins"."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one purpose: its generation now, and how many stand-ins were made anew.

    In a dry run, what would become of it.
    """

    purpose: str
    generation: int
    stand_ins: int


@dataclass(frozen=True)
class _Field:
    """A column of stand-ins, with the rows of what they are made for (hearings, ballots)."""

    held: Held
    parent: type[models.Model]
    relation: str  # to the parent
    address: str  # field of the parent that its purpose ends with

    @property
    def rows(self) -> "models.QuerySet[models.Model]":
        return self.held.model._default_manager.filter(**self.held.personal.only)


def renew_stand_ins(*, block: str, at: datetime) -> Iterator[Renewed]:
    """Renew the stand-ins of everyone who is still here, purpose by purpose, and yield each.

    Votes and sentences stay where they are; stand-ins of people who left stay as they are, for
    nobody can compute them any more. Raises UnableToRenew: "no-stand-ins".
    """
    fields = _fields(block)
    target = _begin(block, fields)
    behind = Generation.objects.filter(purpose__startswith=f"{block}.", number__lt=target)
    for purpose in behind.order_by("purpose").values_list("purpose", flat=True):
        yield _renew(purpose, target, fields, at)


def superseded_secrets(*, at: datetime) -> Iterator[KeyName]:
    """Yield the secrets under which no stand-in is made any more since BACKUPS_LAST.

    Until then a restored backup can still take votes under the secret of its time.
    """
    blocks = {held.model._meta.app_label for held in held_by() if held.personal.stand_in}
    told = OutboxEvent.objects.filter(wire=StandInsRenewed.wire).values_list("payload", flat=True)
    renewals = [
        each
        for payload in told
        if isinstance(each := from_payload(StandInsRenewed.wire, payload), StandInsRenewed)
    ]
    for block in sorted(blocks):
        generations = Generation.objects.filter(
            Q(purpose=block) | Q(purpose__startswith=f"{block}.")
        )
        oldest = generations.aggregate(oldest=Min("number"))["oldest"]
        for secret in keys_of(salt_purpose(block)):
            later = [
                each.renewed_at
                for each in renewals
                if each.purpose.startswith(f"{block}.") and each.generation > int(secret.period)
            ]
            is_left = oldest is not None and int(secret.period) < oldest
            if is_left and all(each <= at - BACKUPS_LAST for each in later):
                yield secret


def would_renew(*, block: str) -> Iterator[Renewed]:
    """Yield what a renewal would do now. Raises UnableToRenew: "no-stand-ins"."""
    fields = _fields(block)
    target = _target(block)
    ids = list(Person.objects.values_list("id", flat=True))
    for purpose in _purposes(block, fields):
        generation = generation_of(purpose)
        if generation < target:
            key = generation_key(block, generation)
            old = [stand_in(key, person_id, purpose) for person_id in ids]
            there = sum(_in_purpose(each, purpose, old).count() for each in fields)
            yield Renewed(purpose, target, there)


@transaction.atomic
def _begin(block: str, fields: Sequence[_Field]) -> int:
    """Return the generation to reach: that of a renewal which was interrupted, or a new one.

    Each hearing or ballot that is here gets its generation noted, for from now on the block's own
    is that of new ones. None can be made meanwhile.
    """
    own, _ = Generation.objects.select_for_update().get_or_create(
        purpose=block, defaults={"number": FIRST}
    )
    with connection.cursor() as cursor:
        for parent in {field.parent for field in fields}:
            table = sql.Identifier(parent._meta.db_table)
            cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(table))
    Generation.objects.bulk_create(
        [Generation(purpose=each, number=own.number) for each in _purposes(block, fields)],
        ignore_conflicts=True,
    )
    target = _target(block)
    make_key(salt_name(block, target))
    Generation.objects.filter(purpose=block).update(number=target)
    return target


def _target(block: str) -> int:
    own = Generation.objects.filter(purpose=block).values_list("number", flat=True).first() or FIRST
    known = Generation.objects.filter(purpose__startswith=f"{block}.")
    # Generation 0 is of cities older than generations, and no sign of an interruption.
    is_interrupted = own > FIRST and known.filter(number__lt=own).exists()
    return own if is_interrupted else own + 1


@transaction.atomic
def _renew(purpose: str, target: int, fields: Sequence[_Field], at: datetime) -> Renewed:
    block, _, address = purpose.partition(".")
    for each in fields:
        # As closing does: it waits for the votes that are on their way, and new ones wait for it.
        list(each.parent._default_manager.select_for_update().filter(**{each.address: address}))
    old = generation_key(block, Generation.objects.select_for_update().get(pk=purpose).number)
    new = generation_key(block, target)
    moved = 0
    ids = Person.objects.order_by("id").values_list("id", flat=True)
    for batch in _batches(ids.iterator(chunk_size=BATCH)):
        olds = [stand_in(old, person_id, purpose) for person_id in batch]
        news = [stand_in(new, person_id, purpose) for person_id in batch]
        moved += sum(_move(each, purpose, olds, news) for each in fields)
    Generation.objects.filter(purpose=purpose).update(number=target)
    record(StandInsRenewed(purpose=purpose, generation=target, renewed_at=at))
    return Renewed(purpose, target, moved)


def _move(field: _Field, purpose: str, olds: Sequence[str], news: Sequence[str]) -> int:
    named = dict(zip(olds, news, strict=True))
    name = field.held.personal.field
    rows = list(_in_purpose(field, purpose, olds).only("pk", name))
    for row in rows:
        setattr(row, name, named[getattr(row, name)])
    field.held.model._default_manager.bulk_update(rows, [name], batch_size=1000)
    return len(rows)


def _in_purpose(
    field: _Field, purpose: str, stand_ins: Sequence[str]
) -> "models.QuerySet[models.Model]":
    address = purpose.partition(".")[2]
    return field.rows.filter(
        **{
            f"{field.relation}__{field.address}": address,
            f"{field.held.personal.field}__in": stand_ins,
        }
    )


def _purposes(block: str, fields: Iterable[_Field]) -> list[str]:
    addresses = {
        address
        for field in fields
        for address in field.parent._default_manager.values_list(field.address, flat=True)
    }
    return [f"{block}.{address}" for address in sorted(addresses)]


def _fields(block: str) -> list[_Field]:
    """Return the columns of stand-ins of a block, as its models declare them."""
    found = []
    for held in held_by(block):
        if purpose := held.personal.stand_in:
            path = purpose.removeprefix(f"{block}.").strip("{}")
            relation, _, address = path.partition("__")
            parent = held.model._meta.get_field(relation).related_model
            assert isinstance(parent, type), f"{held.path}: {purpose} leads to no table"
            found.append(_Field(held, parent, relation, address))
    if not found:
        raise UnableToRenew("no-stand-ins")
    return found


def _batches(ids: Iterator[UUID]) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for each in ids:
        batch.append(each)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
