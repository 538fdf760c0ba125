"""Reads of the hearings block: frozen values, ready to print."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncHour
from django.utils.translation import gettext

from madang.core.opinion import conversation as core
from madang.core.opinion.conversation import input_hash
from madang.core.opinion.opinion_map import CORE_VERSION
from madang.core.opinion.report import as_json, map_conversation
from madang.ground.words import Said, as_written, said
from madang.listen.hearings.models import (
    DrawnMap,
    Hearing,
    Moderation,
    Outcome,
    Participant,
    Statement,
    Status,
    Vote,
)
from madang.listen.hearings.rules import (
    OUR_REASONS,
    Card,
    HearingPage,
    HearingRow,
    OutcomeRow,
    OwnSentence,
    OwnVote,
    StatementRow,
)

LOOK_BACK = timedelta(seconds=10)  # longer than any vote's transaction takes


def list_hearings(*, language: str, with_drafts: bool) -> list[HearingRow]:
    """Return hearings, drafts and open ones first, then the newest. One SQL query."""
    hearings = Hearing.objects.all() if with_drafts else Hearing.objects.public()
    rows: Iterable[Any] = hearings.annotate(
        n_statements=_number_of(Statement.objects.filter(moderation=Moderation.SHOWN)),
        n_waiting=_number_of(Statement.objects.filter(moderation=Moderation.WAITING)),
        n_participants=_number_of(Participant.objects.all()),
    ).order_by("-opened_at", "-created_at")
    life = list(Status)
    return sorted(
        (
            HearingRow(
                slug=row.slug,
                title=said(row.title, language),
                question=_said_or_empty(row.question, language),
                status=row.status,
                origin=row.origin,
                closes_at=row.closes_at,
                statements=row.n_statements,
                participants=row.n_participants,
                waiting=row.n_waiting,
            )
            for row in rows
        ),
        key=lambda row: life.index(Status(row.status)),
    )


def hearing_page(*, slug: str, language: str, with_drafts: bool) -> HearingPage | None:
    """Return the hearing, None where there is none to see. Two SQL queries."""
    hearings = Hearing.objects.all() if with_drafts else Hearing.objects.public()
    hearing: Any = (
        hearings.filter(slug=slug)
        .annotate(
            n_statements=_number_of(Statement.objects.filter(moderation=Moderation.SHOWN)),
            n_waiting=_number_of(Statement.objects.filter(moderation=Moderation.WAITING)),
            n_participants=_number_of(Participant.objects.all()),
        )
        .first()
    )
    if hearing is None:
        return None
    return HearingPage(
        slug=slug,
        title=said(hearing.title, language),
        introduction=_said_or_empty(hearing.introduction, language),
        question=_said_or_empty(hearing.question, language),
        answer=_said_or_empty(hearing.answer, language),
        status=hearing.status,
        origin=hearing.origin,
        source=hearing.source,
        ballot=hearing.ballot,
        opened_at=hearing.opened_at,
        closes_at=hearing.closes_at,
        closed_at=hearing.closed_at,
        statements=hearing.n_statements,
        participants=hearing.n_participants,
        votes=Vote.objects.filter(participant__hearing=hearing, is_newest=True).count(),
        waiting=hearing.n_waiting,
    )


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """Count a hearing's rows in a subquery of their own, for two joins would multiply them."""
    counted = rows.filter(hearing=OuterRef("pk")).order_by().values("hearing")
    return Coalesce(Subquery(counted.annotate(n=Count("*")).values("n")), 0)


def list_statements(*, slug: str, language: str) -> list[StatementRow]:
    """Return the sentences on show, by number. Two SQL queries."""
    shown = Statement.objects.filter(hearing__slug=slug, moderation=Moderation.SHOWN)
    return _without_hidden_texts(_statement_rows(shown, language))


def list_moderated(*, slug: str, language: str) -> list[StatementRow]:
    """Return the sentences that somebody moderated, hidden ones too, by number. Two SQL queries."""
    moderated = Statement.objects.filter(hearing__slug=slug).exclude(moderation=Moderation.WAITING)
    return _without_hidden_texts(_statement_rows(moderated, language))


def list_for_the_desk(*, slug: str, language: str) -> list[StatementRow]:
    """Return every sentence with its text, by number: for officials only. Two SQL queries."""
    return _statement_rows(Statement.objects.filter(hearing__slug=slug), language)


def find_statement(*, slug: str, number: int, language: str) -> StatementRow | None:
    """Return one sentence that somebody moderated, None for any other. Two SQL queries."""
    moderated = Statement.objects.filter(hearing__slug=slug, number=number).exclude(
        moderation=Moderation.WAITING
    )
    found = _without_hidden_texts(_statement_rows(moderated, language))
    return found[0] if found else None


def _without_hidden_texts(rows: list[StatementRow]) -> list[StatementRow]:
    return [replace(row, text="") if row.moderation == Moderation.HIDDEN else row for row in rows]


