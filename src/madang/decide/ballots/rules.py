"""Pure decisions of a ballot: who may vote, what can be opened, how it is written out again."""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from io import StringIO
from math import ceil, floor
from typing import Any

from madang.core.bad_input import BadInput
from madang.core.ballot.amount import as_text
from madang.core.ballot.certificate import CORE_VERSION
from madang.core.ballot.count import count
from madang.core.ballot.election import Election, VoteType
from madang.core.ballot.explain import explain_all
from madang.core.ballot.pabulib import PabulibFile, Vote
from madang.core.ballot.report import explanations_json, report
from madang.core.ballot.rule import Completion, Method, Rule, Utility
from madang.ground.dates import why_not_until
from madang.ground.words import UNKNOWN, is_language
from madang.web.money import spell

Words = Mapping[str, str]
DEFAULT_RULE = Rule(Method.EQUAL_SHARES, Utility.COST, Completion.ADD1U)
GREEDY = Rule(Method.GREEDY, Utility.COST)  # the usual way, shown beside the result
PLACES, DIGITS = 6, 24  # of an amount in the database


class Eligibility(StrEnum):
    """Who may cast a ballot."""

    DECLARED = "declared"  # residents who said where they live
    CONFIRMED = "confirmed"  # residents who showed it at a counter
    NOBODY = "nobody"  # an imported ballot: only the votes in its file count


@dataclass(frozen=True, kw_only=True)
class ProjectDraft:
    """A project as an official or a file puts it on a ballot; a cost of None is still to come."""

    code: str
    words: Words
    cost: Decimal | None
    summary: Words = field(default_factory=dict)
    goal: str = ""
    statement: int | None = None


def why_not_eligible(
    *, eligibility: str, asked_district: str, district: str | None, is_confirmed: bool
) -> str | None:
    """Return a stable code for why this person may not vote here; None for one who may.

    asked_district: "" where the whole city is asked.
    """
    if eligibility == Eligibility.NOBODY:
        return "nobody-votes-here"
    if district is None:
        return "no-residency"
    if asked_district not in ("", district):
        return "other-district"
    if eligibility == Eligibility.CONFIRMED and not is_confirmed:
        return "not-confirmed"
    return None


