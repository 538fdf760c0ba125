"""Every write of a ballot's life. One function: one transaction, one event.

The message of each refusal is a stable code, named where it is raised; the web layer words it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from madang.core.ballot.amount import as_text
from madang.core.ballot.rule import Rule, parse_rule
from madang.decide.ballots import events
from madang.decide.ballots.models import Ballot, BallotProject, Cast, Choice, PolicyGoal, Status
from madang.decide.ballots.queries import election_on
from madang.decide.ballots.rules import (
    DEFAULT_RULE,
    Eligibility,
    ProjectDraft,
    Tally,
    needed_by_losers,
    tally,
    why_not_eligible,
    why_not_framed,
    why_not_now,
    why_not_openable,
)
from madang.ground.address import is_address
from madang.ground.events.outbox import announce, record
from madang.ground.identity.models import Proof
from madang.ground.identity.public import Who
from madang.ground.locks import keep_open
from madang.ground.privacy.pseudonyms import pseudonym
from madang.ground.words import Words
from madang.listen.hearings.public import find_hearing, find_statements


class UnableToDraft(Exception):
    """The ballot cannot be like that."""


class UnableToOpen(Exception):
    """The ballot cannot open yet."""


class UnableToCast(Exception):
    """The vote cannot be taken."""


class UnableToClose(Exception):
    """The ballot cannot be closed."""


class UnableToCount(Exception):
    """The ballot cannot be counted, or its losers not explained."""


def voter_of(*, person_id: UUID, ballot: str) -> str:
    """Return the pseudonym under which a person votes on one ballot."""
    return pseudonym(block="ballots", person_id=person_id, purpose=f"ballots.{ballot}")


# Drawing up


@transaction.atomic
def create_ballot(
    *,
    slug: str,
    title: Words,
    introduction: Words,
    currency: str,
    budget: Decimal,
    at: datetime,
    hearing: str = "",
    projects: Sequence[ProjectDraft] = (),
    rule: Rule = DEFAULT_RULE,
    eligibility: Eligibility = Eligibility.DECLARED,
    district: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    simulated: bool = False,
) -> Ballot:
    """Make a draft that nobody but officials sees yet, with its first projects.

    Raises UnableToDraft: "not-an-address", "slug-taken", "budget-not-positive",
    "closes-before-it-opens", "closes-in-the-past", "closes-too-late", "no-such-hearing",
    "no-such-statement", "code-taken", "cost-not-positive".
    """
    if not is_address(slug):
        raise UnableToDraft("not-an-address")
    if Ballot.objects.filter(slug=slug).exists():
        raise UnableToDraft("slug-taken")
    if problem := why_not_framed(budget=budget, opens_at=opens_at, closes_at=closes_at, at=at):
        raise UnableToDraft(problem)
    if hearing and find_hearing(slug=hearing) is None:
        raise UnableToDraft("no-such-hearing")
    ballot = Ballot.objects.create(
        slug=slug,
        title=title,
        introduction=introduction,
        currency=currency,
        budget=budget,
        hearing=hearing,
        rule=rule.manifest(),
        eligibility=eligibility.value,
        district=district,
        opens_at=opens_at,
        closes_at=closes_at,
        simulated=simulated,
    )
    put_projects(ballot, projects)
    return ballot


def put_projects(ballot: Ballot, drafts: Sequence[ProjectDraft]) -> list[BallotProject]:
    """Write projects onto a locked draft. Raises UnableToDraft as `create_ballot` does."""
    refuse_bad_projects(ballot, drafts)
    codes = [draft.code for draft in drafts]
    if len(set(codes)) != len(codes) or ballot.projects.filter(code__in=codes).exists():
        raise UnableToDraft("code-taken")
    last = ballot.projects.aggregate(last=Max("place"))["last"]
    return BallotProject.objects.bulk_create(
        BallotProject(
            ballot=ballot,
            code=draft.code,
            place=place,
            words=draft.words,
            summary=draft.summary,
            cost=draft.cost,
            goal=draft.goal,
            statement=draft.statement,
        )
        for place, draft in enumerate(drafts, 0 if last is None else last + 1)
    )


def refuse_bad_projects(ballot: Ballot, drafts: Sequence[ProjectDraft]) -> None:
    if any(draft.cost is not None and draft.cost <= 0 for draft in drafts):
        raise UnableToDraft("cost-not-positive")
    named = {draft.statement for draft in drafts if draft.statement is not None}
    if named:
        shown = find_statements(hearing=ballot.hearing, numbers=sorted(named))
        if named != {statement.number for statement in shown}:
            raise UnableToDraft("no-such-statement")


# Voting


@transaction.atomic
def open_ballot(*, slug: str, at: datetime) -> Ballot:
    """Let residents vote and record BallotOpened; rule and projects stay as they are from now on.

    Raises UnableToOpen: "not-draft", "no-projects", "cost-missing", "closes-in-the-past",
    "closes-too-late"; Ballot.DoesNotExist.
    """
    ballot = Ballot.objects.select_for_update().get(slug=slug)
    if ballot.status != Status.DRAFT:
        raise UnableToOpen("not-draft")
    costs = list(ballot.projects.values_list("cost", flat=True))
    if problem := why_not_openable(costs, closes_at=ballot.closes_at, at=at):
        raise UnableToOpen(problem)
    ballot.status, ballot.opened_at = Status.OPEN, at
    ballot.save(update_fields=["status", "opened_at"])
    record(events.BallotOpened(ballot=slug, opened_at=at))
    announce(f"ballot/{slug}")
    return ballot


@transaction.atomic
def cast_ballot(*, slug: str, who: Who, projects: Collection[str], at: datetime) -> Cast:
    """Take a resident's ballot and record BallotCast; an earlier one of theirs is replaced.

    Safe to repeat: the same choice again changes nothing. Once this returns and its transaction
    commits, the ballot is on disk.

    projects: the codes of those chosen.
    Raises UnableToCast: "not-open", "not-yet-open", "over", "nobody-votes-here", "no-residency",
    "other-district", "not-confirmed", "nothing-chosen", "no-such-project".
    """
    ballot = keep_open(Ballot, slug)
    if ballot is None:
        raise UnableToCast("not-open")
    problem = why_not_now(opens_at=ballot.opens_at, closes_at=ballot.closes_at, at=at)
    if problem := problem or _why_not_them(ballot, who):
        raise UnableToCast(problem)
    chosen = _chosen(ballot, projects)
    cast, is_first = Cast.objects.select_for_update().get_or_create(
        ballot=ballot,
        voter=voter_of(person_id=who.person_id, ballot=slug),
        defaults={"district": who.district or "", "cast_at": at, "channel": "page"},
    )
    if not is_first:
        if set(cast.choices.values_list("project_id", flat=True)) == chosen:
            return cast
        cast.choices.all().delete()
        cast.district, cast.cast_at = who.district or "", at
        cast.save(update_fields=["district", "cast_at"])
    Choice.objects.bulk_create(
        Choice(ballot=ballot, cast=cast, project_id=project) for project in sorted(chosen)
    )
    record(events.BallotCast(ballot=slug, cast_at=at))
    return cast


def _why_not_them(ballot: Ballot, who: Who) -> str | None:
    return why_not_eligible(
        eligibility=ballot.eligibility,
        asked_district=ballot.district,
        district=who.district,
        is_confirmed=who.proof == Proof.COUNTER,
    )


def _chosen(ballot: Ballot, codes: Collection[str]) -> set[int]:
    if not codes:
        raise UnableToCast("nothing-chosen")
    chosen = set(ballot.projects.filter(code__in=codes).values_list("id", flat=True))
    if len(chosen) != len(set(codes)):
        raise UnableToCast("no-such-project")
    return chosen


# Closing and counting


@transaction.atomic
def close_ballot(*, slug: str, at: datetime) -> Ballot:
    """Take no more votes and record BallotClosed; waits for the votes that are on their way.

    Raises UnableToClose: "not-open", "closed-already"; Ballot.DoesNotExist.
    """
    ballot = Ballot.objects.select_for_update().get(slug=slug)
    if ballot.status == Status.DRAFT:
        raise UnableToClose("not-open")
    if ballot.status != Status.OPEN:
        raise UnableToClose("closed-already")
    ballot.status, ballot.closed_at = Status.CLOSED, at
    ballot.save(update_fields=["status", "closed_at"])
    record(events.BallotClosed(ballot=slug, closed_at=at))
    announce(f"ballot/{slug}")
    return ballot


@transaction.atomic
def count_ballot(*, slug: str, at: datetime) -> Ballot:
    """Count a closed ballot, keep the result and record BallotCounted; safe to repeat.

    A ballot that nobody cast funds nothing. Raises UnableToCount: "not-closed";
    Ballot.DoesNotExist.
    """
    ballot = Ballot.objects.select_for_update().get(slug=slug)
    if ballot.status == Status.COUNTED:
        return ballot
    if ballot.status != Status.CLOSED:
        raise UnableToCount("not-closed")
    counted = tally(election_on(ballot), parse_rule(**ballot.rule), budget=ballot.budget)
    ballot.status, ballot.counted_at = Status.COUNTED, at
    ballot.result, ballot.core_version = counted.result, counted.core_version
    ballot.certificate_hash = counted.certificate_hash
    ballot.save(
        update_fields=["status", "counted_at", "result", "core_version", "certificate_hash"]
    )
    record(_counted(ballot, counted, at))
    announce(f"ballot/{slug}")
    return ballot


def explain_losers(*, slug: str) -> None:
    """Work out how much support each loser missed and keep it with the result; safe to repeat.

    No lock is held meanwhile, for a counted ballot no longer changes.

    Raises UnableToCount: "not-counted"; Ballot.DoesNotExist.
    """
    ballot = Ballot.objects.get(slug=slug)
    if ballot.status != Status.COUNTED:
        raise UnableToCount("not-counted")
    if (election := election_on(ballot)) is None or ballot.result.get("losers_explained"):
        return
    explanations = needed_by_losers(election, parse_rule(**ballot.rule))
    ballot.result = {**ballot.result, "explanations": explanations, "losers_explained": True}
    ballot.save(update_fields=["result"])


def _counted(ballot: Ballot, counted: Tally, at: datetime) -> events.BallotCounted:
    projects = {project.code: project for project in ballot.projects.order_by("place")}
    supporters = {told["project"]: told["support"] for told in counted.result["explanations"]}
    return events.BallotCounted(
        ballot=ballot.slug,
        words=ballot.title,
        hearing=ballot.hearing or None,
        currency=ballot.currency,
        certificate_hash=ballot.certificate_hash,
        winners=tuple(_winner(projects[code], supporters[code]) for code in counted.winners),
        losers=tuple(
            events.Loser(project=code, words=project.words, statement=project.statement)
            for code, project in projects.items()
            if code not in counted.winners
        ),
        counted_at=at,
        origin=ballot.origin,
    )


def _winner(project: BallotProject, supporters: int) -> events.Winner:
    assert project.cost is not None, "an open ballot's projects have a cost"
    return events.Winner(
        project=project.code,
        words=project.words,
        summary=project.summary,
        cost=Decimal(as_text(Fraction(project.cost))),
        goal=project.goal,
        statement=project.statement,
        supporters=supporters,
    )


# What the plan told


def note_goals(*, goals: Mapping[str, Words]) -> None:
    """Keep what the plan calls its policy goals, by code; safe to repeat."""
    for code, words in goals.items():
        PolicyGoal.objects.update_or_create(code=code, defaults={"words": words})


def note_commitment(*, slug: str, code: str, commitment: int, status: str) -> None:
    """Keep which commitment a winner became; safe to repeat."""
    BallotProject.objects.filter(ballot__slug=slug, code=code).update(
        commitment=commitment, commitment_status=status
    )


def note_progress(*, commitment: int, status: str) -> None:
    """Keep how a commitment goes that came of a ballot here; safe to repeat."""
    BallotProject.objects.filter(commitment=commitment).update(commitment_status=status)
