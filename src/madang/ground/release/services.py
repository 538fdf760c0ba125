"""Every write of the gate: publish a release, grant a budget."""

import hashlib
import json
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madang.ground.events.outbox import record
from madang.ground.locks import Turn, take_turns
from madang.ground.release import noisy, records, tables
from madang.ground.release.candidate import (
    NOTHING,
    Candidate,
    csv_bytes,
    fingerprint,
    parameters_of,
    table_in,
)
from madang.ground.release.events import BudgetGranted, ReleasePublished
from madang.ground.release.method import Method
from madang.ground.release.models import Budget, Release, Spending
from madang.ground.release.noisy import NoisyAsked
from madang.ground.release.price import Price
from madang.ground.release.records import RecordsAsked
from madang.ground.release.tables import TableAsked

Asked = RecordsAsked | TableAsked | NoisyAsked


class UnableToPublish(Exception):
    """The gate stays shut. The message is a stable code; the page words it."""


class UnableToGrant(Exception):
    """This budget cannot be granted. The message is a stable code."""


def method_of(asked: Asked) -> Method:
    if isinstance(asked, RecordsAsked):
        return Method.RECORDS
    return Method.TABLE if isinstance(asked, TableAsked) else Method.NOISE


def try_release(*, asked: Asked, name: str, content: bytes) -> Candidate:
    """Return what would be published, and whether it may. Writes nothing, draws nothing.

    Raises BadInput for a file, a column or a number that cannot be used.
    """
    table = table_in(name, content)
    if isinstance(asked, RecordsAsked):
        return records.consider(asked, table)
    if isinstance(asked, TableAsked):
        return tables.consider(asked, table)
    return noisy.consider(asked, table)


@transaction.atomic
def publish_release(
    *,
    key: UUID,
    dataset: str,
    title: str,
    asked: Asked,
    name: str,
    content: bytes,
    tried: str,
    person_id: UUID,
    at: datetime,
) -> Release:
    """Publish a file, pay for it, and record ReleasePublished.

    Safe to repeat: the same key returns the first release. tried: the fingerprint of what the
    official was shown.

    Raises UnableToPublish: "no-such-dataset", "key-reused", "not-as-tried", "too-telling",
    "no-budget", "budget-spent". Raises BadInput as `try_release` does.
    """
    if dataset not in named_datasets():
        raise UnableToPublish("no-such-dataset")
    take_turns(Turn.RELEASE)
    if earlier := Release.objects.filter(key=key).first():
        if earlier.parameters != parameters_of(asked) or earlier.dataset != dataset:
            raise UnableToPublish("key-reused")
        return earlier
    if fingerprint(asked, content) != tried:
        raise UnableToPublish("not-as-tried")
    candidate = try_release(asked=asked, name=name, content=content)
    if candidate.refused is not None:
        raise UnableToPublish("too-telling")
    budget = _budget_for(dataset, candidate.price, at) if candidate.price != NOTHING else None
    file = candidate.content
    if isinstance(asked, NoisyAsked):
        file = csv_bytes(candidate.header, noisy.publishable(asked, table_in(name, content)))
    release = Release.objects.create(
        key=key,
        dataset=dataset,
        title=title,
        method=method_of(asked).value,
        parameters=parameters_of(asked),
        facts=candidate.facts,
        content=file,
        sha256=hashlib.sha256(file).hexdigest(),
        approved_by_id=person_id,
        published_at=at,
    )
    if budget is not None:
        _spend(budget, release, candidate.price)
    _tell(release, candidate.price)
    return release


def _budget_for(dataset: str, price: Price, at: datetime) -> Budget:
    """Return the budget of today, locked, with enough left in it. Raises UnableToPublish."""
    today = timezone.localtime(at).date()
    budget = (
        Budget.objects.select_for_update()
        .filter(dataset=dataset, starts__lte=today, ends__gt=today)
        .first()
    )
    if budget is None:
        raise UnableToPublish("no-budget")
    left = budget.left
    if price.micro_epsilon > left.micro_epsilon or price.pico_delta > left.pico_delta:
        raise UnableToPublish("budget-spent")
    return budget


def _spend(budget: Budget, release: Release, price: Price) -> None:
    """Take the price from the budget, for good: epsilons and deltas of releases add up."""
    budget.spent_micro_epsilon += price.micro_epsilon
    budget.spent_pico_delta += price.pico_delta
    budget.save(update_fields=["spent_micro_epsilon", "spent_pico_delta"])
    Spending.objects.create(
        budget=budget,
        release=release,
        micro_epsilon=price.micro_epsilon,
        pico_delta=price.pico_delta,
    )


def _tell(release: Release, price: Price) -> None:
    record(
        ReleasePublished(
            release=release.id,
            dataset=release.dataset,
            method=release.method,
            parameters=json.dumps(release.parameters, ensure_ascii=False, sort_keys=True),
            sha256=release.sha256,
            micro_epsilon=price.micro_epsilon,
            pico_delta=price.pico_delta,
            published_at=release.published_at,
        )
    )


@transaction.atomic
def grant_budget(*, dataset: str, starts: date, ends: date, price: Price, at: datetime) -> Budget:
    """Give a dataset a budget for a period and record BudgetGranted. It is never raised.

    Raises UnableToGrant: "no-such-dataset", "no-days", "periods-overlap".
    """
    if dataset not in named_datasets():
        raise UnableToGrant("no-such-dataset")
    if ends <= starts:
        raise UnableToGrant("no-days")
    take_turns(Turn.RELEASE)
    if Budget.objects.filter(dataset=dataset, starts__lt=ends, ends__gt=starts).exists():
        raise UnableToGrant("periods-overlap")
    budget = Budget.objects.create(
        dataset=dataset,
        starts=starts,
        ends=ends,
        micro_epsilon=price.micro_epsilon,
        pico_delta=price.pico_delta,
        granted_at=at,
    )
    record(
        BudgetGranted(
            dataset=dataset,
            starts=starts,
            ends=ends,
            micro_epsilon=price.micro_epsilon,
            pico_delta=price.pico_delta,
            granted_at=at,
        )
    )
    return budget


def named_datasets() -> list[str]:
    """Return every dataset that a block names."""
    return [name for placed in settings.BLOCKS for name in placed.block.datasets]
