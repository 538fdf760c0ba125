"""Stand-ins: one for each purpose, no block makes another's, and they can be made anew."""

import ast
import hashlib
import hmac
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.conf import settings as site
from django.db import close_old_connections, connection

from madang.decide.ballots.models import Cast
from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person
from madang.ground.journal.audit import audit_journal
from madang.ground.journal.services import extend_journal
from madang.ground.keeping.keystore import UnableToUseKey, destroyed_keys, keys_of
from madang.ground.privacy.models import Generation
from madang.ground.privacy.pseudonyms import UnableToLink, generation_key, key_for, pseudonym
from madang.ground.privacy.renewal import UnableToRenew, renew_stand_ins, would_renew
from madang.ground.privacy.services import leave
from madang.ground.privacy.sweeper import Swept, sweep
from madang.listen.hearings import services
from madang.listen.hearings.models import Participant, Statement, Vote
from makers import NOW, make_open_hearing, make_resident

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
PACKAGE = Path(__file__).parents[2] / "src" / "madang"
SOMEBODY = UUID(int=7)


@pytest.fixture(autouse=True)
def _folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.MADANG_KEYS, settings.MADANG_DATA = tmp_path / "keys", tmp_path


def vote(person: Person, value: int = 1, slug: str = "after") -> None:
    services.cast_vote(slug=slug, person_id=person.id, statement=0, value=value, at=NOW)


def renew(block: str = "hearings") -> list[tuple[str, int, int]]:
    return [(e.purpose, e.generation, e.stand_ins) for e in renew_stand_ins(block=block, at=NOW)]


def test_a_block_cannot_ask_for_anothers_stand_ins() -> None:
    with pytest.raises(UnableToLink, match="another-block"):
        pseudonym(block="ballots", person_id=SOMEBODY, purpose="hearings.after")


@pytest.mark.parametrize("placed", site.BLOCKS, ids=lambda placed: placed.block.name)
def test_each_block_asks_in_its_own_name(placed: Any) -> None:
    folder = PACKAGE / Path(*placed.package.split(".")[1:])
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "pseudonym":
                named = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert named["block"] == repr(placed.block.name)


def test_a_process_with_one_blocks_key_makes_its_stand_ins_and_no_others(
    settings: LazySettings,
) -> None:
    whole = pseudonym(block="hearings", person_id=SOMEBODY, purpose="hearings.after")
    settings.MADANG_PSEUDONYM_KEYS = {"hearings": key_for("hearings")}
    settings.MADANG_PSEUDONYM_KEY = ""
    alone = pseudonym(block="hearings", person_id=SOMEBODY, purpose="hearings.after")
    assert alone == whole
    with pytest.raises(UnableToLink, match="no-key"):
        pseudonym(block="ballots", person_id=SOMEBODY, purpose="ballots.small")


def test_keys_are_derived_as_rfc_5869_says() -> None:
    """HKDF-SHA256 by hand: extract with no salt, expand by one block."""
    extracted = hmac.new(bytes(32), site.MADANG_PSEUDONYM_KEY.encode(), hashlib.sha256).digest()
    info = b"madang pseudonyms of hearings\x01"
    assert generation_key("hearings", 1) == hmac.new(extracted, info, hashlib.sha256).digest()
    assert generation_key("hearings", 1) != generation_key("ballots", 1)


def test_stand_ins_of_a_city_from_before_stay_valid_until_they_are_renewed() -> None:
    make_open_hearing()
    person = make_resident()
    key = site.MADANG_PSEUDONYM_KEY.encode()
    old = hmac.new(key, f"hearings.after\n{person.id}".encode(), hashlib.sha256).hexdigest()
    hearing = Statement.objects.first().hearing  # type: ignore[union-attr]  # it has sentences
    Participant.objects.create(hearing=hearing, number=0, pseudonym=old)
    from django.apps import apps

    migration = import_module("madang.listen.hearings.migrations.0005_first_stand_ins")
    migration.note(apps, None)
    vote(person)
    assert Participant.objects.count() == 1
    renew()
    vote(person, -1)
    assert Participant.objects.get().pseudonym != old
    assert list(Vote.objects.filter(is_newest=True).values_list("value", flat=True)) == [-1]


