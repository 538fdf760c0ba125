"""Pages of the hearings block: what they say, to whom, in both languages, at what price."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from madang.core.opinion.csv_rows import decode_text
from madang.core.opinion.polis_export import read_conversation
from madang.listen.hearings import services
from madang.listen.hearings.imports import import_conversation
from madang.listen.hearings.models import Hearing, Moderation, Origin, Statement, Vote
from madang.listen.hearings.queries import next_card
from makers import NOW, make_draft_hearing, make_official, make_open_hearing, make_resident

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


def give_votes(people: int = 20) -> None:
    """Two camps that disagree on everything but the first sentence."""
    for n in range(people):
        resident = make_resident()
        for number in Statement.objects.values_list("number", flat=True):
            value = 1 if number == 0 or n % 2 else -1
            services.cast_vote(
                slug="after", person_id=resident.id, statement=number, value=value, at=NOW
            )
    services.draw_map(slug="after", at=NOW)


@pytest.mark.parametrize(
    ("prefix", "says"), [("", "감염병 이후"), ("/en", "After the pandemic")], ids=["ko", "en"]
)
def test_a_hearing_is_listed_in_both_languages(
    client: Client, prefix: str, says: str, django_assert_max_num_queries: Any
) -> None:
    make_open_hearing()
    with django_assert_max_num_queries(2):
        assert says in body(client.get(f"{prefix}/hearings/"))


def test_a_list_without_hearings_says_so(client: Client) -> None:
    assert "There is no hearing yet." in body(client.get("/en/hearings/"))


@pytest.mark.parametrize("path", ["/hearings/after/", "/hearings/after/vote"])
def test_a_draft_is_there_for_officials_only(client: Client, path: str) -> None:
    make_draft_hearing()
    assert signed_in(client, make_resident()).get("/hearings/after/").status_code == 404
    assert signed_in(client, make_official()).get("/hearings/after/").status_code == 200


def test_a_hearing_without_votes_says_that_there_is_no_map_yet(client: Client) -> None:
    make_open_hearing()
    assert "There is no map yet." in body(client.get("/en/hearings/after/"))


def test_the_map_the_consensus_and_the_division_are_shown(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    make_open_hearing(statements=8)
    give_votes()
    with django_assert_max_num_queries(4):
        page = body(client.get("/en/hearings/after/"))
    assert "20 people as points, in 2 groups." in page
    consensus = page.partition('id="consensus-head"')[2].partition("</section>")[0]
    assert "This is statement 0." in consensus
    assert "This is statement 1." not in consensus
    dividing = page.partition('id="dividing-head"')[2].partition("</section>")[0]
    assert "This is statement 0." not in dividing
    assert "This is statement 1." in dividing


def test_the_map_says_where_the_reader_stands(client: Client) -> None:
    make_open_hearing(statements=8)
    give_votes()
    resident = make_resident()
    for number in range(8):
        services.cast_vote(slug="after", person_id=resident.id, statement=number, value=1, at=NOW)
    services.draw_map(slug="after", at=NOW)
    assert "You stand in group" in body(signed_in(client, resident).get("/en/hearings/after/map"))


@pytest.mark.parametrize(
    ("origin", "says"),
    [(Origin.SIMULATED, "imulated"), (Origin.IMPORTED, "were imported")],
)
@pytest.mark.parametrize("path", ["", "statements", "statements/0"])
def test_voices_that_are_not_residents_say_so_wherever_they_show(
    client: Client, origin: Origin, says: str, path: str
) -> None:
    make_open_hearing()
    Hearing.objects.update(origin=origin, source="somewhere")
    assert says in body(client.get(f"/en/hearings/after/{path}"))


def test_a_vote_leads_to_the_next_sentence_until_all_are_answered(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    make_open_hearing(statements=2)
    resident = make_resident()
    signed_in(client, resident)
    voice = services.voice_of(person_id=resident.id, hearing="after")
    for _ in range(2):
        card = next_card(slug="after", voice=voice, language="ko")
        assert card is not None
        with django_assert_max_num_queries(22):
            answer = client.post("/hearings/after/votes", {"statement": card.number, "vote": 1})
        assert answer["Location"] == "/hearings/after/vote"
    assert "모든" in body(client.get("/hearings/after/vote"))
    assert Vote.objects.filter(value=1, is_newest=True).count() == 2


def test_whose_session_ended_comes_back_to_the_page_the_vote_was_sent_from(client: Client) -> None:
    make_open_hearing()
    page = {"Referer": "http://testserver/hearings/after/vote"}
    answer = client.post("/hearings/after/votes", {"statement": 0, "vote": 1}, headers=page)
    assert answer["Location"] == "/account/login/?next=/hearings/after/vote"
    elsewhere = {"Referer": "https://elsewhere.example/hearings/after/vote"}
    answer = client.post("/hearings/after/votes", {"statement": 0, "vote": 1}, headers=elsewhere)
    assert answer["Location"] == "/account/login/?next=/"


def test_htmx_is_sent_to_sign_in_with_the_whole_page(client: Client) -> None:
    make_open_hearing()
    answer = client.post("/hearings/after/votes", {"statement": 0, "vote": 1}, headers=HTMX)
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("/account/login/")
    assert body(answer) == ""


def test_a_sentence_too_long_for_the_desk_is_kept_in_its_field(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_official())
    page = body(client.post("/hearings/after/run/add", {"text_ko": "긴 의견 " * 60}))
    assert "긴 의견 긴 의견" in page


def test_htmx_gets_the_next_card_alone(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_resident())
    answer = client.post("/en/hearings/after/votes", {"statement": 0, "vote": -1}, headers=HTMX)
    assert body(answer).lstrip().startswith('<div id="card" class="stack">')
    assert "1 of 3" in body(answer)


@pytest.mark.parametrize(
    "sent", [{}, {"statement": 0}, {"statement": "x", "vote": "y"}, {"vote": 5}]
)
def test_a_broken_vote_is_answered_with_a_sentence_and_keeps_nothing(
    client: Client, sent: dict[str, Any]
) -> None:
    make_open_hearing()
    signed_in(client, make_resident())
    answer = client.post("/en/hearings/after/votes", sent, follow=True)
    assert answer.status_code == 200
    assert not Vote.objects.exists()


def test_a_vote_after_closing_is_refused_in_words(client: Client) -> None:
    make_open_hearing()
    services.close_hearing(slug="after", at=NOW)
    signed_in(client, make_resident())
    answer = client.post("/en/hearings/after/votes", {"statement": 0, "vote": 1}, follow=True)
    assert "This hearing is not open" in body(answer)


def test_my_votes_shows_mine_and_changes_them(client: Client) -> None:
    make_open_hearing()
    resident = make_resident()
    services.cast_vote(slug="after", person_id=resident.id, statement=1, value=1, at=NOW)
    signed_in(client, resident)
    page = client.get("/en/hearings/after/mine")
    assert "This is statement 1." in body(page)
    assert "no-store" in page["Cache-Control"]
    answer = client.post("/en/hearings/after/votes", {"statement": 1, "vote": -1, "stay": 1})
    assert answer["Location"] == "/en/hearings/after/mine#statement-1"
    assert Vote.objects.get(is_newest=True).value == -1


def test_a_sentence_with_markup_is_shown_as_text(client: Client) -> None:
    make_open_hearing()
    services.add_statement(slug="after", words={"ko": "<script>alert(1)</script>"}, at=NOW)
    assert "<script>alert(1)" not in body(client.get("/hearings/after/statements"))


def test_an_imported_hearing_is_there_to_be_looked_at(client: Client) -> None:
    make_open_hearing()
    Hearing.objects.update(origin=Origin.IMPORTED, source="elsewhere")
    signed_in(client, make_resident())
    page = body(client.get("/en/hearings/after/"))
    assert "To look at" in page
    for address in ("/en/hearings/after/vote", "/en/hearings/after/write"):
        assert f'href="{address}"' not in page
        answer = client.get(address)
        assert "brought in from elsewhere" in body(answer)
    sent = {"statement": 0, "vote": 1, "text": "Here, too."}
    for path in ("votes", "write"):
        answer = client.post(f"/en/hearings/after/{path}", sent, follow=True)
        assert "brought in from elsewhere" in body(answer)
    assert not Vote.objects.exists()
    assert Statement.objects.count() == 3
    assert client.get("/hearings/after/votes.csv").status_code == 200
    running = body(client.get("/en/")).partition('id="open-head"')[2].partition("</section>")[0]
    assert "After the pandemic" not in running


def test_an_invisible_sentence_is_refused_in_words(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_resident())
    for text, says in (("\u200b", "Write a sentence first."), ("a\u202eb", "invisible marks")):
        assert says in body(client.post("/en/hearings/after/write", {"text": text}))


def test_a_sentence_that_waits_is_not_public(client: Client) -> None:
    make_open_hearing()
    services.write_statement(
        slug="after", person_id=make_resident().id, text="등불을.", language="ko", at=NOW
    )
    assert client.get("/hearings/after/statements/3").status_code == 404
    for path in ("statements", "comments.csv"):
        assert "등불을." not in body(client.get(f"/hearings/after/{path}"))


def test_a_written_sentence_is_shown_once_a_moderator_shows_it(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_resident())
    client.post("/hearings/after/write", {"text": "골목에 등불을 밝혀 주세요."})
    signed_in(client, make_official())
    client.post("/hearings/after/run/moderate", {"statement": 3})
    assert "골목에 등불을" in body(client.get("/hearings/after/statements"))


@pytest.mark.parametrize(
    ("page", "text", "language"),
    [("/en", "골목에 등불을.", "ko"), ("", "More lamps.", "en"), ("/en", "119!", "en")],
)
def test_a_sentence_is_kept_in_the_language_it_is_written_in(
    client: Client, page: str, text: str, language: str
) -> None:
    make_open_hearing()
    signed_in(client, make_resident()).post(f"{page}/hearings/after/write", {"text": text})
    assert Statement.objects.get(number=3).words == {language: text}


def test_a_hidden_sentence_is_withheld_from_everybody_but_the_desk(client: Client) -> None:
    hearing = make_open_hearing(statements=1)
    author = make_resident()
    text = "이웃 김아무개는 바보입니다."
    services.write_statement(slug="after", person_id=author.id, text=text, language="ko", at=NOW)
    say = {"slug": "after", "number": 1, "at": NOW}
    services.moderate_statement(**say, moderation=Moderation.SHOWN, reason="")
    services.cast_vote(slug="after", person_id=author.id, statement=1, value=1, at=NOW)
    services.moderate_statement(**say, moderation=Moderation.HIDDEN, reason="욕설이 있습니다.")
    services.draw_map(slug="after", at=NOW)
    signed_in(client, author)
    pages = ["", "map", "map.json", "statements", "statements/1", "comments.csv", "mine", "vote"]
    for status in ("open", "closed"):
        Hearing.objects.update(status=status)
        for path in pages:
            assert text not in body(client.get(f"/hearings/{hearing.slug}/{path}")), path
    for path in ("hearings/after/statements", "hearings/after/map", "hearings/after"):
        assert text not in body(client.get(f"/api/v1/{path}"))
    for path in ("statements/1", "mine"):
        page = body(client.get(f"/en/hearings/after/{path}"))
        assert "Sentence 1" in page
        assert "욕설이 있습니다." in page
    signed_in(client, make_official())
    assert text in body(client.get("/hearings/after/run"))


def test_an_export_with_a_hidden_sentence_comes_in_again(client: Client) -> None:
    make_open_hearing(statements=2)
    resident = make_resident()
    for number in range(2):
        services.cast_vote(slug="after", person_id=resident.id, statement=number, value=1, at=NOW)
    services.moderate_statement(
        slug="after", number=0, moderation=Moderation.HIDDEN, reason="주소가 있습니다.", at=NOW
    )
    services.close_hearing(slug="after", at=NOW)
    votes, comments = (client.get(f"/hearings/after/{name}.csv") for name in ("votes", "comments"))
    first = next(csv.DictReader(io.StringIO(body(comments))))
    assert (first["moderated"], first["comment-body"]) == ("-1", "")
    again = import_conversation(
        conversation=read_conversation(
            votes=decode_text("votes.csv", votes.content),
            comments=decode_text("comments.csv", comments.content),
        ),
        slug="again",
        title={"ko": "다시"},
        introduction={},
        question={},
        texts={},
        source="after",
        origin=Origin.IMPORTED,
        at=NOW,
    ).hearing
    assert again.statements.get(number=0).moderation == Moderation.HIDDEN
    assert Vote.objects.filter(statement__hearing=again).count() == 2


def test_a_hidden_sentence_says_why(client: Client) -> None:
    make_open_hearing()
    services.moderate_statement(
        slug="after", number=0, moderation=Moderation.HIDDEN, reason="전화번호가 있습니다.", at=NOW
    )
    assert "전화번호가 있습니다." in body(client.get("/hearings/after/statements/0"))


def test_sentences_are_found_by_word(client: Client) -> None:
    make_open_hearing()
    page = body(client.get("/en/hearings/after/statements?q=STATEMENT 2"))
    assert "This is statement 2." in page
    assert "This is statement 1." not in page


def test_an_official_takes_a_hearing_from_draft_to_answer(client: Client) -> None:
    signed_in(client, make_official())
    form = {"slug": "new", "title_ko": "새", "question_ko": "무엇?", "introduction_ko": "함께"}
    assert client.post("/hearings/new", form)["Location"] == "/hearings/new/run"
    client.post("/hearings/new/run/add", {"text_ko": "첫 의견"})
    for step in ("open", "close"):
        client.post(f"/hearings/new/run/{step}")
    client.post("/hearings/new/run/answer", {"answer_ko": "이렇게 하겠습니다."})
    assert "이렇게 하겠습니다." in body(client.get("/hearings/new/"))


def test_a_closing_date_in_year_one_is_refused_beside_its_field(client: Client) -> None:
    signed_in(client, make_official())
    form = {"slug": "new", "title_ko": "새", "question_ko": "무엇?", "introduction_ko": "함께"}
    answer = client.post("/en/hearings/new", {**form, "closes_at": "0001-01-01T00:00"})
    assert "Closes on: This date is past" in body(answer)
    assert not Hearing.objects.exists()


def test_an_official_tidies_a_draft_and_deletes_it(client: Client) -> None:
    make_draft_hearing(statements=2)
    signed_in(client, make_official())
    address = "/en/hearings/after"
    assert "This is statement 1." in body(client.get(f"{address}/statements/1/edit"))
    taken = client.post(f"{address}/statements/1/edit", {"text_ko": "의견 0번입니다."})
    assert "in the hearing already" in body(taken)
    client.post(f"{address}/statements/1/edit", {"text_ko": "고친 의견입니다."})
    client.post(f"{address}/statements/0/remove")
    desk = body(client.get(f"{address}/run"))
    assert "고친 의견입니다." in desk
    assert "This is statement 0." not in desk
    assert "cannot be undone" in body(client.get(f"{address}/open"))
    assert "gone for good" in body(client.get(f"{address}/delete"))
    assert "The draft is deleted." in body(client.post(f"{address}/delete", follow=True))
    assert not Hearing.objects.exists()


def test_the_desk_of_a_closed_hearing_leads_to_a_ballot(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_official())
    way_on = "/en/ballots/new?hearing=after"
    assert way_on not in body(client.get("/en/hearings/after/run"))
    services.close_hearing(slug="after", at=NOW)
    assert way_on in body(client.get("/en/hearings/after/run"))
    assert "This is statement 1." in body(client.get(way_on))


def test_officials_are_told_how_many_sentences_wait(client: Client) -> None:
    make_open_hearing()
    for text in ("등불을.", "의자를."):
        services.write_statement(
            slug="after", person_id=make_resident().id, text=text, language="ko", at=NOW
        )
    for person, is_told in ((make_resident(), False), (make_official(), True)):
        signed_in(client, person)
        for path in ("/en/", "/en/hearings/"):
            assert ("2 sentences wait" in body(client.get(path))) == is_told


def test_an_open_hearing_is_not_deleted(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_official())
    assert "so it stays" in body(client.get("/en/hearings/after/delete"))
    answer = client.post("/en/hearings/after/delete", follow=True)
    assert "This hearing is no draft any more" in body(answer)
    assert Hearing.objects.exists()


def test_a_form_says_what_an_address_is_made_of(client: Client) -> None:
    signed_in(client, make_official())
    page = body(client.post("/en/hearings/new", {"slug": "New_Comer"}))
    assert "An address is made of small Latin letters" in page


def test_a_resident_takes_no_official_step(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_resident())
    assert client.post("/hearings/after/run/close").status_code == 403


def test_a_refused_step_keeps_what_was_typed_and_its_address_leads_to_the_desk(
    client: Client,
) -> None:
    make_draft_hearing(statements=1)
    signed_in(client, make_official())
    typed = {"text_ko": "의견 0번입니다.", "text_en": "Typed in vain."}
    answer = body(client.post("/en/hearings/after/run/add", typed))
    assert "This sentence is in the hearing already." in answer
    assert "Typed in vain." in answer
    for step in ("add", "open"):
        answer = client.get(f"/en/hearings/after/run/{step}")
        assert answer["Location"] == "/en/hearings/after/run"


def test_a_step_that_nobody_knows_is_not_found(client: Client) -> None:
    make_open_hearing()
    signed_in(client, make_official())
    assert client.post("/hearings/after/run/burn").status_code == 404


def test_the_open_votes_are_the_columns_of_a_polis_export(client: Client) -> None:
    make_open_hearing()
    at = NOW + timedelta(minutes=4)
    services.cast_vote(slug="after", person_id=make_resident().id, statement=2, value=-1, at=at)
    assert client.get("/hearings/after/votes.csv").status_code == 404
    services.close_hearing(slug="after", at=at)
    rows = list(csv.DictReader(io.StringIO(body(client.get("/hearings/after/votes.csv")))))
    assert [(row["comment-id"], row["vote"]) for row in rows] == [("2", "-1")]
    assert rows[0]["timestamp"] == str(round(NOW.timestamp() * 1000))


def test_a_step_in_a_hearing_that_is_not_there_is_not_found(client: Client) -> None:
    signed_in(client, make_official())
    for step in ("open", "close", "answer", "add", "moderate"):
        sent = {"text_ko": "첫 의견", "answer_ko": "답"}
        assert client.post(f"/hearings/nowhere/run/{step}", sent).status_code == 404


def test_a_map_that_was_never_drawn_is_not_found(client: Client) -> None:
    make_open_hearing()
    assert client.get("/hearings/after/map.json").status_code == 404


def test_a_downloaded_hearing_holds_no_formula_and_comes_in_again_unchanged(client: Client) -> None:
    make_open_hearing(statements=1)
    texts = ['=HYPERLINK("https://elsewhere.example")', "- 공원을", "@마을\n회관", "'=그대로'"]
    for text in texts:
        services.add_statement(slug="after", words={"ko": text}, at=NOW)
    services.cast_vote(slug="after", person_id=make_resident().id, statement=1, value=-1, at=NOW)
    services.close_hearing(slug="after", at=NOW)
    votes, comments = (client.get(f"/hearings/after/{name}.csv") for name in ("votes", "comments"))
    assert votes["Content-Disposition"] == 'attachment; filename="after-votes.csv"'
    assert comments["Content-Disposition"] == 'attachment; filename="after-comments.csv"'
    assert votes["X-Content-Type-Options"] == comments["X-Content-Type-Options"] == "nosniff"
    cells = [row["comment-body"] for row in csv.DictReader(io.StringIO(body(comments)))]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    again = read_conversation(
        votes=decode_text("votes.csv", votes.content),
        comments=decode_text("comments.csv", comments.content),
    )
    assert [each.text for each in again.statements[1:]] == texts
    assert again.votes[0, 1] == -1
