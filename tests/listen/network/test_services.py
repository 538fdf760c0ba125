"""The register: an import is a version, what it replaces is kept, the journal hears numbers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from listen.network.files import LINKS, SYSTEMS, register
from madang.core.bad_input import BadInput
from madang.ground.events.models import OutboxEvent
from madang.listen.network.drafts import drop_draft, keep_draft
from madang.listen.network.imports import UnableToRegister, register_draft, register_network
from madang.listen.network.models import Draft, Link, Register, State, System
from madang.listen.network.queries import (
    difference_of,
    draft_page,
    find_network,
    list_versions,
    network_or_nothing,
    read_texts,
)
from makers import NOW

pytestmark = pytest.mark.django_db


def send(systems: str = SYSTEMS, links: str = LINKS) -> Draft:
    return keep_draft(
        systems_name="s.csv",
        systems=systems.encode(),
        links_name="l.csv",
        links=links.encode(),
        at=NOW,
    )


def test_a_register_reads_as_the_files_it_came_from() -> None:
    made = register()
    assert (made.number, made.is_new, made.difference.counts) == (1, True, (6, 0, 0))
    assert find_network() == read_texts("s", SYSTEMS.encode(), "l", LINKS.encode())


def test_the_journal_hears_numbers_and_no_name() -> None:
    register()
    (event,) = OutboxEvent.objects.filter(wire="network.network-registered.v1")
    assert {**event.payload, "registered_at": ""} == {
        "version": 1, "systems": 4, "links": 2, "registered_at": "",
    }  # fmt: skip


def test_the_same_files_again_make_no_version_and_no_event() -> None:
    register()
    again = register()
    assert (again.number, again.is_new) == (1, False)
    assert Register.objects.count() == 1
    assert OutboxEvent.objects.count() == 1


def test_a_new_version_writes_what_changed_and_keeps_what_was_said() -> None:
    register()
    before = network_or_nothing()
    systems = SYSTEMS.replace(",40,ict,5", ",60,ict,5").replace(
        "tap,수도 계량기,,", "lamp,가로등,,"
    )
    made = register(systems, LINKS.replace("0.3,4", "0.2,4") + "lamp,mail,network,,2\n")
    assert made.difference.counts == (2, 1, 2)
    assert (State.objects.count(), Link.objects.count()) == (6, 4)
    assert System.objects.count() == 5, "a code that is gone stays known"
    assert compare_counts() == [(2, 2, 1, 2), (1, 6, 0, 0)]
    assert difference_of(number=2) == made.difference
    assert difference_of(number=1).added == before.systems
    after = network_or_nothing()
    assert {s.code: s.criticality for s in after.systems} == {
        "mail": 10, "hall": 60, "db": 90, "lamp": 5,
    }  # fmt: skip


def compare_counts() -> list[tuple[int, int, int, int]]:
    return [(v.number, v.added, v.removed, v.changed) for v in list_versions()]


def test_a_system_that_comes_back_is_the_same_system() -> None:
    register()
    without = "\n".join(line for line in SYSTEMS.splitlines() if not line.startswith("tap")) + "\n"
    register(without)
    made = register()
    assert [each.code for each in made.difference.added] == ["tap"]
    assert System.objects.filter(code="tap").count() == 1
    assert State.objects.filter(system__code="tap").count() == 2


def test_bad_files_leave_everything_as_it_was() -> None:
    register()
    with pytest.raises(BadInput, match="The office sewers is not on the city's card"):
        register(SYSTEMS.replace("data-policy", "sewers"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_texts("s.csv", SYSTEMS.encode("euc-kr"), "l.csv", LINKS.encode())
    assert Register.objects.count() == 1


def test_a_rolled_back_version_leaves_no_row_and_no_event() -> None:
    with transaction.atomic():
        register()
        transaction.set_rollback(True)
    assert not Register.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert find_network() is None


# Files that wait to be looked at


def test_a_draft_shows_what_it_would_change_and_changes_nothing() -> None:
    register()
    send(SYSTEMS.replace(",90,", ",95,"))
    page = draft_page()
    assert page is not None
    assert page.difference.counts == (0, 0, 1)
    assert not page.is_stale
    assert Register.objects.count() == 1


def test_a_draft_is_registered_once() -> None:
    draft = send()
    assert register_draft(draft=draft.id, at=NOW).number == 1
    with pytest.raises(UnableToRegister, match="no-draft"):
        register_draft(draft=draft.id, at=NOW)
    assert draft_page() is None
    assert Register.objects.get().source == "s.csv, l.csv"


def test_a_draft_that_was_compared_with_an_older_version_is_refused() -> None:
    draft = send()
    network = read_texts("s", SYSTEMS.encode(), "l", LINKS.encode())
    Draft.objects.filter(id=draft.id).update(base=0)
    other = replace(network, links=())
    kept = Draft.objects.get(id=draft.id)
    register_network(network=other, source="another", at=NOW)
    kept.save(force_insert=True)  # as where it was sent at that very moment
    page = draft_page()
    assert page is not None
    assert page.is_stale
    with pytest.raises(UnableToRegister, match="changed-meanwhile"):
        register_draft(draft=draft.id, at=NOW)


def test_bad_files_are_no_draft_and_a_new_one_replaces_the_last() -> None:
    first = send()
    with pytest.raises(BadInput, match=r"l.csv:2: There is no system nowhere"):
        send(links=LINKS.replace("mail,hall", "nowhere,hall"))
    assert Draft.objects.get().id == first.id
    second = send()
    assert Draft.objects.get().id == second.id
    drop_draft(draft=second.id)
    drop_draft(draft=second.id)
    assert not Draft.objects.exists()


# The database itself


def test_the_database_refuses_what_no_file_may_say() -> None:
    register()
    version, mail = Register.objects.get(), System.objects.get(code="mail")
    wrong = [
        lambda: System.objects.create(code="not a code"),
        lambda: Link.objects.create(source=mail, target=mail, place=9, trust="data", since=version),
        lambda: State.objects.filter(system=mail).update(kind="toaster"),
        lambda: State.objects.filter(system=mail).update(criticality=101),
        lambda: Link.objects.update(likelihood=0.0),
        lambda: Link.objects.update(cost=0),
        lambda: State.objects.update(isolation_cost=0),
    ]
    for write in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_two_versions_one_after_the_other() -> None:
    def bring_in(worth: int) -> int:
        try:
            return register(SYSTEMS.replace(",90,", f",{worth},")).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(bring_in, (91, 92))) == [1, 2]
    assert State.objects.filter(until=None).count() == 4
    assert compare_counts()[0][1:] == (0, 0, 1)
