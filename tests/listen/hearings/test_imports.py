"""Whole hearings from exports: kept as they were, and only once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from madang.core.opinion.conversation import Conversation, input_hash
from madang.core.opinion.csv_rows import TextFile, decode_text
from madang.core.opinion.polis_export import read_conversation
from madang.core.opinion.report import as_json, map_conversation
from madang.ground.events.models import OutboxEvent
from madang.listen.hearings import services
from madang.listen.hearings.imports import ImportedHearing, import_conversation
from madang.listen.hearings.models import DrawnMap, Hearing, Moderation, Origin, Vote
from madang.listen.hearings.queries import conversation, vote_history
from makers import NOW, make_open_hearing, make_resident

pytestmark = pytest.mark.django_db

VOTES = """timestamp,datetime,comment-id,voter-id,vote
1000,x,0,5,1
2000,x,1,5,-1
3000,x,0,5,0
4000,x,1,9,1
"""
COMMENTS = """comment-id,moderated,comment-body
0,1,골목에 등불을.
1,-1,광고입니다.
"""


def export() -> Conversation:
    return read_conversation(
        votes=TextFile("votes.csv", VOTES.splitlines(keepends=True)),
        comments=TextFile("comments.csv", COMMENTS.splitlines(keepends=True)),
    )


def bring_in(said: Conversation, **more: Any) -> Hearing:
    return import_(said, **more).hearing


def import_(
    said: Conversation,
    slug: str = "imported",
    language: str = "",
    origin: Origin = Origin.IMPORTED,
) -> ImportedHearing:
    return import_conversation(
        conversation=said,
        slug=slug,
        title={"en": "Imported"},
        introduction={},
        question={},
        texts={},
        source="test",
        origin=origin,
        at=NOW,
        language=language,
    )


def test_every_vote_is_kept_and_the_newest_counts() -> None:
    bring_in(export())
    assert [row[1:] for row in vote_history(slug="imported")] == [
        (0, 5, 1),
        (0, 5, 0),
        (1, 5, -1),
        (1, 9, 1),
    ]
    assert Vote.objects.filter(is_newest=True).count() == 3


def test_what_was_moderated_out_is_hidden_and_says_so() -> None:
    hearing = bring_in(export())
    hidden = hearing.statements.get(number=1)
    assert hidden.moderation == Moderation.HIDDEN
    assert hidden.reason


@pytest.mark.parametrize(
    ("language", "words"),
    [("", {"ko": "골목에 등불을."}), ("en", {"en": "골목에 등불을."})],
)
def test_a_sentence_is_of_the_language_that_is_named_or_else_of_its_letters(
    language: str, words: dict[str, str]
) -> None:
    assert bring_in(export(), language=language).statements.get(number=0).words == words


def test_the_database_gives_back_just_the_conversation_that_went_in() -> None:
    said = export()
    assert input_hash(conversation(hearing=bring_in(said))) == input_hash(said)


def test_the_same_export_again_returns_the_first_hearing() -> None:
    first = bring_in(export())
    assert bring_in(export(), slug="another") == first
    assert Hearing.objects.count() == 1
    assert OutboxEvent.objects.filter(wire="hearings.hearing-imported.v1").count() == 1


def test_the_same_export_again_tells_what_differs_and_changes_nothing() -> None:
    assert import_(export()).is_new
    again = import_(export())
    assert (again.is_new, again.differing) == (False, ())
    assert import_(export(), slug="another").differing == ("slug",)
    assert import_(export(), language="en").differing == ("texts",)
    assert again.hearing.statements.get(number=0).words == {"ko": "골목에 등불을."}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_hearing() -> None:
    together = Barrier(2)

    def bring_it_in() -> str:
        together.wait()
        try:
            return bring_in(export()).slug
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slugs = [future.result() for future in [pool.submit(bring_it_in) for _ in range(2)]]
    assert slugs == ["imported", "imported"]
    assert Hearing.objects.count() == 1


def test_an_address_in_use_leaves_nothing_half_imported() -> None:
    make_open_hearing(slug="imported")
    with pytest.raises(services.UnableToCreateHearing, match="slug-taken"):
        bring_in(export())
    assert not Vote.objects.exists()


def test_an_imported_hearing_takes_no_voices() -> None:
    bring_in(export())
    person_id = make_resident().id
    with pytest.raises(services.UnableToVote, match="imported"):
        services.cast_vote(slug="imported", person_id=person_id, statement=0, value=1, at=NOW)
    with pytest.raises(services.UnableToSpeak, match="imported"):
        services.write_statement(
            slug="imported", person_id=person_id, text="등불을.", language="ko", at=NOW
        )
    with pytest.raises(services.UnableToSpeak, match="imported"):
        services.add_statement(slug="imported", words={"ko": "등불을."}, at=NOW)


def test_a_resident_votes_on_beside_simulated_voters() -> None:
    hearing = bring_in(export(), origin=Origin.SIMULATED)
    services.cast_vote(slug="imported", person_id=make_resident().id, statement=0, value=1, at=NOW)
    assert sorted(hearing.participants.values_list("number", flat=True)) == [5, 9, 10]


def test_the_same_votes_have_one_map() -> None:
    bring_in(export(), origin=Origin.SIMULATED)
    first = services.draw_map(slug="imported", at=NOW)
    assert services.draw_map(slug="imported", at=NOW) == first
    assert DrawnMap.objects.count() == 1
    services.cast_vote(slug="imported", person_id=make_resident().id, statement=0, value=1, at=NOW)
    assert services.draw_map(slug="imported", at=NOW) != first


def test_a_real_conversation_has_the_map_that_the_core_draws_of_its_files(real_data: Path) -> None:
    folder = real_data / "polis" / "vtaiwan.uberx"
    said = read_conversation(
        votes=decode_text("votes.csv", (folder / "votes.csv").read_bytes()),
        comments=decode_text("comments.csv", (folder / "comments.csv").read_bytes()),
    )
    bring_in(said)
    drawn = services.draw_map(slug="imported", at=NOW)
    expected = as_json(map_conversation(said))
    assert {key: drawn.result[key] for key in expected} == expected