def _statement_rows(sentences: Any, language: str) -> list[StatementRow]:
    def votes(value: int) -> Count:
        return Count("votes", filter=Q(votes__is_newest=True, votes__value=value))

    counted = sentences.annotate(agree=votes(1), disagree=votes(-1), passed=votes(0))
    rows = list(counted.order_by("number"))
    outcomes: dict[int, list[OutcomeRow]] = defaultdict(list)
    for outcome in Outcome.objects.filter(statement__in=[row.id for row in rows]).order_by("id"):
        outcomes[outcome.statement_id].append(
            OutcomeRow(outcome.commitment, said(outcome.words, language), outcome.status)
        )
    return [
        StatementRow(
            number=row.number,
            text=said(row.words, language),
            theme=row.theme,
            language=said(row.words, language).language,
            moderation=row.moderation,
            reason=_reason(row.reason),
            agree=row.agree,
            disagree=row.disagree,
            passed=row.passed,
            outcomes=tuple(outcomes[row.id]),
        )
        for row in rows
    ]


def _reason(kept: str) -> Said:
    """Return why a sentence is hidden: a moderator's own words, or ours in the page's language."""
    return as_written(gettext(kept) if kept in OUR_REASONS else kept)


def next_card(*, slug: str, voice: str, language: str) -> Card | None:
    """Return a sentence on which this resident has not voted, None when done. Two SQL queries.

    The order is shuffled by the voice, a different one for each resident and always the same
    for one, so that no sentence is favoured by its place.
    """
    sentences = Statement.objects.filter(hearing__slug=slug, moderation=Moderation.SHOWN)
    numbers = list(sentences.values_list("number", flat=True))
    own = Vote.objects.filter(statement__in=sentences, is_newest=True, participant__pseudonym=voice)
    left = sentences.exclude(id__in=own.values("statement")).values_list("number", "words")
    shuffled = sorted(left, key=lambda row: sha256(f"{voice}/{row[0]}".encode()).digest())
    if not shuffled:
        return None
    number, words = shuffled[0]
    return Card(number, said(words, language), len(numbers) - len(shuffled), len(numbers))


def texts_of(*, slug: str, language: str) -> dict[int, str]:
    """Return the shown sentences' texts by number. One SQL query."""
    rows = Statement.objects.filter(hearing__slug=slug, moderation=Moderation.SHOWN)
    return {n: said(words, language) for n, words in rows.values_list("number", "words")}


def edit_texts(*, slug: str) -> dict[str, Any] | None:
    """Return what the edit form of a hearing starts from, by field. One SQL query."""
    hearing = Hearing.objects.filter(slug=slug).first()
    if hearing is None:
        return None
    words = {
        "title": hearing.title,
        "introduction": hearing.introduction,
        "question": hearing.question,
        "answer": hearing.answer,
    }
    texts = {
        f"{name}_{code}": text for name, said_ in words.items() for code, text in said_.items()
    }
    return {**texts, "closes_at": hearing.closes_at}


def sentence_texts(*, slug: str, number: int) -> dict[str, str] | None:
    """Return what the edit form of a sentence starts from, by field. One SQL query."""
    words = Statement.objects.filter(hearing__slug=slug, number=number).values_list("words")
    return next(({f"text_{code}": text for code, text in row.items()} for (row,) in words), None)


def own_votes(*, slug: str, voice: str, language: str) -> list[OwnVote]:
    """Return what this resident voted, in the order of the sentences. One SQL query."""
    votes = Vote.objects.filter(
        participant__hearing__slug=slug, participant__pseudonym=voice, is_newest=True
    ).select_related("statement")
    return [
        OwnVote(
            number=vote.statement.number,
            text=_text_of(vote.statement, language),
            value=vote.value,
            hidden=(("statement", vote.statement.number), ("stay", 1)),
            has_receipt=vote.event is not None,
        )
        for vote in votes.order_by("statement__number")
    ]


def event_of_vote(*, slug: str, voice: str, number: int) -> int | None:
    """Return the event by which this resident's vote that counts was recorded. One SQL query."""
    votes = Vote.objects.filter(
        participant__hearing__slug=slug, participant__pseudonym=voice, statement__number=number
    )
    return votes.filter(is_newest=True).values_list("event", flat=True).first()


def own_sentences(*, slug: str, voice: str, language: str) -> list[OwnSentence]:
    """Return what this resident wrote, and what a moderator did with it. One SQL query."""
    written = Statement.objects.filter(hearing__slug=slug, author=voice).order_by("number")
    return [
        OwnSentence(row.number, _text_of(row, language), row.moderation, as_written(row.reason))
        for row in written
    ]


def _text_of(statement: Statement, language: str) -> str:
    """Return what may be read of it: nothing of a hidden one."""
    is_hidden = statement.moderation == Moderation.HIDDEN
    return "" if is_hidden else said(statement.words, language)


def own_number(*, slug: str, voice: str) -> int | None:
    """Return the resident's number on the map, None for who has not voted. One SQL query."""
    return (
        Participant.objects.filter(hearing__slug=slug, pseudonym=voice)
        .values_list("number", flat=True)
        .first()
    )


