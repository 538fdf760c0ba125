"""Writes on a draft, which nobody but officials sees yet; making one is in services.

The message of each refusal is a stable code, named where it is raised; the web layer words it.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from madang.core.ballot.rule import Rule
from madang.decide.ballots.models import Ballot, BallotProject, Status
from madang.decide.ballots.rules import Eligibility, ProjectDraft, why_not_framed
from madang.decide.ballots.services import UnableToDraft, put_projects, refuse_bad_projects
from madang.ground.words import Words


@transaction.atomic
def edit_ballot(
    *,
    slug: str,
    title: Words,
    introduction: Words,
    budget: Decimal,
    rule: Rule,
    eligibility: Eligibility,
    district: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    at: datetime,
) -> Ballot:
    """Change a draft.

    Raises UnableToDraft: "not-draft", "budget-not-positive", "closes-before-it-opens",
    "closes-in-the-past", "closes-too-late"; Ballot.DoesNotExist.
    """
    ballot = _locked_draft(slug)
    if problem := why_not_framed(budget=budget, opens_at=opens_at, closes_at=closes_at, at=at):
        raise UnableToDraft(problem)
    ballot.title, ballot.introduction, ballot.budget = title, introduction, budget
    ballot.rule = rule.manifest()
    ballot.eligibility, ballot.district = eligibility.value, district
    ballot.opens_at, ballot.closes_at = opens_at, closes_at
    ballot.save()
    return ballot


@transaction.atomic
def delete_ballot(*, slug: str) -> None:
    """Delete a draft with its projects; what was ever open stays.

    Raises UnableToDraft: "not-draft"; Ballot.DoesNotExist.
    """
    ballot = _locked_draft(slug)
    ballot.projects.all().delete()
    ballot.delete()


@transaction.atomic
def add_project(*, slug: str, draft: ProjectDraft) -> BallotProject:
    """Put one more project on a draft. Raises UnableToDraft: "not-draft", "code-taken",
    "cost-not-positive", "no-such-statement"; Ballot.DoesNotExist."""
    return put_projects(_locked_draft(slug), [draft])[0]


@transaction.atomic
def edit_project(*, slug: str, code: str, draft: ProjectDraft) -> BallotProject:
    """Change a project of a draft; its code stays. Raises as `add_project` does;
    BallotProject.DoesNotExist."""
    ballot = _locked_draft(slug)
    project = ballot.projects.get(code=code)
    refuse_bad_projects(ballot, [draft])
    project.words, project.summary = draft.words, draft.summary
    project.cost, project.goal, project.statement = draft.cost, draft.goal, draft.statement
    project.save()
    return project


@transaction.atomic
def remove_project(*, slug: str, code: str) -> None:
    """Take a project off a draft; safe to repeat.

    Raises UnableToDraft: "not-draft"; Ballot.DoesNotExist.
    """
    _locked_draft(slug).projects.filter(code=code).delete()


def _locked_draft(slug: str) -> Ballot:
    ballot = Ballot.objects.select_for_update().get(slug=slug)
    if ballot.status != Status.DRAFT:
        raise UnableToDraft("not-draft")
    return ballot
