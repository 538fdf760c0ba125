"""Changes of the tables: tried on a copy while the city serves, and patient with its locks."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from madang.ground.identity.models import Person
from madang.listen.hearings.models import Participant
from madang.listen.hearings.services import cast_vote
from madang.site import upgrade
from madang.site.cli.main import main
from madang.site.upgrade import (
    UnableToRehearse,
    changes_to_come,
    migrate_gently,
    rehearse,
)
from makers import NOW, make_open_hearing, make_resident
from whole_city import MADANG

TO_COME = ["hearings.0007_on_hold"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def older_city() -> Iterator[None]:
    """A loaded city whose tables lack the newest change."""
    make_open_hearing()
    cast_vote(slug="after", person_id=make_resident().id, statement=0, value=1, at=NOW)
    MigrationExecutor(connection).migrate([("hearings", "0006_door")])
    yield
    call_command("migrate", verbosity=0)


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.usefixtures("older_city")
def test_a_change_is_tried_on_a_copy_and_the_city_is_as_before() -> None:
    before = databases()
    assert changes_to_come() == TO_COME
    first, *_, last = rehearse()
    assert first.change == "hearings.0007_on_hold"
    assert "hearings_participant AccessExclusiveLock" in first.locks
    assert last.change == "after all changes"
    assert changes_to_come() == TO_COME
    assert databases() == before


@pytest.mark.usefixtures("older_city")
@pytest.mark.whole
def test_the_version_that_serves_reads_and_writes_the_changed_copy() -> None:
    *_, last = rehearse(old=Path(MADANG))
    assert last.change == "the version that serves"
    assert Person.objects.filter(email__startswith="rehearsal").count() == 0
    with pytest.raises(UnableToRehearse, match="false hearing list: exit code 1"):
        list(rehearse(old=Path("/bin/false")))
    with pytest.raises(UnableToRehearse, match="No such file"):
        list(rehearse(old=Path("/nowhere/madang")))
    assert upgrade.COPY not in databases()


@pytest.mark.usefixtures("older_city")
def test_the_copy_goes_away_when_a_change_fails_on_it() -> None:
    with connection.cursor() as cursor:  # so that the change finds its column there already
        cursor.execute("ALTER TABLE hearings_participant ADD COLUMN is_on_hold boolean")
    try:
        with pytest.raises(Exception, match="already exists"):
            list(rehearse())
        assert upgrade.COPY not in databases()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hearings_participant DROP COLUMN is_on_hold")


@pytest.mark.usefixtures("older_city")
def test_the_shell_says_what_is_to_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADANG_SECRET_KEY", "zq7Vt-3mKp_x9Rw2LhYb8Nc4Jd6Fg5Ts1")
    monkeypatch.setenv("MADANG_DATABASE_URL", "postgresql://tests@/already-connected")
    said = []
    for words in (["upgrade"], ["upgrade", "--rehearse", "--json", "-"]):
        monkeypatch.setattr(sys, "argv", ["madang", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code
        said.append(capsys.readouterr().out)
    assert said[0].split() == TO_COME
    assert [row["change"] for row in json.loads(said[1])] == [*TO_COME, "after all changes"]


@pytest.mark.usefixtures("older_city")
def test_a_change_waits_for_a_resident_and_makes_nobody_wait_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upgrade, "LOCK_PATIENCE_S", 0.2)
    monkeypatch.setattr(upgrade, "TRIES", 1)
    told = connection.get_connection_params()
    place = {name: told[name] for name in ("host", "port", "user", "dbname") if told.get(name)}
    with psycopg.connect(**place) as voting:
        voting.execute("SELECT 1 FROM hearings_participant FOR SHARE")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate_gently()
        assert voting.execute("SELECT count(*) FROM hearings_participant").fetchone() == (1,)
    migrate_gently()
    assert changes_to_come() == []
    assert not Participant.objects.get().is_on_hold
