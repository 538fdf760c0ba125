"""Leaving: what named a person is gone, their voices stay, and the journal still holds."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person, Role, SignIn
from madang.ground.identity.services import forget_sign_ins, grant_role
from madang.ground.journal.audit import Trouble, audit_journal
from madang.ground.journal.models import RowNote
from madang.ground.journal.services import extend_journal
from madang.ground.privacy.pseudonyms import pseudonym
from madang.ground.privacy.services import leave
from madang.listen.hearings import services
from madang.listen.hearings.models import Vote
from makers import NOW, make_open_hearing, make_resident

EMAIL = "leaver@daon.example"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def leaver(settings: LazySettings, tmp_path: Path) -> Person:
    """An official who lives here, voted once, and is in the journal."""
    settings.MADANG_DATA = tmp_path
    person = make_resident(email=EMAIL)
    grant_role(person_id=person.id, role=Role.OFFICIAL, at=NOW)
    make_open_hearing()
    services.cast_vote(slug="after", person_id=person.id, statement=1, value=1, at=NOW)
    extend_journal(at=NOW)
    return person


def everything_kept() -> str:
    """Every row of every table, as text."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_nothing_that_names_the_person_is_left(leaver: Person, tmp_path: Path) -> None:
    before = everything_kept()
    assert EMAIL in before
    assert str(leaver.id) in before
    leave(person_id=leaver.id, at=NOW)
    extend_journal(at=NOW)
    after = everything_kept()
    assert EMAIL not in after
    assert str(leaver.id) not in after  # from it the city's key would lead to their voice
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert str(leaver.id).encode() not in files


def test_votes_stay_and_count(leaver: Person) -> None:
    leave(person_id=leaver.id, at=NOW)
    vote = Vote.objects.get()
    assert (vote.value, vote.is_newest) == (1, True)
    assert vote.participant.pseudonym == pseudonym(
        person_id=leaver.id, purpose="hearings.after"
    )  # whoever remembers the id and has the key; nobody has both any more


def test_the_journal_tells_of_the_erasure_and_still_holds(leaver: Person) -> None:
    leave(person_id=leaver.id, at=NOW)
    assert list(audit_journal()) == []
    extend_journal(at=NOW)
    assert list(audit_journal()) == []
    erased = OutboxEvent.objects.filter(is_sealed=True, payload={}, salt=None)
    certificate = OutboxEvent.objects.get(wire="journal.facts-erased.v1")
    assert certificate.payload["events"] == list(erased.order_by("id").values_list("id", flat=True))
    assert erased.count() == 2  # residency and role
    assert OutboxEvent.objects.filter(wire="identity.person-left.v1").count() == 1


def test_facts_that_went_without_a_certificate_are_named(leaver: Person) -> None:
    event = OutboxEvent.objects.filter(wire="identity.role-granted.v1").get()
    OutboxEvent.objects.filter(id=event.id).update(payload={}, salt=None)
    (found,) = audit_journal()
    assert (found.trouble, found.event) == (Trouble.CHANGED, event.id)


def test_notes_of_the_persons_rows_can_no_longer_be_tried(leaver: Person) -> None:
    notes = RowNote.objects.filter(table="identity_person", row=str(leaver.id))
    before = dict(notes.values_list("id", "salt"))
    leave(person_id=leaver.id, at=NOW)
    for note in RowNote.objects.filter(id__in=before):
        assert note.row == ""
        assert note.salt != before[note.id]


def test_a_note_that_was_blanked_without_a_certificate_is_found(leaver: Person) -> None:
    RowNote.objects.filter(table="identity_residency").update(row="")
    assert Trouble.NOTES in {finding.trouble for finding in audit_journal()}


def test_leaving_twice_or_as_nobody_does_nothing_more(leaver: Person) -> None:
    leave(person_id=leaver.id, at=NOW)
    before = OutboxEvent.objects.count()
    leave(person_id=leaver.id, at=NOW)
    leave(person_id=UUID(int=7), at=NOW)
    assert OutboxEvent.objects.count() == before


def test_the_page_asks_for_the_password_and_signs_out(client: Client, leaver: Person) -> None:
    client.force_login(leaver)
    assert "/en/leave/" in client.get("/en/identity/me").content.decode()
    assert "This cannot be undone." in client.get("/en/leave/").content.decode()
    wrong = client.post("/en/leave/", {"password": "not this one"})
    assert "This is not your password." in wrong.content.decode()
    assert Person.objects.filter(email=EMAIL).exists()
    done = client.post("/en/leave/", {"password": "long enough 1"}, follow=True)
    assert "are erased" in done.content.decode()
    assert not Person.objects.filter(email=EMAIL).exists()
    assert client.get("/en/identity/me").status_code == 302
    assert client.get("/leave/").status_code == 302


def test_sign_ins_on_other_devices_go_and_those_of_others_stay(leaver: Person) -> None:
    for person in (leaver, leaver, make_resident()):
        Client().force_login(person)
    leave(person_id=leaver.id, at=NOW)
    (left,) = SignIn.objects.all()
    assert left.person != leaver


def test_sign_ins_that_are_over_are_forgotten(client: Client, leaver: Person) -> None:
    client.force_login(leaver)
    session = SignIn.objects.get()
    forget_sign_ins(at=session.expire_date)
    assert SignIn.objects.exists()
    forget_sign_ins(at=session.expire_date.replace(year=session.expire_date.year + 1))
    assert not SignIn.objects.exists()
