"""What hearings do when people use their rights: tell, leave out, erase, write to who agreed.

All of it follows a person to their stand-ins or to their address, and so the ground does it: behind
its own wall the block knows neither.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from madang.ground.consent.public import ConsentText, agrees, asked, people_who_agree
from madang.ground.events.outbox import announce, handles, record
from madang.ground.identity.public import address_of
from madang.ground.jobs.queue import job
from madang.ground.links import absolute
from madang.ground.privacy.pseudonyms import pseudonyms
from madang.ground.rights.events import RequestAnswered, RequestMade, RequestTakenBack
from madang.ground.rights.public import (
    Held,
    Kind,
    State,
    pauses,
    request_to_follow,
    requests_of,
    tells,
)
from madang.ground.words import marked as _
from madang.ground.words import said
from madang.listen.hearings.events import HearingAnswered, StatementErased, VoicesChanged
from madang.listen.hearings.models import Hearing, Moderation, Participant, Statement, Vote
from madang.listen.hearings.rules import ERASED, ERASED_BY_AUTHOR
from madang.listen.hearings.services import voice_of

HEARING_NEWS = asked(
    ConsentText(
        purpose="hearings.news",
        version=1,
        title=_("Letters about hearings you took part in"),
        asks=_("Write to me about hearings I took part in"),
        why=_("Why: to tell you when the city has answered a hearing that you voted in."),
        what=_(
            "What: your e-mail address; for each letter the city's program looks whether you took"
            " part, and the mail server sees which hearing it was."
        ),
        until=_("Until when: until you take this back, or leave."),
        refusal=_("You may say no. Nothing else changes for you."),
        fields=("identity.Person.email", "hearings.Participant.pseudonym"),
        is_needed=False,
    )
)
# Each stand-in is looked up in its own hearing, by an index; a list of them would read all rows.
TOOK_PART = """
SELECT own.* FROM unnest(%s::bigint[], %s::text[]) AS voice (hearing, name)
JOIN hearings_participant own ON own.hearing_id = voice.hearing AND own.pseudonym = voice.name
ORDER BY own.id
"""
WROTE = """
SELECT own.* FROM unnest(%s::bigint[], %s::text[]) AS voice (hearing, name)
JOIN hearings_statement own ON own.hearing_id = voice.hearing AND own.author = voice.name
WHERE own.author <> '' ORDER BY own.hearing_id, own.number
"""
TAKES_PART = ("hearings.Participant.pseudonym", "hearings.Vote.value")
for each in TAKES_PART:
    pauses(
        each,
        _(
            "At once, and until it is refused or you take it back, all your votes in this hearing"
            " are left out of the map of opinions, which is drawn anew, and of the open file of"
            " votes. The counts beside single sentences go on holding them."
        ),
    )


@tells(
    "hearings",
    along={
        "Statement.written_at": "Statement.words",
        "Vote.cast_at": "Vote.value",
        "DrawnMap.result": "Vote.value",
    },
)
def held_about(*, person_id: UUID, language: str) -> Iterator[Held]:
    """Return what hearings hold of a person, found by their stand-ins. Five SQL queries."""
    hearings = list(Hearing.objects.public().values_list("id", "slug", "title"))
    asked = [(person_id, f"hearings.{slug}") for _id, slug, _title in hearings]
    own = pseudonyms(block="hearings", asked=asked)
    slug_of = {voice: slug for voice, (_id, slug, _title) in zip(own, hearings, strict=True)}
    names = {slug: said(title, language) for _id, slug, title in hearings}
    voices = [[key for key, _slug, _title in hearings], list(slug_of)]
    slugs = {}
    for row in Participant.objects.raw(TOOK_PART, voices):
        assert row.pseudonym is not None, "found by it"
        slug = slugs[row.id] = slug_of[row.pseudonym]
        yield Held(
            field="Participant.pseudonym",
            shows=gettext("Participant number {number}").format(number=row.number),
            value={"pseudonym": row.pseudonym, "number": row.number},
            about=names[slug],
            url=reverse("hearings:mine", args=[slug]),
            thing=slug,
        )
    votes = Vote.objects.filter(participant__in=slugs).select_related("statement")
    for vote in votes.order_by("participant", "statement__number", "cast_at", "id"):
        slug = slugs[vote.participant_id]
        yield Held(
            field="Vote.value",
            shows=f"{_SPELLED[vote.value]()}: {_readable(vote.statement, language)}",
            value={
                "statement": vote.statement.number,
                "vote": vote.value,
                "counts": vote.is_newest,
            },
            about=names[slug],
            url=reverse("hearings:mine", args=[slug]),
            thing=f"{slug}/{vote.statement.number}",
            at=vote.cast_at,
        )
    for sentence in Statement.objects.raw(WROTE, voices):
        yield from _authored(sentence, slug_of[sentence.author], names, language)


def _authored(row: Statement, slug: str, names: Mapping[str, str], language: str) -> Iterator[Held]:
    about, url = names[slug], reverse("hearings:mine", args=[slug])
    thing = f"{slug}/{row.number}"
    yield Held(
        field="Statement.author",
        shows=gettext("Sentence number {number}").format(number=row.number),
        value={"statement": row.number, "pseudonym": row.author},
        about=about,
        url=url,
        thing=thing,
    )
    yield Held(
        field="Statement.words",
        shows=said(row.words, language),
        value={"statement": row.number, "words": row.words, "moderation": row.moderation},
        about=about,
        url=url,
        thing=thing,
        at=row.written_at,
    )


def _readable(statement: Statement, language: str) -> str:
    """Return what may be read of a sentence that may be somebody else's."""
    is_hidden = statement.moderation == Moderation.HIDDEN
    return gettext("a hidden sentence") if is_hidden else said(statement.words, language)


