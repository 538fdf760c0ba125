"""Bring a whole hearing in from an export: one transaction, one event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madang.core.opinion import conversation as core
from madang.core.opinion.conversation import Conversation, input_hash
from madang.ground.copying import analyse, copy_rows
from madang.ground.events.outbox import record
from madang.ground.locks import Turn, take_turns
from madang.ground.words import UNKNOWN, Words, language_of
from madang.listen.hearings import events
from madang.listen.hearings.models import (
    Hearing,
    Moderation,
    Origin,
    Participant,
    Statement,
    Status,
    Vote,
)
from madang.listen.hearings.rules import list_votes
from madang.listen.hearings.services import create_hearing


@dataclass(frozen=True)
class ImportedHearing:
    """The hearing that an import made, or had made before.

    differing: where it was here before, what of this import is otherwise in it and stays so:
    "slug", "title", "texts".
    """

    hearing: Hearing
    is_new: bool
    differing: tuple[str, ...] = ()


@transaction.atomic
def import_conversation(
    *,
    conversation: Conversation,
    slug: str,
    title: Words,
    introduction: Words,
    question: Words,
    texts: Mapping[int, Words],
    source: str,
    origin: Origin,
    at: datetime,
    closes_at: datetime | None = None,
    language: str = "",
) -> ImportedHearing:
    """Open a hearing with the statements and votes of an export, and record HearingImported.

    Every vote of the export's history is kept, the newest counts. The same export again returns
    the hearing that it made the first time.

    texts: the sentences by id in other languages than the export's own; may be empty.
    language: of the export's own sentences; "" goes by the letters of each.
    Raises UnableToCreateHearing.
    """
    fingerprint = input_hash(conversation)
    take_turns(Turn.HEARING_IMPORT)  # two imports of one export, one after the other
    own = {each.id: _own_words(each, language) for each in conversation.statements}
    words = {**own, **texts}
    if earlier := Hearing.objects.filter(input_hash=fingerprint).first():
        told = dict(earlier.statements.filter(number__in=words).values_list("number", "words"))
        alike = {"slug": earlier.slug == slug, "title": earlier.title == title}
        alike["texts"] = told == words
        differing = tuple(name for name, is_alike in alike.items() if not is_alike)
        return ImportedHearing(earlier, is_new=False, differing=differing)
    hearing = create_hearing(
        slug=slug,
        title=title,
        introduction=introduction,
        question=question,
        at=at,
        closes_at=closes_at,
        origin=origin,
    )
    hearing.status, hearing.opened_at = Status.OPEN, at
    hearing.source, hearing.input_hash = source, fingerprint
    hearing.save(update_fields=["status", "opened_at", "source", "input_hash"])
    votes = _copy(hearing, conversation, words, at)
    record(
        events.HearingImported(
            hearing=slug,
            source=source,
            input_hash=fingerprint,
            statements=len(conversation.statements),
            votes=votes,
            imported_at=at,
        )
    )
    return ImportedHearing(hearing, is_new=True)


def _own_words(statement: core.Statement, language: str) -> Words:
    """Return a sentence as the export has it; without a text it goes by its number."""
    if not statement.text:
        return {UNKNOWN: f"#{statement.id}"}
    return {language or language_of(statement.text): statement.text}


def _copy(
    hearing: Hearing, conversation: Conversation, texts: Mapping[int, Words], at: datetime
) -> int:
    """Write an export's sentences, people and votes; return how many votes count."""
    Statement.objects.bulk_create(
        Statement(
            hearing=hearing,
            number=each.id,
            words=texts[each.id],
            moderation=Moderation.HIDDEN if each.is_out else Moderation.SHOWN,
            reason="moderated out in the source" if each.is_out else "",
            written_at=at,
        )
        for each in conversation.statements
    )
    analyse(Statement)
    copy_rows(
        Participant, ["hearing", "number"], ((hearing.id, n) for n in conversation.participant_ids)
    )
    people = dict(hearing.participants.values_list("number", "id"))
    sentences = dict(hearing.statements.values_list("number", "id"))
    votes = list_votes(conversation, at)
    copy_rows(
        Vote,
        ["participant", "statement", "value", "cast_at", "is_newest"],
        ((people[v.person], sentences[v.statement], v.value, v.at, v.is_newest) for v in votes),
    )
    return sum(vote.is_newest for vote in votes)
