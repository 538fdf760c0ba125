"""Every write of a hearing's life. One function: one transaction, one event."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from madang.ground.address import is_address
from madang.ground.dates import why_not_until
from madang.ground.events.outbox import announce, record
from madang.ground.locks import Turn, keep_open, take_turns
from madang.ground.privacy.pseudonyms import pseudonym
from madang.ground.words import Words
from madang.listen.hearings import events
from madang.listen.hearings.models import (
    DrawnMap,
    Hearing,
    Moderation,
    Origin,
    Outcome,
    Participant,
    Statement,
    Status,
    Vote,
)
from madang.listen.hearings.queries import compute_map
from madang.listen.hearings.rules import MOST_WAITING, check_statement


class UnableToCreateHearing(Exception):
    """The hearing cannot be made: "not-an-address", "slug-taken", "closes-in-the-past",
    "closes-too-late"."""


class UnableToMove(Exception):
    """The hearing cannot go on to that status: "not-draft", "not-open", "not-closed",
    "no-statements", "closes-in-the-past", "closes-too-late", "no-answer"."""


class UnableToSpeak(Exception):
    """The sentence cannot be taken: "not-open", "imported", "empty" (nothing to read),
    "turns-direction", "too-long", "said-already", "too-many-waiting"."""


class UnableToModerate(Exception):
    """The sentence cannot be moderated: "no-reason" for hiding it."""


class UnableToVote(Exception):
    """The vote cannot be taken: "not-open", "imported", "no-such-statement", "not-a-vote"."""


def voice_of(*, person_id: UUID, hearing: str) -> str:
    """Return the pseudonym under which a person speaks in one hearing."""
    return pseudonym(block="hearings", person_id=person_id, purpose=f"hearings.{hearing}")


@transaction.atomic
def create_hearing(
    *,
    slug: str,
    title: Words,
    introduction: Words,
    question: Words,
    at: datetime,
    closes_at: datetime | None = None,
    origin: Origin = Origin.RESIDENTS,
) -> Hearing:
    """Make a draft that nobody but officials sees yet. Raises UnableToCreateHearing."""
    if not is_address(slug):
        raise UnableToCreateHearing("not-an-address")
    if Hearing.objects.filter(slug=slug).exists():
        raise UnableToCreateHearing("slug-taken")
    if problem := why_not_until(closes_at, at=at):
        raise UnableToCreateHearing(problem)
    return Hearing.objects.create(
        slug=slug,
        title=title,
        introduction=introduction,
        question=question,
        closes_at=closes_at,
        origin=origin,
    )


@transaction.atomic
def open_hearing(*, slug: str, at: datetime) -> Hearing:
    """Let residents in and record HearingOpened.

    Raises UnableToMove: "not-draft", "no-statements", "closes-in-the-past", "closes-too-late";
    Hearing.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.DRAFT)
    if not hearing.statements.filter(moderation=Moderation.SHOWN).exists():
        raise UnableToMove("no-statements")
    if problem := why_not_until(hearing.closes_at, at=at):
        raise UnableToMove(problem)
    hearing.status, hearing.opened_at = Status.OPEN, at
    hearing.save(update_fields=["status", "opened_at"])
    record(events.HearingOpened(hearing=slug, opened_at=at))
    announce(f"hearing/{slug}")
    return hearing


@transaction.atomic
def add_statement(*, slug: str, words: Words, at: datetime, theme: str = "") -> Statement:
    """Put an official's seed sentence on show and record StatementWritten.

    Raises UnableToSpeak: "not-open" (the hearing is past that), "empty", "too-long",
    "said-already"; Hearing.DoesNotExist.
    """
    hearing = Hearing.objects.select_for_update(no_key=True).get(slug=slug)
    if hearing.status not in {Status.DRAFT, Status.OPEN}:
        raise UnableToSpeak("not-open")
    if hearing.origin == Origin.IMPORTED:
        raise UnableToSpeak("imported")
    return _say(hearing, words, Moderation.SHOWN, at, theme=theme)


