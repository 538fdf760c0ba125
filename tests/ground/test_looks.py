"""No page and no command of the city's staff shows who somebody is without noting the look."""

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from decide.worlds import (
    NOON,
    decided,
    make_ballot,
    make_hearing,
    make_person,
    make_plan,
    who,
)
from madang.decide.ballots.services import cast_ballot, voter_of
from madang.decide.plan.services import make_commitments
from madang.ground.identity.access import May
from madang.ground.identity.models import Person
from madang.ground.rights.looks import DECLARED
from madang.ground.rights.models import LookNote
from madang.ground.rights.services import ask as ask_city
from madang.listen.hearings.services import cast_vote, voice_of, write_statement
from madang.site.cli import person as person_commands
from madang.site.cli.main import main
from makers import make_official

STAFF = {May.OFFICIAL, May.COMMITTEE}

pytestmark = pytest.mark.django_db


def staff_pages(resolver: Any = None, route: str = "") -> Iterator[tuple[str, Any]]:
    """Every address that only staff may open, with its view; Korean alone, for both are one."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from staff_pages(each, route + str(each.pattern))
        elif isinstance(each, URLPattern) and getattr(each.callback, "may", None) in STAFF:
            yield route + str(each.pattern), each.callback


@pytest.fixture
def resident() -> Person:
    """Somebody who left a trace in every block, and asks for something."""
    person = make_person()
    make_hearing(is_closed=False)
    make_ballot()
    make_plan()
    cast_vote(slug="after", person_id=person.id, statement=1, value=1, at=NOON)
    sent = {"slug": "after", "person_id": person.id, "language": "ko", "at": NOON}
    write_statement(text="등을 달아 주십시오.", **sent)
    cast_ballot(slug="small", who=who(person), projects=["P1"], at=NOON)
    return person


@pytest.fixture
def places(resident: Person) -> dict[str, str]:
    """What stands in the addresses: something that is there, for each part of one."""
    request = ask_city(
        person_id=resident.id,
        kind="correct",
        field="identity.Person.email",
        thing="",
        words="A letter is wrong.",
        at=NOON,
    )
    commitment = make_commitments(decided=decided(), at=NOON)[0]
    return {
        "hearings/<slug:slug>": "hearings/after",
        "ballots/<slug:slug>": "ballots/small",
        "commitments/<int:number>": f"commitments/{commitment.id}",
        "<int:number>": "0",
        "new/<slug:method>": "new/records",
        "<int:place>": "1",
        "<str:step>": "close",
        "<uuid:request_id>": str(request.id),
    }


def test_staff_pages_that_show_who_somebody_is_note_it(
    client: Client, resident: Person, places: dict[str, str]
) -> None:
    marks = {
        resident.email,
        str(resident.id),
        voice_of(person_id=resident.id, hearing="after"),
        voter_of(person_id=resident.id, ballot="small"),
    }
    client.force_login(make_official())
    shown = []
    with override("ko"):
        pages = list(staff_pages())
    for route, view in pages:
        address = route
        for part, place in places.items():
            address = address.replace(part, place)
        assert "<" not in address, f"say above what stands in {route}"
        before = LookNote.objects.filter(person=resident).count()
        page = client.get(f"/{address}").content.decode()
        noted = LookNote.objects.filter(person=resident).count() - before
        is_shown = any(mark in page for mark in marks)
        assert noted == int(is_shown), f"{route} shows somebody and notes nothing, or the reverse"
        assert is_shown == hasattr(view, "look"), f"{route} does not say @looks_at_people"
        shown += [route] if is_shown else []
    assert shown == ["rights/desk/<uuid:request_id>"]


def test_a_refused_answer_is_a_look_as_well(
    client: Client, resident: Person, places: dict[str, str]
) -> None:
    client.force_login(make_official())
    address = f"/en/rights/desk/{places['<uuid:request_id>']}"
    page = client.post(address, {"decision": "refuse", "reason": ""}).content.decode()
    assert "A refusal needs its reason." in page
    assert resident.email in page
    assert LookNote.objects.filter(person=resident).count() == 1


def test_an_official_answers_and_the_person_reads_it(
    client: Client, resident: Person, places: dict[str, str]
) -> None:
    official = make_official(email="jeong@city.example")
    client.force_login(official)
    request_id = places["<uuid:request_id>"]
    desk = client.get("/en/rights/desk").content.decode()
    assert request_id in desk
    assert resident.email not in desk
    for _ in range(2):  # a double click
        sent = {"decision": "grant", "reason": "The letter is mended."}
        done = client.post(f"/en/rights/desk/{request_id}", sent)
    assert done["Location"] == "/en/rights/desk"
    client.force_login(resident)
    page = client.get(f"/en/rights/requests/{request_id}").content.decode()
    assert "The letter is mended." in page
    assert "jeong@city.example" not in page


def test_residents_are_kept_out_of_the_desk(client: Client, resident: Person) -> None:
    client.force_login(resident)
    for address in ("/rights/desk", f"/rights/desk/{resident.id}"):
        assert client.get(address).status_code == 403


# Commands


@pytest.fixture
def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., str]:
    """Run a command in this process; return its output."""
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["madang", *words])
        monkeypatch.setattr(sys, "stdin", StringIO("long enough 1\n"))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert not left.value.code, printed.err
        return printed.out

    return run


def test_every_command_that_names_a_person_notes_it(ask: Callable[..., str]) -> None:
    email = "kim@daon.example"
    arguments = {"email": email, "role": "committee", "district": "01"}
    commands = [each.callback for each in person_commands.app.registered_commands]
    seen = 0
    for command in commands:
        assert command is not None
        asked = list(inspect.signature(command).parameters)
        assert "email" in asked, "a command that names nobody needs no look: say so here"
        ask("person", command.__name__, *(arguments[name] for name in asked))
        seen += 1
        assert LookNote.objects.filter(person__email=email, by="operator").count() == seen
        look = DECLARED[f"{command.__module__}.{command.__qualname__}"]
        assert LookNote.objects.order_by("-id")[0].look == look.code
    assert seen == 4


def test_the_list_of_requests_names_nobody(
    ask: Callable[..., str], resident: Person, places: dict[str, str]
) -> None:
    printed = ask("rights", "list")
    (row,) = json.loads(ask("rights", "list", "--json", "-"))
    assert places["<uuid:request_id>"] == row["id"]
    assert set(row) == {"id", "kind", "field", "asked_at", "due_on", "days_left"}
    assert row["due_on"] in printed
    assert resident.email not in printed
    assert not LookNote.objects.exists()