def why_not_now(
    *, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> str | None:
    """Return a stable code for why an open ballot takes no votes at this moment."""
    if opens_at and at < opens_at:
        return "not-yet-open"
    if closes_at and at >= closes_at:
        return "over"
    return None


def why_not_framed(
    *, budget: Decimal, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> str | None:
    """Return a stable code for why no ballot can have this budget and these times."""
    if budget <= 0:
        return "budget-not-positive"
    if opens_at and closes_at and closes_at <= opens_at:
        return "closes-before-it-opens"
    return why_not_until(closes_at, at=at)


def why_not_openable(
    costs: Sequence[Decimal | None], *, closes_at: datetime | None, at: datetime
) -> str | None:
    """Return a stable code for why a ballot with projects of these costs cannot open."""
    if not costs:
        return "no-projects"
    if None in costs:
        return "cost-missing"
    return why_not_until(closes_at, at=at)


# Words for amounts


def spell_share(text: str, currency: str, language: str, *, up: bool) -> str:
    """Return an amount of a report ("12.5", "100/3") rounded to what can be paid, up or down."""
    unit = 1 if currency == "KRW" else 100
    parts = Fraction(text) * unit
    return spell(Fraction(ceil(parts) if up else floor(parts), unit), currency, language)


# The count


@dataclass(frozen=True)
class Tally:
    """A count as it is kept.

    winners: codes in the order in which they were funded.
    result:  the core's own report (how much support losers missed is worked out later, see
             `needed_by_losers`), and beside it "greedy": what the usual way would have funded.
    """

    winners: tuple[str, ...]
    result: dict[str, Any]
    core_version: str
    certificate_hash: str


def tally(election: Election | None, rule: Rule, *, budget: Decimal) -> Tally:
    """Return the count of an election by a rule, with the usual way beside it.

    An election of None, where nobody voted, funds nothing.
    """
    if election is None:
        return Tally((), _nothing(rule, budget), CORE_VERSION, "")
    counted, usual = count(election, rule), count(election, GREEDY)
    told = report(counted, with_needed=False)
    certificate = json.dumps(told["certificate"], sort_keys=True, separators=(",", ":"))
    greedy = {"winners": list(usual.winners), "spent": as_text(usual.spent)}
    return Tally(
        winners=tuple(purchase.project for purchase in counted.purchases),
        result={**told, "greedy": greedy},
        core_version=CORE_VERSION,
        certificate_hash=hashlib.sha256(certificate.encode()).hexdigest(),
    )


def _nothing(rule: Rule, budget: Decimal) -> dict[str, Any]:
    return {
        "winners": [],
        "spent": "0",
        "budget": as_text(Fraction(budget)),
        "rule": rule.manifest(),
        "certificate": None,
        "explanations": [],
        "greedy": {"winners": [], "spent": "0"},
    }


def needed_by_losers(election: Election, rule: Rule) -> list[dict[str, Any]]:
    """Return the explanations of a count with how much support each loser missed.

    Takes many recounts, so seconds: for a job, not for a page.
    """
    return explanations_json(explain_all(count(election, rule)))


# What a Pabulib file brings


def drafts_of(file: PabulibFile, source: str) -> list[ProjectDraft]:
    """Return the projects of a file as drafts, in its order.

    `name` and `summary` (or `description`) are in META's language; `name_xx` in another.
    Raises BadInput, naming `source`, for an amount too fine or a statement that is no number.
    """
    language = language_of_file(file)
    return [
        ProjectDraft(
            code=project.id,
            words=_words(project.columns, "name", language) or {UNKNOWN: project.id},
            summary=_words(project.columns, "summary", language)
            or _words(project.columns, "description", language),
            cost=amount_of(Fraction(project.cost), source),
            goal=project.columns.get("goal", ""),
            statement=_statement(project.columns.get("statement", ""), project.id, source),
        )
        for project in file.projects
    ]


def language_of_file(file: PabulibFile) -> str:
    """Return the language that META names, "und" where it names none."""
    named = file.meta.get("language", "").lower()
    return named if is_language(named) else UNKNOWN


def points_of(vote: Vote, vote_type: VoteType) -> list[tuple[str, Decimal]]:
    """Return what a vote gives to each project it names, as `Choice.points` keeps it."""
    if vote_type.has_points:
        return [
            (code, Decimal(as_text(p))) for code, p in zip(vote.projects, vote.points, strict=True)
        ]
    if vote_type == VoteType.ORDINAL:
        below = range(len(vote.projects) - 1, -1, -1)
        return [(code, Decimal(n)) for code, n in zip(vote.projects, below, strict=True)]
    return [(code, Decimal(1)) for code in vote.projects]


def _words(columns: Mapping[str, str], name: str, language: str) -> dict[str, str]:
    found = {language: columns.get(name, "")}
    for column, text in columns.items():
        if column.startswith(f"{name}_") and len(column) == len(name) + 3:
            found[column[-2:]] = text
    return {code: text for code, text in found.items() if text}


def amount_of(amount: Fraction, source: str) -> Decimal:
    """Return the amount as the database keeps it. Raises BadInput where digits would be lost."""
    parts = amount * 10**PLACES
    if parts.denominator != 1 or parts >= 10**DIGITS:
        raise BadInput(
            source, None, "The amount {amount} has too many digits to be kept exactly.",
            amount=as_text(amount),
        )  # fmt: skip
    return Decimal(as_text(amount))


def _statement(text: str, project: str, source: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 17:
        return int(text)
    raise BadInput(
        source, None, "Project {project} names statement {statement}, which is not a number.",
        project=project, statement=text,
    )  # fmt: skip


# What everyone may count again


def as_pabulib(election: Election, *, meta: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return the ballots as a Pabulib file without a trace of who cast which.

    Voters are numbered in the order of what they chose, so that not even their order tells
    anything. meta: what to say beside the totals; names: of projects, by id.
    """
    text = StringIO()
    out = csv.writer(text, delimiter=";", lineterminator="\n")
    out.writerows([["META"], ["key", "value"], *meta.items()])
    out.writerow(["num_projects", len(election.projects)])
    out.writerow(["num_votes", election.voter_count])
    out.writerow(["budget", as_text(election.budget)])
    out.writerow(["vote_type", election.vote_type.value])
    out.writerows([["PROJECTS"], ["project_id", "cost", "votes", "name"]])
    for project, votes in zip(election.projects, election.support, strict=True):
        out.writerow([project.id, as_text(Fraction(project.cost)), votes, names[project.id]])
    out.writerow(["VOTES"])
    out.writerow(["voter_id", "vote", *(["points"] if election.vote_type.has_points else [])])
    out.writerows(_vote_rows(election))
    return text.getvalue()


def _vote_rows(election: Election) -> Iterable[list[object]]:
    sheets: list[list[tuple[int, str]]] = [[] for _ in election.voters]
    for index, project in enumerate(election.projects):
        for class_, points in zip(
            election.listed[index].tolist(), election.points[index].tolist(), strict=True
        ):
            sheets[class_].append((-points, project.id))
    number = 0
    for sheet, voters in zip(sheets, election.voters.tolist(), strict=True):
        ranked = sorted(sheet)  # most points first, which a ranked ballot needs
        cells: list[object] = [",".join(id_ for _, id_ in ranked)]
        if election.vote_type.has_points:
            cells.append(
                ",".join(as_text(Fraction(-points, election.points_scale)) for points, _ in ranked)
            )
        for _ in range(voters):
            number += 1
            yield [number, *cells]