@transaction.atomic
def write_statement(
    *, slug: str, person_id: UUID, text: str, language: str, at: datetime
) -> Statement:
    """Take a resident's sentence, to be shown once a moderator has read it.

    Safe to repeat: the same person sending the same sentence again gets the first one back.

    Raises UnableToSpeak: "not-open", "empty", "turns-direction", "too-long", "said-already",
    "too-many-waiting".
    """
    hearing = keep_open(Hearing, slug)
    if hearing is None:
        raise UnableToSpeak("not-open")
    if hearing.origin == Origin.IMPORTED:
        raise UnableToSpeak("imported")
    author = voice_of(person_id=person_id, hearing=slug)
    take_turns(Turn.HEARING_NUMBERS, hearing.id)
    text = " ".join(text.split())
    waiting = hearing.statements.filter(author=author, moderation=Moderation.WAITING)
    if earlier := hearing.statements.filter(
        author=author, words__contains={language: text}
    ).first():
        return earlier
    if waiting.count() >= MOST_WAITING:
        raise UnableToSpeak("too-many-waiting")
    return _say(hearing, {language: text}, Moderation.WAITING, at, author=author)


def _say(
    hearing: Hearing,
    words: Words,
    moderation: Moderation,
    at: datetime,
    *,
    author: str = "",
    theme: str = "",
) -> Statement:
    refuse_words(words, beside=hearing.statements.all())
    take_turns(Turn.HEARING_NUMBERS, hearing.id)
    newest = hearing.statements.aggregate(newest=Max("number"))["newest"]
    statement = Statement.objects.create(
        hearing=hearing,
        number=0 if newest is None else newest + 1,
        words=words,
        author=author,
        theme=theme,
        moderation=moderation,
        written_at=at,
    )
    record(events.StatementWritten(hearing=hearing.slug, statement=statement.number, written_at=at))
    return statement


def refuse_words(words: Words, *, beside: QuerySet[Statement]) -> None:
    """Raise UnableToSpeak for a sentence that cannot stand beside those that are there."""
    for text in words.values():
        if problem := check_statement(text):
            raise UnableToSpeak(problem)
    if any(beside.filter(words__contains={code: text}) for code, text in words.items()):
        raise UnableToSpeak("said-already")


@transaction.atomic
def moderate_statement(
    *, slug: str, number: int, moderation: Moderation, reason: str, at: datetime
) -> Statement:
    """Show or hide a sentence and record StatementModerated. Its votes are kept either way.

    Raises UnableToModerate: "no-reason"; Statement.DoesNotExist.
    """
    statement = (
        Statement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("hearing")
        .get(hearing__slug=slug, number=number)
    )
    if moderation == Moderation.HIDDEN and not reason.strip():
        raise UnableToModerate("no-reason")
    if statement.moderation == moderation:
        return statement
    statement.moderation, statement.reason = moderation, reason.strip()
    statement.moderated_at = at
    statement.save(update_fields=["moderation", "reason", "moderated_at"])
    record(
        events.StatementModerated(
            hearing=slug,
            statement=number,
            moderation=moderation.value,
            reason=statement.reason,
            moderated_at=at,
        )
    )
    announce(f"hearing/{slug}")
    return statement


@transaction.atomic
def cast_vote(*, slug: str, person_id: UUID, statement: int, value: int, at: datetime) -> Vote:
    """Take a resident's vote on a sentence and record VoteCast; an earlier one no longer counts.

    Safe to repeat: the same vote again changes nothing and returns the vote that counts. Once
    this returns and its transaction commits, the vote is on disk.

    Raises UnableToVote: "not-a-vote", "not-open", "imported", "no-such-statement".
    """
    if value not in (-1, 0, 1):
        raise UnableToVote("not-a-vote")
    hearing = keep_open(Hearing, slug)
    if hearing is None:
        raise UnableToVote("not-open")
    if hearing.origin == Origin.IMPORTED:
        raise UnableToVote("imported")
    sentence = hearing.statements.filter(number=statement, moderation=Moderation.SHOWN).first()
    if sentence is None:
        raise UnableToVote("no-such-statement")
    participant = _participant(hearing, voice_of(person_id=person_id, hearing=slug))
    earlier = Vote.objects.filter(
        participant=participant, statement=sentence, is_newest=True
    ).first()
    if earlier and earlier.value == value:
        return earlier
    if earlier:
        Vote.objects.filter(id=earlier.id).update(is_newest=False)
    event = record(
        events.VoteCast(
            hearing=slug,
            participant=participant.number,
            statement=statement,
            value=value,
            cast_at=at,
        )
    )
    return Vote.objects.create(
        participant=participant, statement=sentence, value=value, cast_at=at, event=event
    )