def test_after_a_renewal_votes_still_count_once_and_are_still_ones_own() -> None:
    make_open_hearing()
    people = [make_resident() for _ in range(3)]
    for person in people:
        vote(person)
    services.write_statement(
        slug="after", person_id=people[0].id, text="More benches.", language="en", at=NOW
    )
    before = set(Participant.objects.values_list("pseudonym", flat=True))
    assert [tuple(e) for e in map(as_row, would_renew(block="hearings"))] == [
        ("hearings.after", 2, 4)
    ]
    assert renew() == [("hearings.after", 2, 4)]
    after = set(Participant.objects.values_list("pseudonym", flat=True))
    assert len(after) == 3
    assert not before & after
    for person in people:
        vote(person)  # the same again changes nothing
    vote(people[0], -1)
    assert Participant.objects.count() == 3
    assert Vote.objects.filter(is_newest=True).count() == 3
    voice = services.voice_of(person_id=people[0].id, hearing="after")
    assert Statement.objects.get(author=voice).words == {"en": "More benches."}


def as_row(each: Any) -> tuple[str, int, int]:
    return (each.purpose, each.generation, each.stand_ins)


def test_the_old_secret_is_destroyed_when_backups_of_it_are_old_and_the_journal_tells() -> None:
    make_open_hearing()
    vote(make_resident())
    renew()
    renew()
    assert list(sweep(at=NOW + 34 * DAY)) == []
    assert list(sweep(at=NOW + 35 * DAY)) == [Swept("pseudonyms.hearings/0002", "key", 1)]
    assert [name.period for name in keys_of("pseudonyms.hearings")] == ["0003"]
    assert [name.period for name in destroyed_keys()] == ["0002"]
    with pytest.raises(UnableToUseKey, match="destroyed"):
        generation_key("hearings", 2)
    certificate = OutboxEvent.objects.get(wire="privacy.key-destroyed.v1").payload
    assert (certificate["purpose"], certificate["period"]) == ("pseudonyms.hearings", "0002")
    extend_journal(at=NOW)
    assert list(audit_journal()) == []


def test_a_database_from_before_a_renewal_still_takes_its_peoples_votes() -> None:
    person = make_resident()
    make_open_hearing()
    renew()
    vote(person)
    backup = list(Participant.objects.values_list("id", "pseudonym"))
    renew()
    Generation.objects.update(number=2)  # a restore of the rows as they were
    for key, pseudonym_then in backup:
        Participant.objects.filter(id=key).update(pseudonym=pseudonym_then)
    OutboxEvent.objects.filter(wire="privacy.stand-ins-renewed.v1").delete()
    assert list(sweep(at=NOW + 90 * DAY)) == [], "the restored database needs its secret"
    vote(person, -1)
    assert Participant.objects.count() == 1
    assert renew() == [("hearings.after", 3, 1)]


def test_who_left_stays_as_they_were() -> None:
    make_open_hearing()
    leaver, stayer = make_resident(), make_resident()
    vote(leaver)
    vote(stayer)
    was = services.voice_of(person_id=leaver.id, hearing="after")
    leave(person_id=leaver.id, at=NOW)
    assert renew() == [("hearings.after", 2, 1)]
    assert Participant.objects.filter(pseudonym=was).count() == 1
    assert Vote.objects.count() == 2


def test_a_renewal_that_was_killed_goes_on_and_nobody_votes_twice_meanwhile() -> None:
    person = make_resident()
    for slug in ("first", "second", "third"):
        make_open_hearing(slug=slug)
        vote(person, slug=slug)
    renewal = renew_stand_ins(block="hearings", at=NOW)
    assert next(renewal).purpose == "hearings.first"
    renewal.close()  # the process is gone, two hearings to go
    make_open_hearing(slug="new")
    for slug in ("first", "second", "third", "new"):
        vote(person, -1, slug=slug)
    assert Participant.objects.count() == 4
    assert renew() == [("hearings.second", 2, 1), ("hearings.third", 2, 1)]
    for slug in ("first", "second", "third", "new"):
        vote(person, 0, slug=slug)
    assert Participant.objects.count() == 4
    assert set(Generation.objects.values_list("number", flat=True)) == {2}


def test_votes_that_come_while_stand_ins_are_made_anew_find_their_participant() -> None:
    make_open_hearing(statements=8)
    people = [make_resident() for _ in range(4)]
    for person in people:
        vote(person)

    def keep_voting(person: Person) -> None:
        for n in range(16):
            services.cast_vote(
                slug="after", person_id=person.id, statement=n % 8, value=1 - n % 3, at=NOW
            )
        close_old_connections()
        connection.close()

    threads = [Thread(target=keep_voting, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        renew()
    for thread in threads:
        thread.join()
    assert Participant.objects.count() == 4
    assert Vote.objects.filter(is_newest=True).count() == 32


def test_a_block_without_stand_ins_is_refused() -> None:
    with pytest.raises(UnableToRenew, match="no-stand-ins"):
        renew("plan")


def test_ballots_are_renewed_too() -> None:
    from decide.worlds import make_ballot

    assert renew("ballots") == []
    make_ballot()
    assert renew("ballots") == [("ballots.small", 3, 0)]
    assert not Cast.objects.exists()
