"""Requests about one's own data, and the notes of who looked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from madang.ground.consent.services import give_consent
from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import deliver
from madang.ground.identity.models import Person, Role
from madang.ground.identity.public import Who, who_is
from madang.ground.identity.services import declare_residency, grant_role
from madang.ground.privacy.services import leave
from madang.ground.rights.held import declarations, held_about_person, rooms_that_tell
from madang.ground.rights.looks import DECLARED, LOOKS, REQUEST, By
from madang.ground.rights.models import LookNote, Request
from madang.ground.rights.queries import list_waiting, looks_at, requests_of, tally
from madang.ground.rights.rules import DAYS_TO_ANSWER, Kind, State, days_left, due_on
from madang.ground.rights.services import (
    UnableToAnswer,
    UnableToAsk,
    answer,
    ask,
    end_consent,
    forget_what_is_old,
    note_look,
    open_request,
    take_back,
    write_that_it_is_answered,
)
from makers import NOW, make_official, make_person, make_resident

EMAIL = "identity.Person.email"
SEOUL = "Asia/Seoul"

YEAR_ONE = datetime(2000, 1, 1)  # noqa: DTZ001 hypothesis adds the zone

pytestmark = pytest.mark.django_db


def who(person: Person) -> Who:
    found = who_is(Person.objects.get(id=person.id))
    assert found is not None
    return found


def ask_for(person: Person, **sent: str) -> Request:
    said = {"kind": "correct", "field": EMAIL, "thing": "", "words": "A letter is wrong.", **sent}
    return ask(person_id=person.id, at=NOW, **said)


# The deadline


def test_ten_days_are_counted_from_the_day_after() -> None:
    late_evening = datetime(2020, 5, 21, 23, 50, tzinfo=ZoneInfo(SEOUL))
    assert due_on(late_evening, zone=SEOUL) == date(2020, 5, 31)  # worked by hand: 22 May is day 1


def test_the_day_is_the_citys_own() -> None:
    # 16:00 in London is the next day in Seoul.
    assert due_on(datetime(2020, 5, 21, 16, tzinfo=ZoneInfo("UTC")), zone=SEOUL) == date(2020, 6, 1)


@given(st.datetimes(timezones=st.just(ZoneInfo("UTC")), min_value=YEAR_ONE))
def test_on_the_day_itself_ten_days_are_left(asked_at: datetime) -> None:
    due = due_on(asked_at, zone=SEOUL)
    assert days_left(due, at=asked_at, zone=SEOUL) == DAYS_TO_ANSWER
    assert days_left(due, at=asked_at + timedelta(days=11), zone=SEOUL) == -1


# Asking


def test_a_request_is_kept_with_its_deadline_and_told_sealed() -> None:
    person = make_person()
    made = ask_for(person)
    assert (made.state, made.due_on) == (State.OPEN, date(2020, 5, 31))
    event = OutboxEvent.objects.get(id=made.asked)
    assert event.is_sealed
    assert "wrong" not in str(event.payload)


def test_the_same_request_sent_twice_is_one() -> None:
    person = make_person()
    assert ask_for(person).id == ask_for(person, words="Once more.").id
    assert Request.objects.count() == 1


def test_the_database_refuses_it_too() -> None:
    made = ask_for(make_person())
    made.pk = uuid4()
    with pytest.raises(IntegrityError, match="asked_once_at_a_time"), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"kind": "burn"}, "no-such-kind"),
        ({"words": " \u3164"}, "no-words"),
        ({"words": "x" * 1001}, "too-long"),
        ({"field": "identity.Residency.district"}, "not-held"),  # none was declared
        ({"field": "nowhere"}, "not-held"),
        ({"thing": "after/3"}, "not-held"),
    ],
)
def test_a_request_that_cannot_be_taken_says_why(sent: dict[str, str], code: str) -> None:
    with pytest.raises(UnableToAsk, match=code):
        ask_for(make_person(), **sent)
    assert not OutboxEvent.objects.filter(wire="rights.request-made.v1").exists()


def test_somebody_elses_thing_cannot_be_asked_about() -> None:
    official = make_official()
    field = "identity.RoleGrant.role"
    ask_for(official, field=field, thing="official")
    with pytest.raises(UnableToAsk, match="not-held"):
        ask_for(make_person(), field=field, thing="official")


def test_a_request_is_taken_back_by_its_owner_alone() -> None:
    person = make_person()
    made = ask_for(person)
    with pytest.raises(Request.DoesNotExist):
        take_back(person_id=make_person().id, request_id=made.id, at=NOW)
    for _ in range(2):
        take_back(person_id=person.id, request_id=made.id, at=NOW)
    (card,) = requests_of(person_id=person.id)
    assert card.state is State.TAKEN_BACK
    assert list_waiting() == []
    assert OutboxEvent.objects.filter(wire="rights.request-taken-back.v1").count() == 1
    assert ask_for(person).id != made.id  # it may be asked anew


# Answering


def test_a_refusal_needs_a_reason_and_a_grant_does_not() -> None:
    made, official = ask_for(make_person()), who(make_official())
    sent = {"request_id": made.id, "who": official, "at": NOW}
    with pytest.raises(UnableToAnswer, match="no-reason"):
        answer(**sent, is_granted=False, reason=" ")
    done = answer(**sent, is_granted=True, reason="")
    assert (done.state, done.answered_by_id) == (State.GRANTED, official.person_id)
    assert answer(**sent, is_granted=True, reason="").answered == done.answered
    with pytest.raises(UnableToAnswer, match="not-open"):
        answer(**sent, is_granted=False, reason="No.")


def test_nobody_answers_their_own_request() -> None:
    official = make_official()
    made = ask_for(official)
    with pytest.raises(UnableToAnswer, match="own-request"):
        answer(request_id=made.id, who=who(official), is_granted=True, reason="", at=NOW)


def test_who_asked_gets_word_of_the_answer_and_nothing_of_what_it_says() -> None:
    person = make_person()
    made = ask_for(person, language="en")
    official = who(make_official())
    answer(request_id=made.id, who=official, is_granted=False, reason="It is right.", at=NOW)
    event = OutboxEvent.objects.get(wire="rights.request-answered.v1")
    deliver(event_id=event.id, handler="madang.ground.rights.handlers.tell_who_asked")
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        ((task, sent),) = cursor.fetchall()
    assert task == "madang.ground.rights.jobs.tell_of_answer"
    assert str(made.id) in sent
    write_that_it_is_answered(request_id=made.id)  # as the job does that it queued
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    assert f"/en/rights/requests/{made.id}" in letter.body
    assert "It is right." not in letter.body
    leave(person_id=person.id, at=NOW)
    write_that_it_is_answered(request_id=made.id)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_who_answer_at_once_one_does() -> None:
    made = ask_for(make_person())
    officials = [who(make_official()) for _ in range(2)]

    def answered(number: int) -> str:
        try:
            done = answer(
                request_id=made.id,
                who=officials[number],
                is_granted=bool(number),
                reason="So it is.",
                at=NOW,
            )
        except UnableToAnswer as unable:
            return str(unable)
        finally:
            connection.close()
        return done.state

    with ThreadPoolExecutor(2) as threads:
        said = set(threads.map(answered, range(2)))
    assert said in ({"granted", "not-open"}, {"refused", "not-open"})
    assert OutboxEvent.objects.filter(wire="rights.request-answered.v1").count() == 1


def test_the_desk_has_those_due_first_on_top_and_names_nobody() -> None:
    later = ask_for(make_person(email="late@daon.example"))
    Request.objects.filter(id=later.id).update(due_on=date(2021, 1, 1))
    first = ask_for(make_person())
    assert [row.id for row in list_waiting()] == [first.id, later.id]
    assert "daon.example" not in str(list_waiting())


def test_opening_a_request_is_noted_for_its_owner() -> None:
    person, official = make_person(), who(make_official())
    made = ask_for(person)
    _, email, held = open_request(request_id=made.id, who=official, at=NOW, language="en")
    assert (email, held) == (person.email, person.email)
    (row,) = looks_at(person_id=person.id)
    assert (row.look, row.by, row.looked_at) == (REQUEST, "official", NOW)
    assert looks_at(person_id=official.person_id) == []


def test_a_look_that_cannot_be_noted_shows_nothing() -> None:
    """The note and what is read stand in one transaction: without the one there is no other."""
    official = who(make_official())
    with pytest.raises(Request.DoesNotExist):
        open_request(request_id=uuid4(), who=official, at=NOW, language="en")
    assert not LookNote.objects.exists()


def test_everyone_may_know_how_often_and_how_late() -> None:
    official = who(make_official())
    for day in (1, 20):
        made = ask_for(make_person())
        at = NOW + timedelta(days=day)
        open_request(request_id=made.id, who=official, at=at, language="ko")
        answer(request_id=made.id, who=official, is_granted=True, reason="", at=at)
    ask_for(make_person())
    counted = tally(at=NOW + timedelta(days=30))
    assert (counted.asked, counted.in_time, counted.late, counted.waiting) == (3, 1, 1, 1)
    assert counted.looks == ((REQUEST, 2),)


# Looks stay


def note(person: Person, official: Person) -> LookNote:
    at = timezone.now()
    note_look(person_id=person.id, by=By.OFFICIAL, look=REQUEST, at=at, looker=official.id)
    return LookNote.objects.get(person=person)


def at_once(statement: str) -> None:
    """Run a statement and what waits for the end of its transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM rights_looknote",
        "UPDATE rights_looknote SET by = 'operator'",
        "UPDATE rights_looknote SET looked_at = now() - interval '9 years'",
        "UPDATE rights_looknote SET looker_id = NULL",
    ],
)
def test_the_database_refuses_to_change_or_lose_a_look(statement: str) -> None:
    note(make_person(), make_official())
    with pytest.raises(IntegrityError, match="a noted look is"):
        at_once(statement)


