"""What hearings do when people use their rights: tell, leave out, erase, write to who agreed."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from madang.ground.consent.services import give_consent, withdraw_consent
from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import deliver
from madang.ground.identity.models import Person
from madang.ground.identity.public import Who, who_is
from madang.ground.privacy.services import leave
from madang.ground.rights.models import Request
from madang.ground.rights.services import UnableToAsk, answer, ask, take_back
from madang.listen.hearings import rights, services
from madang.listen.hearings.models import Moderation, Participant, Statement
from madang.listen.hearings.queries import compute_map, vote_history
from madang.listen.hearings.rights import (
    HEARING_NEWS,
    held_about,
    people_to_tell,
    write_to_participant,
)
from makers import NOW, make_official, make_open_hearing, make_person, make_resident

PARTICIPANT = "hearings.Participant.pseudonym"
WORDS = "hearings.Statement.words"

pytestmark = pytest.mark.django_db


def vote(person: Person, statement: int, value: int) -> None:
    services.cast_vote(slug="after", person_id=person.id, statement=statement, value=value, at=NOW)


def write(person: Person, text: str) -> Statement:
    return services.write_statement(
        slug="after", person_id=person.id, text=text, language="ko", at=NOW
    )


def official() -> Who:
    found = who_is(make_official())
    assert found is not None
    return found


def tell_all() -> None:
    """Hand the events of requests to hearings, as the worker would."""
    names = {
        "rights.request-made.v1": rights.leave_out_who_objects,
        "rights.request-taken-back.v1": rights.take_in_again,
        "rights.request-answered.v1": rights.do_what_was_granted,
    }
    for event in OutboxEvent.objects.filter(wire__in=names).order_by("id"):
        handler = names[event.wire]
        deliver(event_id=event.id, handler=f"{handler.__module__}.{handler.__qualname__}")


def ask_about(person: Person, field: str, thing: str, kind: str) -> Request:
    made = ask(person_id=person.id, kind=kind, field=field, thing=thing, words="Please.", at=NOW)
    tell_all()
    return made


def told(person: Person, field: str) -> list[Any]:
    held = held_about(person_id=person.id, language="ko")
    return [each.value for each in held if each.field == field]


def test_a_person_is_told_their_own_votes_and_sentences_and_nobody_elses() -> None:
    make_open_hearing()
    person, neighbour = make_resident(), make_resident()
    vote(neighbour, 0, 1)
    vote(person, 0, -1)
    vote(person, 0, 1)
    write(person, "골목에 등을 달아 주십시오.")
    write(neighbour, "숲을 넓혀 주십시오.")
    assert told(person, "Vote.value") == [
        {"statement": 0, "vote": -1, "counts": False},
        {"statement": 0, "vote": 1, "counts": True},
    ]
    ((words),) = told(person, "Statement.words")
    assert words["words"] == {"ko": "골목에 등을 달아 주십시오."}
    assert [each["number"] for each in told(person, "Participant.pseudonym")] == [1]
    assert list(held_about(person_id=make_person().id, language="ko")) == []


def test_all_is_found_in_five_queries_however_much_there_is(
    django_assert_num_queries: Any,
) -> None:
    make_open_hearing(slug="other")
    make_open_hearing(statements=6)
    person = make_resident()
    for n in range(6):
        vote(person, n, 1)
    with django_assert_num_queries(5):
        assert len(list(held_about(person_id=person.id, language="en"))) == 7


def test_who_objects_is_left_out_at_once_and_taken_in_again_when_they_take_it_back() -> None:
    hearing = make_open_hearing()
    person, neighbour = make_resident(), make_resident()
    vote(person, 0, 1)
    vote(neighbour, 0, -1)
    assert compute_map(hearing=hearing)["votes"] == 2
    made = ask_about(person, PARTICIPANT, "after", "restrict")
    assert compute_map(hearing=hearing)["votes"] == 1
    assert [row[3] for row in vote_history(slug="after")] == [-1]
    take_back(person_id=person.id, request_id=made.id, at=NOW)
    tell_all()
    assert compute_map(hearing=hearing)["votes"] == 2


@pytest.mark.parametrize(("is_granted", "counted"), [(True, 0), (False, 1)])
def test_a_granted_objection_lasts_and_a_refused_one_ends(is_granted: bool, counted: int) -> None:
    hearing, person = make_open_hearing(), make_resident()
    vote(person, 0, 1)
    made = ask_about(person, PARTICIPANT, "after", "restrict")
    answer(request_id=made.id, who=official(), is_granted=is_granted, reason="So.", at=NOW)
    tell_all()
    assert compute_map(hearing=hearing)["votes"] == counted


def test_of_two_objections_one_is_enough() -> None:
    hearing, person = make_open_hearing(), make_resident()
    vote(person, 0, 1)
    ask_about(person, PARTICIPANT, "after", "restrict")
    other = ask_about(person, "hearings.Vote.value", "after/0", "restrict")
    take_back(person_id=person.id, request_id=other.id, at=NOW)
    tell_all()
    assert compute_map(hearing=hearing)["votes"] == 0


def test_a_sentence_that_waits_goes_altogether_once_its_erasure_is_granted() -> None:
    make_open_hearing()
    person = make_resident()
    sentence = write(person, "지워질 의견입니다.")
    made = ask_about(person, WORDS, f"after/{sentence.number}", "erase")
    assert Statement.objects.filter(id=sentence.id).exists()  # an official answers first
    answer(request_id=made.id, who=official(), is_granted=True, reason="", at=NOW)
    tell_all()
    assert not Statement.objects.filter(id=sentence.id).exists()
    assert OutboxEvent.objects.filter(wire="hearings.statement-erased.v1").count() == 1


def test_one_that_was_voted_on_leaves_its_number_and_votes_without_words(client: Client) -> None:
    make_open_hearing()
    person = make_resident()
    sentence = write(person, "지워질 의견입니다.")
    services.moderate_statement(
        slug="after", number=sentence.number, moderation=Moderation.SHOWN, reason="", at=NOW
    )
    vote(make_resident(), sentence.number, 1)
    made = ask_about(person, WORDS, f"after/{sentence.number}", "erase")
    answer(request_id=made.id, who=official(), is_granted=True, reason="", at=NOW)
    tell_all()
    sentence.refresh_from_db()
    assert (sentence.author, sentence.moderation) == ("", Moderation.HIDDEN)
    assert "지워질" not in str(sentence.words)
    assert sentence.votes.count() == 1
    page = client.get(f"/hearings/after/statements/{sentence.number}").content.decode()
    assert "쓴 사람이 지워 달라고 요구했습니다" in page
    assert told(person, "Statement.words") == []


def test_a_sentence_of_somebody_else_cannot_be_asked_away() -> None:
    make_open_hearing()
    sentence = write(make_resident(), "남의 의견입니다.")
    with pytest.raises(UnableToAsk, match="not-held"):
        ask_about(make_resident(), WORDS, f"after/{sentence.number}", "erase")


def test_an_event_of_who_has_left_is_delivered_to_nobody_and_fails_nowhere() -> None:
    make_open_hearing()
    person = make_resident()
    vote(person, 0, 1)
    ask(
        person_id=person.id,
        kind="restrict",
        field=PARTICIPANT,
        thing="after",
        words="Please.",
        at=NOW,
    )
    leave(person_id=person.id, at=NOW)
    tell_all()
    assert not Participant.objects.get().is_on_hold


def test_letters_go_to_who_took_part_and_agreed_in_their_language() -> None:
    make_open_hearing()
    asked_for, silent, absent = make_resident(), make_resident(), make_resident()
    for person in (asked_for, silent):
        vote(person, 0, 1)
    for person in (asked_for, absent):
        give_consent(person_id=person.id, purpose=HEARING_NEWS.purpose, language="en", at=NOW)
    assert people_to_tell(slug="after") == [(asked_for.id, "en")]
    with translation.override("ko"):
        write_to_participant(person_id=asked_for.id, slug="after", language="en")
    (letter,) = mail.outbox
    assert letter.to == [asked_for.email]
    assert letter.subject == "The city has answered: After the pandemic"
    assert "/en/hearings/after/" in letter.body
    assert "/en/rights/" in letter.body


def test_who_took_the_consent_back_meanwhile_gets_no_letter() -> None:
    make_open_hearing()
    person = make_resident()
    vote(person, 0, 1)
    give_consent(person_id=person.id, purpose=HEARING_NEWS.purpose, language="ko", at=NOW)
    withdraw_consent(person_id=person.id, purpose=HEARING_NEWS.purpose, at=NOW)
    write_to_participant(person_id=person.id, slug="after", language="ko")
    leave(person_id=person.id, at=NOW)
    write_to_participant(person_id=person.id, slug="after", language="ko")
    assert mail.outbox == []
