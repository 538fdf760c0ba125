"""Reads of the gate: what was published, what may still be spent, how each dataset leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from madang.ground.block import Leaves
from madang.ground.release.models import Budget, Release
from madang.ground.release.price import Price


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as pages and commands show it. price: None where no noise was drawn."""

    number: int
    dataset: str
    title: str
    method: str
    parameters: dict[str, Any]
    facts: dict[str, Any]
    sha256: str
    size: int
    price: Price | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget. ends: the first day on which it no longer holds; holds: whether it does today."""

    dataset: str
    starts: date
    ends: date
    granted: Price
    left: Price
    holds: bool


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """How a dataset leaves, and why (an English catalogue key); nothing named: it stays inside."""

    dataset: str
    leaves: Leaves
    why: str


def list_releases() -> list[ReleaseRow]:
    """Return all releases, the newest first. One SQL query."""
    rows = Release.objects.select_related("spending").order_by("-id")
    return [_row(row) for row in rows]


def find_release(*, number: int) -> ReleaseRow | None:
    """Return one release. One SQL query."""
    row = Release.objects.select_related("spending").filter(id=number).first()
    return None if row is None else _row(row)


def published_file(*, number: int) -> bytes | None:
    """Return the file just as it was published. One SQL query."""
    found = Release.objects.filter(id=number).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def list_budgets(*, at: datetime) -> list[BudgetRow]:
    """Return all budgets, by dataset, the newest period first. One SQL query."""
    today = timezone.localtime(at).date()
    return [
        BudgetRow(
            dataset=row.dataset,
            starts=row.starts,
            ends=row.ends,
            granted=Price(row.micro_epsilon, row.pico_delta),
            left=row.left,
            holds=row.starts <= today < row.ends,
        )
        for row in Budget.objects.order_by("dataset", "-starts")
    ]


def list_datasets() -> list[DatasetRow]:
    """Return every dataset that a block names, by block. No SQL."""
    rows = []
    for placed in settings.BLOCKS:
        rule_of = {rule.dataset: rule for rule in placed.block.release_rules}
        for name in placed.block.datasets:
            rule = rule_of.get(name)
            rows.append(
                DatasetRow(name, Leaves.BY_GATE, "")
                if rule is None
                else DatasetRow(name, rule.leaves, rule.why)
            )
    return rows


def _row(row: Release) -> ReleaseRow:
    spending = getattr(row, "spending", None)
    return ReleaseRow(
        number=row.id,
        dataset=row.dataset,
        title=row.title,
        method=row.method,
        parameters=row.parameters,
        facts=row.facts,
        sha256=row.sha256,
        size=len(row.content),
        price=spending and Price(spending.micro_epsilon, spending.pico_delta),
        published_at=row.published_at,
    )