_SPELLED = {
    1: lambda: gettext("Agree"),
    -1: lambda: gettext("Disagree"),
    0: lambda: gettext("Pass"),
}


# What is done when somebody objects, or asks for an erasure


@handles(RequestMade)
def leave_out_who_objects(event: RequestMade) -> None:
    follow_request(request_id=event.request_id, at=event.asked_at)


@handles(RequestTakenBack)
def take_in_again(event: RequestTakenBack) -> None:
    follow_request(request_id=event.request_id, at=event.taken_back_at)


@handles(RequestAnswered)
def do_what_was_granted(event: RequestAnswered) -> None:
    follow_request(request_id=event.request_id, at=event.answered_at)


@transaction.atomic
def follow_request(*, request_id: UUID, at: datetime) -> None:
    """Do what a request asks of hearings as it stands now, and record VoicesChanged.

    An objection leaves the person's votes out while it is open and once it is granted; a granted
    erasure erases the sentence. Safe to repeat.
    """
    card = request_to_follow(request_id=request_id)
    if card is None:
        return
    slug, _slash, number = card.thing.partition("/")
    is_granted = card.kind is Kind.ERASE and card.state is State.GRANTED
    if card.kind is Kind.RESTRICT and card.field in TAKES_PART:
        is_held = _objects(card.person_id, slug)
        if hold_voice(person_id=card.person_id, slug=slug, is_held=is_held):
            record(VoicesChanged(hearing=slug, changed_at=at))
    elif is_granted and card.field == "hearings.Statement.words":
        erase_sentence(person_id=card.person_id, slug=slug, number=int(number), at=at)
        record(VoicesChanged(hearing=slug, changed_at=at))


def _objects(person_id: UUID, slug: str) -> bool:
    return any(
        card.kind is Kind.RESTRICT
        and card.field in TAKES_PART
        and card.thing.partition("/")[0] == slug
        and card.state in {State.OPEN, State.GRANTED}
        for card in requests_of(person_id=person_id)
    )


def hold_voice(*, person_id: UUID, slug: str, is_held: bool) -> bool:
    """Leave a person's votes out of what is drawn and given out, or take them in again.

    Returns whether that changed anything; safe to repeat.
    """
    own = Participant.objects.filter(
        hearing__slug=slug, pseudonym=voice_of(person_id=person_id, hearing=slug)
    )
    return bool(own.exclude(is_on_hold=is_held).update(is_on_hold=is_held))


def erase_sentence(*, person_id: UUID, slug: str, number: int, at: datetime) -> None:
    """Erase an own sentence and record StatementErased; safe to repeat.

    One that waits goes altogether. One that was voted on leaves its number and its votes; its words
    and the stand-in of who wrote it go. What was copied from it into a ballot or the plan stays.
    """
    own = Statement.objects.filter(
        hearing__slug=slug, number=number, author=voice_of(person_id=person_id, hearing=slug)
    )
    sentence = own.select_for_update(of=("self",)).first()
    if sentence is None:
        return
    if sentence.moderation == Moderation.WAITING:
        sentence.delete()
    else:
        sentence.words, sentence.author, sentence.reason = ERASED, "", ERASED_BY_AUTHOR
        sentence.moderation, sentence.moderated_at = Moderation.HIDDEN, at
        sentence.save()
    record(StatementErased(hearing=slug, statement=number, erased_at=at))
    announce(f"hearing/{slug}")


# What is done because somebody agreed


@handles(HearingAnswered)
def tell_who_agreed(event: HearingAnswered) -> None:
    """Letters go out from the queue, one job each, for a mail server may be slow."""
    tell_participants.defer(slug=event.hearing)


@job()
def tell_participants(*, slug: str) -> None:
    """Queue a letter to each participant who agreed to get one."""
    for person_id, language in people_to_tell(slug=slug):
        tell_participant.defer(person_id=str(person_id), slug=slug, language=language)


@job(retries=5)
def tell_participant(*, person_id: str, slug: str, language: str) -> None:
    """Write to one participant that the city has answered."""
    write_to_participant(person_id=UUID(person_id), slug=slug, language=language)


def people_to_tell(*, slug: str) -> list[tuple[UUID, str]]:
    """Return who took part in a hearing and wants letters, and their language. Two SQL queries."""
    agreed = people_who_agree(purpose=HEARING_NEWS.purpose)
    asked = [(person, f"hearings.{slug}") for person, _language in agreed]
    voices = dict(zip(pseudonyms(block="hearings", asked=asked), agreed, strict=True))
    took_part = Participant.objects.filter(hearing__slug=slug, pseudonym__in=voices)
    found = took_part.order_by("number").values_list("pseudonym", flat=True)
    return [voices[voice] for voice in found if voice is not None]


def write_to_participant(*, person_id: UUID, slug: str, language: str) -> None:
    """Send the letter that a hearing is answered, unless its reader no longer wants it."""
    email = address_of(person_id=person_id)
    if email is None or not agrees(person_id=person_id, purpose=HEARING_NEWS.purpose):
        return
    hearing = Hearing.objects.get(slug=slug)
    with override(language):
        title = said(hearing.title, language)
        subject = gettext("The city has answered: {title}").format(title=title)
        text = gettext(
            "You took part in this hearing, and the city has given its answer:\n{address}\n\n"
            "You get this letter because you agreed to it. You can take that back here:\n{own}"
        )
        address = absolute(reverse("hearings:hearing", args=[slug]))
        body = text.format(address=address, own=absolute(reverse("rights:mine")))
    send_mail(subject, body, None, [email])