def _participant(hearing: Hearing, voice: str) -> Participant:
    """Return the participant, locked so that one resident's votes come one after another."""
    known = Participant.objects.select_for_update(no_key=True).filter(
        hearing=hearing, pseudonym=voice
    )
    if found := known.first():
        return found
    take_turns(Turn.HEARING_NUMBERS, hearing.id)
    if found := known.first():  # another request of the same resident came first
        return found
    newest = hearing.participants.aggregate(newest=Max("number"))["newest"]
    return Participant.objects.create(
        hearing=hearing, pseudonym=voice, number=0 if newest is None else newest + 1
    )


@transaction.atomic
def close_hearing(*, slug: str, at: datetime) -> Hearing:
    """Take no more voices and record HearingClosed; waits for the votes that are on their way.

    Raises UnableToMove: "not-open"; Hearing.DoesNotExist.
    """
    hearing = locked_hearing(slug, Status.OPEN)
    hearing.status, hearing.closed_at = Status.CLOSED, at
    hearing.save(update_fields=["status", "closed_at"])
    record(events.HearingClosed(hearing=slug, closed_at=at))
    announce(f"hearing/{slug}")
    return hearing


@transaction.atomic
def mark_decided(*, slug: str, ballot: str, at: datetime) -> None:
    """Note that a ballot decided the hearing and record HearingDecided; safe to repeat.

    A hearing that is still open stays open: residents were promised its date.
    """
    hearing = Hearing.objects.select_for_update().filter(slug=slug).first()
    if hearing is None or hearing.status != Status.CLOSED:
        return
    hearing.status, hearing.ballot = Status.DECIDED, ballot
    hearing.save(update_fields=["status", "ballot"])
    record(events.HearingDecided(hearing=slug, ballot=ballot, decided_at=at))


@transaction.atomic
def answer_hearing(*, slug: str, answer: Words, at: datetime) -> Hearing:
    """Publish the city's answer and record HearingAnswered.

    Raises UnableToMove: "not-closed", "no-answer"; Hearing.DoesNotExist.
    """
    hearing = Hearing.objects.select_for_update().get(slug=slug)
    if hearing.status not in {Status.CLOSED, Status.DECIDED, Status.ANSWERED}:
        raise UnableToMove("not-closed")
    if not any(text.strip() for text in answer.values()):
        raise UnableToMove("no-answer")
    hearing.status, hearing.answer, hearing.answered_at = Status.ANSWERED, answer, at
    hearing.save(update_fields=["status", "answer", "answered_at"])
    record(events.HearingAnswered(hearing=slug, answered_at=at))
    announce(f"hearing/{slug}")
    return hearing


@transaction.atomic
def draw_map(*, slug: str, at: datetime) -> DrawnMap:
    """Draw the map of the votes that count now and record MapDrawn.

    Safe to repeat: the same votes have the same map, which is then only dated anew.
    Raises Hearing.DoesNotExist.
    """
    hearing = Hearing.objects.get(slug=slug)
    computed = compute_map(hearing=hearing)
    drawn, is_new = DrawnMap.objects.get_or_create(
        hearing=hearing,
        input_hash=computed["input_hash"],
        core_version=computed["core_version"],
        defaults={**computed, "drawn_at": at},
    )
    if is_new:
        groups = len(drawn.result["groups"])
        record(
            events.MapDrawn(hearing=slug, input_hash=drawn.input_hash, groups=groups, drawn_at=at)
        )
        announce(f"hearing/{slug}")
    else:
        DrawnMap.objects.filter(id=drawn.id).update(drawn_at=at)
    return drawn


@transaction.atomic
def note_outcome(
    *, slug: str, number: int, commitment: int, words: Words, ballot: str, status: str
) -> None:
    """Keep what became of a sentence; safe to repeat. A hearing unknown here is none of ours."""
    sentence = Statement.objects.filter(hearing__slug=slug, number=number).first()
    if sentence is None:
        return
    Outcome.objects.get_or_create(
        commitment=commitment,
        defaults={"statement": sentence, "words": words, "ballot": ballot, "status": status},
    )


def note_progress(*, commitment: int, status: str) -> None:
    """Keep how a commitment goes that came of a sentence here; safe to repeat."""
    Outcome.objects.filter(commitment=commitment).update(status=status)


def locked_hearing(slug: str, expected: Status) -> Hearing:
    """Return the hearing, against every other writer. Raises UnableToMove("not-…")."""
    hearing = Hearing.objects.select_for_update().get(slug=slug)
    if hearing.status != expected:
        raise UnableToMove(f"not-{expected.value}")
    return hearing
