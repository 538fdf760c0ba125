"""The sweeper: what is due goes everywhere, what is not stays, and each erasure is certified."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from decide.worlds import make_ballot, make_who
from madang.decide.ballots.models import Cast
from madang.decide.ballots.services import cast_ballot, close_ballot
from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person, Proof, Residency, Role, SignIn
from madang.ground.identity.services import grant_role, record_residency
from madang.ground.journal.audit import audit_journal
from madang.ground.journal.services import extend_journal
from madang.ground.keeping.keystore import destroyed_keys, key_folder, keys_of
from madang.ground.keeping.ledger import Ledger, note_erased
from madang.ground.privacy.erasers import ERASERS, erases
from madang.ground.privacy.restored import reapply_erasures
from madang.ground.privacy.services import PERSON, leave
from madang.ground.privacy.sweeper import Swept, sweep, what_is_due
from madang.listen.hearings import services
from madang.listen.hearings.models import Participant, Statement, Vote
from makers import NOW, make_open_hearing, make_person, make_resident

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
TWO_YEARS, YEAR = timedelta(days=730), timedelta(days=365)


@pytest.fixture(autouse=True)
def _folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.MADANG_KEYS, settings.MADANG_DATA = tmp_path / "keys", tmp_path
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


def swept(at: datetime) -> dict[tuple[str, str], int]:
    return {(each.what, each.kind): each.number for each in sweep(at=at)}


def certificates(wire: str = "privacy.data-erased.v1") -> list[dict[str, Any]]:
    return list(OutboxEvent.objects.filter(wire=wire).values_list("payload", flat=True))


def test_nothing_is_due_on_the_day_it_is_told() -> None:
    make_resident()
    assert list(what_is_due(at=NOW)) == []
    assert list(sweep(at=NOW)) == []
    assert certificates() == []


def test_a_residency_goes_after_two_years_and_not_a_second_before() -> None:
    make_resident()
    assert swept(NOW + TWO_YEARS - timedelta(seconds=1)) == {}
    assert swept(NOW + TWO_YEARS) == {("identity.Residency.district", "row"): 1}
    assert not Residency.objects.exists()
    (told,) = certificates()
    assert (told["declaration"], told["kind"], told["number"]) == (
        "identity.Residency.district",
        "row",
        1,
    )


def test_who_says_it_anew_keeps_it() -> None:
    person = make_resident(district="01")
    record_residency(
        person_id=person.id, district="02", proof=Proof.COUNTER, at=NOW + TWO_YEARS - DAY
    )
    assert swept(NOW + TWO_YEARS) == {}
    assert Residency.objects.get().district == "02"


def test_what_was_told_of_the_district_goes_with_it_and_the_audit_stays_clean() -> None:
    person = make_resident()
    grant_role(person_id=person.id, role=Role.OFFICIAL, at=NOW)
    extend_journal(at=NOW)
    swept(NOW + TWO_YEARS)
    told = OutboxEvent.objects.get(wire="identity.residency-recorded.v1")
    assert (told.payload, told.salt) == ({}, None)
    assert OutboxEvent.objects.get(wire="identity.role-granted.v1").payload != {}
    assert list(audit_journal()) == []
    extend_journal(at=NOW)
    assert list(audit_journal()) == []


def test_the_key_goes_when_its_month_is_over_and_is_certified_once() -> None:
    make_resident()
    swept(NOW + TWO_YEARS)
    assert [name.period for name in keys_of("identity.residency")] == ["2022-05"]
    june = datetime(2022, 6, 1, tzinfo=NOW.tzinfo)
    assert swept(june) == {("identity.residency/2022-05", "key"): 1}
    assert swept(june) == {}
    assert keys_of("identity.residency") == []
    assert [each["period"] for each in certificates("privacy.key-destroyed.v1")] == ["2022-05"]


def test_a_key_that_a_row_still_needs_is_kept() -> None:
    make_resident()
    Residency.objects.update(proved_at=NOW + YEAR)  # as a mistake of ours could
    assert swept(NOW + TWO_YEARS + 31 * DAY) == {}
    assert [name.period for name in keys_of("identity.residency")] == ["2022-05"]


def test_a_hearings_stand_ins_go_a_year_after_it_closed_and_its_votes_stay() -> None:
    make_open_hearing()
    people = [make_person() for _ in range(3)]
    for person in people:
        services.cast_vote(slug="after", person_id=person.id, statement=0, value=1, at=NOW)
    services.write_statement(
        slug="after", person_id=people[0].id, text="More benches.", language="en", at=NOW
    )
    voices = {services.voice_of(person_id=person.id, hearing="after") for person in people}
    extend_journal(at=NOW)
    assert swept(NOW + 2 * YEAR) == {}, "an open hearing needs them"
    services.close_hearing(slug="after", at=NOW)
    assert swept(NOW + YEAR) == {
        ("hearings.Statement.author", "stand_in"): 1,
        ("hearings.Participant.pseudonym", "stand_in"): 3,
    }
    now = set(Participant.objects.values_list("pseudonym", flat=True))
    assert len(now) == 3
    assert all(each.startswith("-") for each in now)
    assert not voices & set(Statement.objects.values_list("author", flat=True))
    assert Vote.objects.filter(is_newest=True).count() == 3
    assert swept(NOW + YEAR) == {}, "a stand-in that is random already stays"
    assert list(audit_journal()) == []
    assert all(voice not in everything_kept() for voice in voices)


def everything_kept() -> str:
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_seeds_and_imports_have_no_stand_in_to_take_away() -> None:
    make_open_hearing()
    hearing = services.close_hearing(slug="after", at=NOW)
    Participant.objects.create(hearing=hearing, number=0, pseudonym=None)
    assert swept(NOW + YEAR) == {}
    assert set(Statement.objects.values_list("author", flat=True)) == {""}


def test_a_ballots_voter_and_district_go_and_its_choices_stay() -> None:
    make_ballot()
    who = make_who()
    cast = cast_ballot(slug="small", who=who, projects=["P1"], at=NOW)
    assert Cast.objects.get().district == who.district
    close_ballot(slug="small", at=NOW)
    assert swept(NOW + YEAR) == {
        ("ballots.Cast.voter", "stand_in"): 1,
        ("ballots.Cast.district", "blank"): 1,
    }
    row = Cast.objects.get()
    assert row.district == ""
    assert row.voter.startswith("-")
    assert cast.choices.count() == 1
    assert swept(NOW + YEAR + 31 * DAY) == {("ballots.district/2021-05", "key"): 1}


def test_more_rows_than_one_batch_go_and_each_batch_is_certified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("madang.ground.privacy.sweeper.BATCH", 2)
    for _ in range(5):
        make_resident()
    assert swept(NOW + TWO_YEARS) == {("identity.Residency.district", "row"): 5}
    assert [each["number"] for each in certificates()] == [2, 2, 1]


def test_who_says_it_anew_while_the_sweeper_comes_keeps_it() -> None:
    person = make_resident(district="01")
    is_said, may_commit = Event(), Event()

    def say_it_anew() -> None:
        with transaction.atomic():
            record_residency(
                person_id=person.id, district="02", proof=Proof.COUNTER, at=NOW + TWO_YEARS
            )
            is_said.set()
            may_commit.wait(30)
        connection.close()

    saying = Thread(target=say_it_anew)
    saying.start()
    assert is_said.wait(30)
    found: list[Swept] = []

    def sweep_beside() -> None:
        found.extend(sweep(at=NOW + TWO_YEARS))
        connection.close()

    sweeping = Thread(target=sweep_beside)
    sweeping.start()
    with connection.cursor() as cursor:
        for _ in range(3000):  # until the sweeper waits for the row
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
            sleep(0.01)
    may_commit.set()
    saying.join()
    sweeping.join()
    assert found == []
    assert Residency.objects.get().district == "02"


def test_a_sweep_that_was_killed_goes_on_where_it_was() -> None:
    make_resident()
    make_ballot()
    cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOW)
    sweeping = sweep(at=NOW + TWO_YEARS)
    next(sweeping)
    sweeping.close()
    assert not Residency.objects.exists()
    assert ("ballots.Cast.district", "blank") in swept(NOW + TWO_YEARS)


def test_a_rehearsal_says_what_a_sweep_does_and_erases_nothing(tmp_path: Path) -> None:
    make_resident()
    make_ballot()
    cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOW)
    due = list(what_is_due(at=NOW + TWO_YEARS + 31 * DAY))
    assert Residency.objects.count() == 1
    assert Cast.objects.get().district
    assert sorted(map(str, due)) == sorted(map(str, sweep(at=NOW + TWO_YEARS + 31 * DAY)))


def test_mail_files_sign_ins_and_jobs_that_ended_go(client: Client, settings: LazySettings) -> None:
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir()
    for name, age in (("old.log", 15 * DAY), ("new.log", 13 * DAY)):
        (folder / name).write_text("a letter")
        os.utime(folder / name, ((NOW - age).timestamp(),) * 2)
    client.force_login(make_person())
    SignIn.objects.update(expire_date=NOW - DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
            " VALUES ('default', 'one', 0, '{}', 'failed'), ('default', 'two', 0, '{}', 'todo')"
        )
        cursor.execute("UPDATE procrastinate_events SET at = %s", [NOW - 91 * DAY])
    assert swept(NOW) == {
        ("mail kept as files", "other"): 1,
        ("sign-ins that are over", "other"): 1,
        ("jobs that ended", "other"): 1,
    }
    assert [path.name for path in folder.iterdir()] == ["new.log"]
    assert not SignIn.objects.exists()


def test_another_room_hangs_in_its_own_eraser() -> None:
    index = ["kim", "lee"]

    @erases("a search index")
    def _index(*, at: datetime, rehearses: bool) -> int:
        number = len(index)
        if not rehearses:
            index.clear()
        return number

    try:
        assert list(what_is_due(at=NOW)) == [Swept("a search index", "other", 2)]
        assert index
        assert swept(NOW) == {("a search index", "other"): 2}
        assert not index
        assert certificates()[0]["declaration"] == "a search index"
    finally:
        del ERASERS["a search index"]


# Unused accounts


def test_an_unused_account_is_written_to_and_erased_a_month_later() -> None:
    person = make_person(email="kim@daon.example")
    Person.objects.update(last_login=NOW)
    assert swept(NOW + 3 * YEAR - 31 * DAY) == {}
    assert swept(NOW + 3 * YEAR - 30 * DAY) == {("identity.Person", "warned"): 1}
    assert swept(NOW + 3 * YEAR - 29 * DAY) == {}, "one letter is enough"
    (letter,) = mail.outbox
    assert letter.to == ["kim@daon.example"]
    assert "Sign in once" in letter.body
    assert "계정" in letter.body
    assert swept(NOW + 3 * YEAR) == {("identity.Person", "row"): 1}
    assert not Person.objects.exists()
    assert Ledger().has(PERSON, person.id)


def test_who_signs_in_after_the_letter_stays() -> None:
    make_person()
    Person.objects.update(last_login=NOW)
    swept(NOW + 3 * YEAR - 30 * DAY)
    Person.objects.update(last_login=NOW + 3 * YEAR - 5 * DAY)
    assert swept(NOW + 3 * YEAR) == {}
    assert Person.objects.exists()


def test_nobody_is_erased_who_was_not_told() -> None:
    make_person()
    Person.objects.update(last_login=NOW)
    assert swept(NOW + 5 * YEAR) == {("identity.Person", "warned"): 1}
    assert Person.objects.exists()


def test_an_official_is_not_erased_while_the_role_lasts() -> None:
    person = make_person(role=Role.OFFICIAL)
    Person.objects.update(last_login=NOW, warned_at=NOW + DAY)
    assert swept(NOW + 5 * YEAR) == {}
    assert Person.objects.get() == person


# After a restore


def test_a_restored_database_keeps_to_what_was_erased_since(tmp_path: Path) -> None:
    leaver, stayer = make_resident(email="leaver@daon.example"), make_resident()
    with connection.cursor() as cursor:  # the backup: what a restore would bring back
        cursor.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM identity_person")
    leave(person_id=leaver.id, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO identity_person SELECT * FROM kept WHERE id = %s", [leaver.id])
        cursor.execute("DROP TABLE kept")
    assert Person.objects.filter(email="leaver@daon.example").exists()
    again = list(reapply_erasures(at=NOW))
    assert again == [Swept("identity.Person", "row", 1)]
    assert list(Person.objects.all()) == [stayer]
    assert list(reapply_erasures(at=NOW)) == []
    extend_journal(at=NOW)
    assert list(audit_journal()) == []


def test_the_ledger_tells_nobody_who_it_was() -> None:
    person = make_person()
    note_erased(PERSON, person.id)
    written = b"".join(path.read_bytes() for path in key_folder().rglob("*") if path.is_file())
    assert str(person.id).encode() not in written
    assert Ledger().has(PERSON, person.id)
    assert not Ledger().has("hearings.Statement", person.id)
    assert not Ledger().has(PERSON, make_person().id)


def test_a_destroyed_key_is_certified_again_in_a_database_that_does_not_know() -> None:
    make_resident()
    june = datetime(2022, 6, 1, tzinfo=NOW.tzinfo)
    swept(june)
    OutboxEvent.objects.filter(wire="privacy.key-destroyed.v1").delete()
    assert swept(june) == {("identity.residency/2022-05", "key"): 1}
    assert len(destroyed_keys()) == 1
