"""Writes of a hearing's life: what is taken, what is refused, what is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from madang.ground.events.models import OutboxEvent
from madang.listen.hearings import drafts, services
from madang.listen.hearings.models import Hearing, Moderation, Participant, Status, Vote
from makers import NOW, make_draft_hearing, make_open_hearing, make_resident

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("wire", flat=True))


def test_a_hearing_opens_closes_and_is_answered_in_this_order() -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    services.answer_hearing(slug="after", answer={"ko": "이렇게 하겠습니다."}, at=NOW)
    assert Hearing.objects.get().status == Status.ANSWERED
    assert told()[-3:] == [
        "hearings.hearing-opened.v1",
        "hearings.hearing-closed.v1",
        "hearings.hearing-answered.v1",
    ]


def test_a_hearing_without_sentences_does_not_open() -> None:
    make_draft_hearing(statements=0)
    with pytest.raises(services.UnableToMove, match="no-statements"):
        services.open_hearing(slug="after", at=NOW)


def test_two_hearings_do_not_share_an_address() -> None:
    make_draft_hearing()
    with pytest.raises(services.UnableToCreateHearing, match="slug-taken"):
        make_draft_hearing()


@pytest.mark.parametrize("slug", ["", "x y", "New_Comer", "한글", "a/b", "a" * 81, "a\n"])
def test_what_is_no_address_is_refused_by_service_and_database(slug: str) -> None:
    with pytest.raises(services.UnableToCreateHearing, match="not-an-address"):
        make_draft_hearing(slug=slug)
    make_draft_hearing(slug="a-1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Hearing.objects.update(slug=slug)


def test_closing_twice_is_refused_and_told_once() -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    with pytest.raises(services.UnableToMove, match="not-open"):
        services.close_hearing(slug="after", at=NOW)
    assert told().count("hearings.hearing-closed.v1") == 1


def test_an_open_hearing_is_not_edited() -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToMove, match="not-draft"):
        drafts.edit_hearing(
            slug="after", title={"ko": "다른"}, introduction={}, question={}, closes_at=None, at=NOW
        )


@pytest.mark.parametrize(
    ("closes_at", "code"),
    [
        (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Seoul")), "closes-in-the-past"),
        (NOW, "closes-in-the-past"),
        (NOW + timedelta(days=3654), "closes-too-late"),
        (datetime.max.replace(tzinfo=UTC), "closes-too-late"),
    ],
)
def test_a_closing_date_that_nobody_can_mean_is_refused(closes_at: datetime, code: str) -> None:
    texts = {"title": {"ko": "새"}, "introduction": {}, "question": {}, "closes_at": closes_at}
    with pytest.raises(services.UnableToCreateHearing, match=code):
        services.create_hearing(slug="new", **texts, at=NOW)
    make_draft_hearing()
    with pytest.raises(services.UnableToMove, match=code):
        drafts.edit_hearing(slug="after", **texts, at=NOW)
    assert Hearing.objects.get().closes_at is None


def test_a_hearing_whose_closing_date_has_passed_does_not_open() -> None:
    hearing = make_draft_hearing()
    later = NOW + timedelta(days=1)
    texts = {"title": hearing.title, "introduction": {}, "question": {}, "closes_at": later}
    drafts.edit_hearing(slug="after", **texts, at=NOW)
    with pytest.raises(services.UnableToMove, match="closes-in-the-past"):
        services.open_hearing(slug="after", at=later)


def test_a_draft_is_tidied_and_its_log_says_what_was_taken_out() -> None:
    make_draft_hearing(statements=2)
    words = {"ko": "고친 의견입니다."}
    assert drafts.edit_statement(slug="after", number=0, words=words).words == words
    drafts.edit_statement(slug="after", number=0, words=words)
    with pytest.raises(services.UnableToSpeak, match="said-already"):
        drafts.edit_statement(slug="after", number=1, words=words)
    for _ in range(2):
        drafts.remove_statement(slug="after", number=1, at=NOW)
    assert told().count("hearings.statement-removed.v1") == 1
    drafts.delete_hearing(slug="after", at=NOW)
    assert not Hearing.objects.exists()
    assert told().count("hearings.statement-removed.v1") == 2


def test_nothing_that_was_ever_open_is_deleted_or_rewritten() -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    with pytest.raises(services.UnableToMove, match="not-draft"):
        drafts.delete_hearing(slug="after", at=NOW)
    with pytest.raises(services.UnableToMove, match="not-draft"):
        drafts.remove_statement(slug="after", number=0, at=NOW)
    with pytest.raises(services.UnableToMove, match="not-draft"):
        drafts.edit_statement(slug="after", number=0, words={"ko": "다른 말"})
    assert Hearing.objects.get().statements.count() == 3


def test_an_open_hearing_is_not_answered_yet() -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToMove, match="not-closed"):
        services.answer_hearing(slug="after", answer={"ko": "답"}, at=NOW)


def test_an_empty_answer_is_refused() -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    with pytest.raises(services.UnableToMove, match="no-answer"):
        services.answer_hearing(slug="after", answer={"ko": "  "}, at=NOW)


def test_the_newest_vote_counts_and_the_earlier_is_kept() -> None:
    make_open_hearing()
    resident = make_resident()
    for minutes, value in enumerate([1, -1, 0]):
        services.cast_vote(
            slug="after",
            person_id=resident.id,
            statement=1,
            value=value,
            at=NOW + timedelta(minutes=minutes),
        )
    history = list(Vote.objects.order_by("cast_at").values_list("value", "is_newest"))
    assert history == [(1, False), (-1, False), (0, True)]
    assert told().count("hearings.vote-cast.v1") == 3


def test_the_same_vote_again_changes_nothing() -> None:
    make_open_hearing()
    resident = make_resident()
    votes = [
        services.cast_vote(slug="after", person_id=resident.id, statement=0, value=1, at=NOW)
        for _ in range(2)
    ]
    assert votes[0] == votes[1]
    assert Vote.objects.count() == 1
    assert told().count("hearings.vote-cast.v1") == 1


@pytest.mark.parametrize("value", [2, -2, 7])
def test_what_is_no_vote_is_refused(value: int) -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToVote, match="not-a-vote"):
        services.cast_vote(
            slug="after", person_id=make_resident().id, statement=0, value=value, at=NOW
        )


def test_a_closed_hearing_takes_no_vote() -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    with pytest.raises(services.UnableToVote, match="not-open"):
        services.cast_vote(slug="after", person_id=make_resident().id, statement=0, value=1, at=NOW)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("\u200b\u200b", "empty"), ("\ufeff \u2060", "empty"), ("\u3164", "empty")),
        *(("착한 \u202e가짜", "turns-direction"), ("\u2066Good\u2069", "turns-direction")),
    ],
)
def test_a_sentence_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    make_open_hearing()
    person = make_resident()
    with pytest.raises(services.UnableToSpeak, match=code):
        services.write_statement(
            slug="after", person_id=person.id, text=text, language="ko", at=NOW
        )
    with pytest.raises(services.UnableToSpeak, match=code):
        services.add_statement(slug="after", words={"ko": text}, at=NOW)


def test_a_sentence_may_hold_emoji_and_combined_letters() -> None:
    make_open_hearing()
    words = {"ko": "👨\u200d👩\u200d👧 가족에게 그늘을 🌳", "en": "Cafe\u0301s, please!"}
    assert services.add_statement(slug="after", words=words, at=NOW).words == words


def test_a_hidden_or_unknown_sentence_takes_no_vote() -> None:
    make_open_hearing()
    services.moderate_statement(
        slug="after", number=2, moderation=Moderation.HIDDEN, reason="이름이 있습니다.", at=NOW
    )
    for number in (2, 99):
        with pytest.raises(services.UnableToVote, match="no-such-statement"):
            services.cast_vote(
                slug="after", person_id=make_resident().id, statement=number, value=1, at=NOW
            )


def test_a_resident_has_another_voice_in_another_hearing() -> None:
    make_open_hearing(slug="one")
    make_open_hearing(slug="two")
    resident = make_resident()
    for slug in ("one", "two"):
        services.cast_vote(slug=slug, person_id=resident.id, statement=0, value=1, at=NOW)
    voices = set(Participant.objects.values_list("pseudonym", flat=True))
    assert len(voices) == 2
    assert not any(str(resident.id) in voice for voice in voices)


def test_a_rolled_back_vote_leaves_no_event() -> None:
    make_open_hearing()
    resident = make_resident()
    before = told()

    def vote_and_fail() -> None:
        with transaction.atomic():
            services.cast_vote(slug="after", person_id=resident.id, statement=0, value=1, at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        vote_and_fail()
    assert told() == before
    assert not Vote.objects.exists()


def test_a_written_sentence_waits_for_a_moderator_and_keeps_its_number() -> None:
    make_open_hearing(statements=2)
    written = services.write_statement(
        slug="after", person_id=make_resident().id, text="  골목에  등불을. ", language="ko", at=NOW
    )
    assert (written.number, written.moderation) == (2, Moderation.WAITING)
    assert written.words == {"ko": "골목에 등불을."}


def test_sending_a_sentence_twice_keeps_it_once() -> None:
    make_open_hearing()
    resident = make_resident()
    sent = [
        services.write_statement(
            slug="after", person_id=resident.id, text="등불을.", language="ko", at=NOW
        )
        for _ in range(2)
    ]
    assert sent[0] == sent[1]


def test_a_sentence_someone_else_said_is_refused() -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToSpeak, match="said-already"):
        services.write_statement(
            slug="after",
            person_id=make_resident().id,
            text="의견 1번입니다.",
            language="ko",
            at=NOW,
        )


@pytest.mark.parametrize(("text", "why"), [("   ", "empty"), ("가" * 201, "too-long")])
def test_an_empty_or_endless_sentence_is_refused(text: str, why: str) -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToSpeak, match=why):
        services.write_statement(
            slug="after", person_id=make_resident().id, text=text, language="ko", at=NOW
        )


def test_an_eleventh_sentence_waits_until_a_moderator_has_read_one() -> None:
    make_open_hearing(statements=1)
    resident = make_resident()

    def write(text: str) -> None:
        services.write_statement(
            slug="after", person_id=resident.id, text=text, language="ko", at=NOW
        )

    for n in range(10):
        write(f"제안 {n}번")
    with pytest.raises(services.UnableToSpeak, match="too-many-waiting"):
        write("제안 10번")
    services.moderate_statement(
        slug="after", number=1, moderation=Moderation.SHOWN, reason="", at=NOW
    )
    write("제안 10번")


def test_hiding_a_sentence_needs_a_reason() -> None:
    make_open_hearing()
    with pytest.raises(services.UnableToModerate, match="no-reason"):
        services.moderate_statement(
            slug="after", number=0, moderation=Moderation.HIDDEN, reason=" ", at=NOW
        )


def test_outcomes_are_kept_once_and_followed() -> None:
    make_open_hearing()
    for _ in range(2):
        services.note_outcome(
            slug="after",
            number=0,
            commitment=7,
            words={"ko": "등불"},
            ballot="b",
            status="promised",
        )
    services.note_progress(commitment=7, status="underway")
    assert [o.status for o in Hearing.objects.get().statements.get(number=0).outcomes.all()] == [
        "underway"
    ]


@pytest.mark.django_db(transaction=True)
def test_eight_first_votes_at_once_make_one_participant_and_one_vote_that_counts() -> None:
    make_open_hearing()
    resident = make_resident()
    together = Barrier(8)

    def vote(value: int) -> None:
        together.wait()
        try:
            services.cast_vote(
                slug="after", person_id=resident.id, statement=0, value=value, at=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(vote, [1, -1, 0, 1, -1, 0, 1, -1]))
    assert Participant.objects.count() == 1
    assert Vote.objects.filter(is_newest=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_vote_slips_in_behind_a_closing_hearing() -> None:
    make_open_hearing()
    residents = [make_resident() for _ in range(12)]
    together = Barrier(13)

    def vote(person_id: object) -> bool:
        together.wait()
        try:
            services.cast_vote(slug="after", person_id=person_id, statement=0, value=1, at=NOW)  # type: ignore[arg-type]
        except services.UnableToVote:
            return False
        finally:
            connection.close()
        return True

    def close() -> int:
        together.wait()
        try:
            services.close_hearing(slug="after", at=NOW)
            return Vote.objects.count()  # no vote may come after this
        finally:
            connection.close()

    with ThreadPoolExecutor(13) as pool:
        votes = [pool.submit(vote, resident.id) for resident in residents]
        counted_at_close = pool.submit(close).result()
        taken = sum(each.result() for each in votes)
    assert counted_at_close == taken == Vote.objects.count()
