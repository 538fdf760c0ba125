"""`madang journal` inside the city: its witnesses, and rows that are taken as they are."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from ground.witness_servers import KEY
from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person
from madang.ground.journal.watch import rows_that_differ
from madang.site.cli.main import main

Ask = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: LazySettings,
    tmp_path: Path,
) -> Ask:
    """Run a command of the journal in this process; return exit code and output."""
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))
    settings.MADANG_DATA = tmp_path / "data"

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["madang", "journal", *words])
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0), capsys.readouterr().out

    return run


def test_a_city_without_witnesses_is_told_how_to_name_them(ask: Ask) -> None:
    code, said = ask("witnesses")
    assert (code, "MADANG_WITNESSES names them" in said) == (0, True)


def test_the_health_of_each_witness_is_shown(ask: Ask, settings: LazySettings) -> None:
    settings.MADANG_WITNESSES = [f"{KEY} http://127.0.0.1:1"]
    Person.objects.create_user("somebody@daon.example")
    assert "has countersigned nothing yet." in ask("witnesses")[1]
    assert ask("extend")[0] == 0
    code, said = ask("witnesses", "--json", "-")
    (health,) = json.loads(said)
    assert (code, health["name"], health["fault"]) == (0, "ngo.example", "silent")
    assert (health["size"], health["asked_at"] is None) == (None, False)
    assert "It does not answer." in ask("witnesses")[1]


def test_rows_are_taken_as_they_are_only_when_one_says_so(ask: Ask) -> None:
    assert ask("accept") == (0, "All rows are as they were noted.\n")
    person = Person.objects.create_user("somebody@daon.example")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE identity_person DISABLE TRIGGER USER")
        cursor.execute("UPDATE identity_person SET is_active = false")
        cursor.execute("ALTER TABLE identity_person ENABLE TRIGGER USER")
    code, said = ask("accept")
    assert (code, f"identity_person {person.id}" in said) == (0, True)
    assert "Nothing was changed." in said
    assert len(list(rows_that_differ())) == 1
    code, said = ask("accept", "--yes")
    assert (code, "1 rows were taken as they are" in said) == (0, True)
    assert list(rows_that_differ()) == []
    assert OutboxEvent.objects.filter(wire="journal.rows-accepted.v1").count() == 1
