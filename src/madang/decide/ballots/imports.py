"""Bring a whole ballot in from a Pabulib file: one transaction, one event."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from madang.core.bad_input import BadInput
from madang.core.ballot.election import Election, VoteType
from madang.core.ballot.pabulib import PabulibFile
from madang.core.ballot.rule import Rule, refuse_unfit_rule
from madang.decide.ballots.events import BallotImported
from madang.decide.ballots.models import Ballot, Cast, Choice, Status
from madang.decide.ballots.rules import (
    DEFAULT_RULE,
    Eligibility,
    ProjectDraft,
    amount_of,
    drafts_of,
    language_of_file,
    points_of,
)
from madang.decide.ballots.services import create_ballot
from madang.ground.copying import copy_rows
from madang.ground.events.outbox import announce, record
from madang.ground.locks import Turn, take_turns
from madang.ground.words import Words
from madang.web.money import NO_CURRENCY


class UnableToImport(Exception):
    """The ballot cannot be imported: "another-rule" (the same votes are here under another),
    "points-cannot-be-added-to" (residents can only approve, this file's voters did more)."""


@dataclass(frozen=True)
class ImportedBallot:
    """What an import made, would make, or had made before.

    differing: where it was here before, what of this import is otherwise in it and stays so:
    "slug", "title", "texts" (of its projects), "hearing".
    """

    slug: str
    projects: int
    voters: int
    choices: int
    is_new: bool
    differing: tuple[str, ...] = ()


def preview_import(
    *, file: PabulibFile, source: str, slug: str, hearing: str = "", rule: Rule = DEFAULT_RULE
) -> ImportedBallot:
    """Return what `import_ballot` would make, and write nothing. At most two SQL queries.

    Raises BadInput, UnableToImport.
    """
    election = _checked_election(file, source, rule)
    if earlier := _earlier(election, rule):
        differing = _differing(earlier, file, source, slug, _description(file, slug), hearing)
        return replace(_imported(earlier.slug, file, is_new=False), differing=differing)
    return _imported(slug, file, is_new=True)


@transaction.atomic
def import_ballot(
    *,
    file: PabulibFile,
    source: str,
    slug: str,
    at: datetime,
    title: Words | None = None,
    introduction: Words | None = None,
    hearing: str = "",
    rule: Rule = DEFAULT_RULE,
    eligibility: Eligibility = Eligibility.NOBODY,
    closes_at: datetime | None = None,
    simulated: bool = False,
) -> ImportedBallot:
    """Open a ballot with the projects and votes of a file, and record BallotImported.

    The same projects and votes again return the ballot that they made the first time, whatever
    the file is called. Where `eligibility` lets residents vote, their votes come on top.

    title:   None takes the file's own description.
    hearing: where the column `statement` counts; without it the column is refused.
    Raises BadInput; UnableToDraft: "not-an-address", "slug-taken", "no-such-hearing",
    "no-such-statement"; UnableToImport: "another-rule", "points-cannot-be-added-to".
    """
    election = _checked_election(file, source, rule)
    if file.vote_type != VoteType.APPROVAL and eligibility != Eligibility.NOBODY:
        raise UnableToImport("points-cannot-be-added-to")
    title = title or _description(file, slug)
    take_turns(Turn.BALLOT_IMPORT)  # two imports of one file, one after the other
    if earlier := _earlier(election, rule):
        differing = _differing(earlier, file, source, slug, title, hearing)
        return replace(_imported(earlier.slug, file, is_new=False), differing=differing)
    ballot = create_ballot(
        slug=slug,
        title=title,
        introduction=introduction or {},
        currency=file.meta.get("currency") or NO_CURRENCY,
        budget=amount_of(file.budget, source),
        at=at,
        hearing=hearing,
        projects=drafts_of(file, source),
        rule=rule,
        eligibility=eligibility,
        closes_at=closes_at,
        simulated=simulated,
    )
    ballot.source, ballot.input_hash = f"import: {source}"[-300:], election.input_sha256
    _open_with_votes(ballot, file, at)
    record(_event(ballot, file, at))
    announce(f"ballot/{slug}")
    return _imported(slug, file, is_new=True)


def _checked_election(file: PabulibFile, source: str, rule: Rule) -> Election:
    """Return the file's election. Raises BadInput for what can be seen without the database."""
    election = file.election()
    refuse_unfit_rule(election, rule)
    amount_of(file.budget, source)
    _refuse_too_long(file, drafts_of(file, source), source)
    return election


def _refuse_too_long(file: PabulibFile, drafts: list[ProjectDraft], source: str) -> None:
    """Raise BadInput for a text that the database would not keep whole, or that fills a page."""
    texts = [("currency", file.meta.get("currency", ""), 3)]
    texts += [("description", file.meta.get("description", ""), 200)]
    texts += [("name", text, 500) for draft in drafts for text in draft.words.values()]
    texts += [("summary", text, 5000) for draft in drafts for text in draft.summary.values()]
    texts += [("project_id", draft.code, 80) for draft in drafts]
    texts += [("goal", draft.goal, 40) for draft in drafts]
    texts += [("voter_id", vote.voter_id, 200) for vote in file.votes]
    for name, text, longest in texts:
        if len(text) > longest:
            raise BadInput(
                source, None, "The {name} {text} is too long; {longest} characters fit.",
                name=name, text=text, longest=longest,
            )  # fmt: skip


def _earlier(election: Election, rule: Rule) -> Ballot | None:
    earlier = Ballot.objects.filter(input_hash=election.input_sha256).first()
    if earlier and earlier.rule != rule.manifest():
        raise UnableToImport("another-rule")
    return earlier


def _differing(
    earlier: Ballot, file: PabulibFile, source: str, slug: str, title: Words, hearing: str
) -> tuple[str, ...]:
    """Return what of an import is not as the ballot has it that the same votes made."""
    told = earlier.projects.order_by("place").values_list("words", "summary", "goal", "statement")
    texts = [
        (each.words, each.summary, each.goal, each.statement) for each in drafts_of(file, source)
    ]
    alike = {
        "slug": earlier.slug == slug,
        "title": earlier.title == title,
        "texts": list(told) == texts,
        "hearing": earlier.hearing == hearing,
    }
    return tuple(name for name, is_alike in alike.items() if not is_alike)


def _description(file: PabulibFile, slug: str) -> Words:
    return {language_of_file(file): file.meta.get("description") or slug}


def _open_with_votes(ballot: Ballot, file: PabulibFile, at: datetime) -> None:
    ballot.vote_type = file.vote_type.value
    ballot.status, ballot.opened_at = Status.OPEN, at
    ballot.save()
    copy_rows(
        Cast,
        ["ballot", "voter", "district", "cast_at", "channel"],
        (
            # The file says where its voters live; nothing here asks.
            (ballot.id, vote.voter_id, "", at, "import")
            for vote in file.votes
        ),
    )
    casts = dict(ballot.casts.values_list("voter", "id"))
    projects = dict(ballot.projects.values_list("code", "id"))
    copy_rows(
        Choice,
        ["ballot", "cast", "project", "points"],
        (
            (ballot.id, casts[vote.voter_id], projects[code], points)
            for vote in file.votes
            for code, points in points_of(vote, file.vote_type)
        ),
    )


def _imported(slug: str, file: PabulibFile, *, is_new: bool) -> ImportedBallot:
    return ImportedBallot(
        slug=slug,
        projects=len(file.projects),
        voters=len(file.votes),
        choices=sum(len(vote.projects) for vote in file.votes),
        is_new=is_new,
    )


def _event(ballot: Ballot, file: PabulibFile, at: datetime) -> BallotImported:
    assert ballot.input_hash is not None, "an import has the hash of what it read"
    return BallotImported(
        ballot=ballot.slug,
        source=ballot.source,
        input_hash=ballot.input_hash,
        projects=len(file.projects),
        voters=len(file.votes),
        imported_at=at,
    )