def newest_map(*, slug: str) -> DrawnMap | None:
    """Return the map that was drawn last. One SQL query."""
    return DrawnMap.objects.filter(hearing__slug=slug).order_by("-drawn_at", "-id").first()


def published_map(*, slug: str) -> dict[str, Any] | None:
    """Return the newest map for everyone, so that anyone can draw it again. One SQL query.

    While the hearing is open nobody's number is told: who watches the map while a neighbour votes
    would find the number, and with it all votes once the hearing is closed.
    """
    newest = DrawnMap.objects.filter(hearing__slug=slug).select_related("hearing")
    drawn = newest.order_by("-drawn_at", "-id").first()
    if drawn is None:
        return None
    told = {**drawn.result, "drawn_at": drawn.drawn_at}
    if drawn.hearing.status == Status.OPEN:
        people = [{**person, "id": None} for person in drawn.result["participants"]]
        told["participants"] = sorted(people, key=lambda each: (each["x"] or 0, each["y"] or 0))
    return told


def hearings_with_stale_maps() -> list[str]:
    """Return the open hearings where something changed since their last map. One SQL query.

    A vote may be cast just before a map is drawn and committed just after: look back a little.
    """
    last = DrawnMap.objects.filter(hearing=OuterRef("pk")).order_by("-drawn_at")
    since = Coalesce(OuterRef("last_map"), datetime.min.replace(year=1900, tzinfo=UTC)) - LOOK_BACK
    votes = Vote.objects.filter(participant__hearing=OuterRef("pk"), cast_at__gt=since)
    moderated = Statement.objects.filter(hearing=OuterRef("pk"), moderated_at__gt=since)
    stale = Hearing.objects.filter(status=Status.OPEN).annotate(
        last_map=Subquery(last.values("drawn_at")[:1])
    )
    return list(
        stale.filter(Exists(votes) | Exists(moderated) & Q(last_map__isnull=False))
        .values_list("slug", flat=True)
        .order_by("slug")
    )


def conversation(*, hearing: Hearing) -> core.Conversation:
    """Return the hearing as the opinion core takes it: the votes that count. Three SQL queries.

    Sentences that wait for a moderator are not part of it yet.
    """
    sentences = [
        core.Statement(
            id=row.number,
            text=said(row.words, "ko"),
            moderated=core.MODERATED_OUT
            if row.moderation == Moderation.HIDDEN
            else core.MODERATED_IN,
        )
        for row in hearing.statements.exclude(moderation=Moderation.WAITING).order_by("number")
    ]
    people = tuple(
        hearing.participants.filter(is_on_hold=False)
        .order_by("number")
        .values_list("number", flat=True)
    )
    cast = np.array(
        list(
            Vote.objects.filter(
                participant__hearing=hearing, participant__is_on_hold=False, is_newest=True
            )
            .exclude(statement__moderation=Moderation.WAITING)
            .values_list("participant__number", "statement__number", "value")
        ),
        dtype=np.int64,
    ).reshape(-1, 3)
    votes = np.full((len(people), len(sentences)), core.UNSEEN, dtype=np.int8)
    rows = np.searchsorted(people, cast[:, 0])
    columns = np.searchsorted([sentence.id for sentence in sentences], cast[:, 1])
    votes[rows, columns] = cast[:, 2]
    return core.Conversation(people, tuple(sentences), votes)


def compute_map(*, hearing: Hearing) -> dict[str, Any]:
    """Return the map of the votes that count now, as the fields of a DrawnMap. Three SQL queries.

    Beside the core's stable JSON the result holds `by_group`: for each statement, in the JSON's
    order, [agree, disagree, pass] of each group.
    """
    said_and_voted = conversation(hearing=hearing)
    result = map_conversation(said_and_voted)
    counts = result.drawn.by_group
    stacked = np.stack([counts.agree, counts.disagree, counts.passed], axis=-1)
    return {
        "input_hash": input_hash(said_and_voted),
        "core_version": CORE_VERSION,
        "seed": None,
        "votes": int((said_and_voted.votes != core.UNSEEN).sum()),
        "result": {**as_json(result), "by_group": stacked.transpose(1, 0, 2).tolist()},
    }


def vote_history(*, slug: str) -> list[tuple[datetime, int, int, int]]:
    """Return the votes ever cast: hour, statement, participant, value; oldest first. One query.

    Times are cut to the hour and the votes of an hour are put by participant: whoever saw
    someone vote at 15:04 shall not find them in the open data.
    """
    return list(
        Vote.objects.filter(participant__hearing__slug=slug, participant__is_on_hold=False)
        .annotate(hour=TruncHour("cast_at"))
        .order_by("hour", "participant__number", "statement__number", "cast_at", "id")
        .values_list("hour", "statement__number", "participant__number", "value")
    )


def _said_or_empty(words: dict[str, str], language: str) -> str:
    return said(words, language) if words else ""