def test_a_look_goes_with_the_person_it_is_about_and_forgets_who_left() -> None:
    person, official = make_person(), make_official()
    kept = note(person, official)
    leave(person_id=official.id, at=NOW)
    at_once("SELECT 1")
    kept.refresh_from_db()
    assert (kept.looker_id, kept.by) == (None, "official")
    leave(person_id=person.id, at=NOW)
    at_once("SELECT 1")
    assert not LookNote.objects.exists()


def test_what_is_old_is_forgotten_and_what_is_not_stays() -> None:
    person, official = make_person(), make_official()
    note(person, official)
    made = ask_for(person)
    answer(request_id=made.id, who=who(official), is_granted=True, reason="", at=NOW)
    declare_residency(person_id=person.id, district="01", language="ko", at=NOW)
    end_consent(person_id=person.id, purpose="identity.residency", at=NOW)
    forget_what_is_old(at=NOW + timedelta(days=364))
    assert (LookNote.objects.count(), Request.objects.count()) == (1, 1)
    forget_what_is_old(at=NOW + timedelta(days=3 * 365 + 1))
    assert (person.consents.count(), Request.objects.count()) == (0, 0)
    assert LookNote.objects.count() == 1  # of today
    at_once("SELECT 1")


# One place


def test_every_room_that_keeps_something_of_people_tells_it() -> None:
    assert {block.name for block, _ in declarations()} == rooms_that_tell()


