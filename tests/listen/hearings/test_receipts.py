"""A resident's receipt for a vote: theirs alone, in the journal, and true."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from madang.core.tlog.check import check_entry, check_head
from madang.core.tlog.checkpoint import parse_proof
from madang.core.tlog.note import parse_key
from madang.ground.journal import files
from madang.ground.journal.keys import verify
from madang.ground.journal.seals import entry_shown
from madang.ground.journal.services import extend_journal
from madang.listen.hearings import services
from makers import NOW, make_open_hearing, make_resident

RECEIPT = "/en/hearings/after/mine/1.tlog-proof"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def voter(settings: LazySettings, tmp_path: Path, client: Client) -> None:
    """Somebody signed in who voted on sentence 1, and somebody else who did not."""
    settings.MADANG_DATA = tmp_path
    make_open_hearing()
    person = make_resident()
    services.cast_vote(slug="after", person_id=person.id, statement=1, value=-1, at=NOW)
    client.force_login(person)


def test_the_receipt_opens_the_entry_of_ones_own_vote(client: Client) -> None:
    extend_journal(at=NOW)
    assert RECEIPT in client.get("/en/hearings/after/mine").content.decode()
    proof = parse_proof(client.get(RECEIPT).content)
    entry, said = entry_shown(proof.extra)
    key = parse_key(files.read("key").decode())
    check_entry(entry, proof, check_head(proof.checkpoint, [key], verify))
    assert '"act":"hearings.vote-cast.v1"' in said
    assert '"statement":1,"value":-1' in said


def test_before_the_journal_has_it_one_is_asked_to_wait(client: Client) -> None:
    answer = client.get(RECEIPT, follow=True)
    assert "enters the journal within seconds" in answer.content.decode()


def test_nobody_gets_a_receipt_for_a_vote_of_somebody_else(client: Client) -> None:
    extend_journal(at=NOW)
    client.force_login(make_resident())
    assert client.get(RECEIPT).status_code == 404
    client.logout()
    assert client.get(RECEIPT).status_code == 302


def test_while_it_is_open_the_map_tells_nobodys_number(client: Client) -> None:
    services.draw_map(slug="after", at=NOW)
    for path in ("/hearings/after/map.json", "/api/v1/hearings/after/map"):
        people = client.get(path).json()["participants"]
        assert [person["id"] for person in people] == [None]
    services.close_hearing(slug="after", at=NOW)
    for path in ("/hearings/after/map.json", "/api/v1/hearings/after/map"):
        people = client.get(path).json()["participants"]
        assert [person["id"] for person in people] == [0]