def test_an_account_is_told_with_its_values() -> None:
    person = make_resident(district="03")
    grant_role(person_id=person.id, role=Role.COMMITTEE, at=NOW)
    rooms = held_about_person(person_id=person.id, language="en")
    told = {field.name: [v.value for v in field.values] for room in rooms for field in room.fields}
    (account,) = told[EMAIL]
    assert (account["address"], account["number"]) == (person.email, str(person.id))
    assert told["identity.Residency.district"] == [{"district": "03", "proof": "declared"}]
    assert told["identity.RoleGrant.role"] == ["committee"]
    assert told["identity.Person.password"] == [None]
    assert person.password not in str(rooms)


def test_who_leaves_takes_requests_looks_and_consents_along() -> None:
    person = make_person()
    made = ask_for(person)
    open_request(request_id=made.id, who=who(make_official()), at=NOW, language="ko")
    give_consent(person_id=person.id, purpose="hearings.news", language="ko", at=NOW)
    leave(person_id=person.id, at=NOW)
    assert not Request.objects.exists()
    assert not LookNote.objects.exists()
    told = OutboxEvent.objects.filter(is_sealed=True).exclude(payload={})
    assert str(person.id) not in str(list(told.values_list("payload", flat=True)))


def test_without_consent_to_keep_it_the_district_is_erased() -> None:
    person = make_person()
    declare_residency(person_id=person.id, district="01", language="ko", at=NOW)
    assert who(person).is_resident
    for _ in range(2):
        end_consent(person_id=person.id, purpose="identity.residency", at=NOW)
    assert not who(person).is_resident
    told = OutboxEvent.objects.filter(wire="identity.residency-forgotten.v1")
    assert told.count() == 1


def test_every_look_that_is_declared_is_taken_somewhere() -> None:
    __import__("madang.site.cli.main")
    assert {look.code for look in DECLARED.values()} == set(LOOKS)


def test_kinds_states_and_looks_fit_their_columns() -> None:
    assert max(len(each) for each in (*Kind, *State, *By)) <= 20
    assert max(map(len, LOOKS)) <= 60
    assert settings.TIME_ZONE
