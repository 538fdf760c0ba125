"""The page of one's own data: all of it, nobody else's, in both languages, to take along."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from madang.core.tlog.check import check_entry, check_head
from madang.core.tlog.checkpoint import parse_proof
from madang.core.tlog.note import parse_key
from madang.ground.consent.models import Consent
from madang.ground.consent.services import give_consent
from madang.ground.identity.models import Person
from madang.ground.identity.services import declare_residency
from madang.ground.journal import files
from madang.ground.journal.keys import verify
from madang.ground.journal.seals import entry_shown
from madang.ground.journal.services import extend_journal
from madang.ground.rights.looks import REQUEST, By
from madang.ground.rights.models import LookNote, Request
from madang.ground.rights.services import ask, note_look
from madang.listen.hearings import services
from makers import NOW, make_official, make_open_hearing, make_person, make_resident

EMAIL = "identity.Person.email"
ASK = f"/en/rights/ask?field={EMAIL}&thing="

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client: Client) -> Person:
    """Somebody signed in who agreed, voted, asked something, and was looked at."""
    person = make_person(email="kim@daon.example")
    declare_residency(person_id=person.id, district="03", language="en", at=NOW)
    make_open_hearing()
    services.cast_vote(slug="after", person_id=person.id, statement=1, value=-1, at=NOW)
    ask_for(person)
    note_look(person_id=person.id, by=By.OPERATOR, look=REQUEST, at=NOW)
    client.force_login(person)
    return person


def ask_for(person: Person) -> Request:
    return ask(
        person_id=person.id,
        kind="correct",
        field=EMAIL,
        thing="",
        words="A letter is wrong.",
        at=NOW,
    )


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        (
            "",
            ["내 개인정보", "운영자", "반대: 의견 1번입니다.", "답변 대기", "나의 계정"],
        ),
        (
            "/en",
            ["My data", "An operator", "Disagree: This is statement 1.", "Waits", "Your account"],
        ),
    ],
)
def test_all_of_it_stands_on_one_page(
    client: Client,
    person: Person,
    prefix: str,
    said: list[str],
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(26):
        page = client.get(f"{prefix}/rights/")
    for text in ("kim@daon.example", *said):
        assert text in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_it_takes_no_more_queries_for_more_votes(
    client: Client, person: Person, django_assert_max_num_queries: Any
) -> None:
    for n in (0, 2):
        services.cast_vote(slug="after", person_id=person.id, statement=n, value=1, at=NOW)
    with django_assert_max_num_queries(26):
        assert "3 entries" not in client.get("/en/rights/").content.decode()  # folded from 4 on


def test_nobody_elses_is_on_it(client: Client, person: Person) -> None:
    other = make_official(email="lee@daon.example")
    note_look(person_id=person.id, by=By.OFFICIAL, look=REQUEST, at=NOW, looker=other.id)
    page = client.get("/en/rights/").content.decode()
    assert "An official" in page
    assert "lee@daon.example" not in page
    assert str(other.id) not in page


def test_the_file_to_take_along_has_a_shape_with_a_name_and_a_version(
    client: Client, person: Person
) -> None:
    response = client.get("/en/rights/my-data.json")
    paper = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert set(paper) == {"format", "version", "city", "made_at", "language", "rooms"}
    assert (paper["format"], paper["version"]) == ("madang.held-about-you", 1)
    fields = {field["field"]: field for room in paper["rooms"] for field in room["fields"]}
    assert set(fields[EMAIL]) == {"field", "holds", "purpose", "ground", "keep", "values"}
    (vote,) = fields["hearings.Vote.value"]["values"]
    assert vote == {
        "value": {"statement": 1, "vote": -1, "counts": True},
        "shows": "Disagree: This is statement 1.",
        "about": "After the pandemic",
        "thing": "after/1",
        "at": "2020-05-21T06:00:00+00:00",
    }
    assert fields["consent.Consent.purpose"]["values"][0]["value"]["version"] == 1
    assert fields["rights.LookNote.look"]["values"][0]["value"]["by"] == "operator"
    assert person.password not in response.content.decode()


def test_a_request_is_sent_from_the_page_and_shown_with_its_deadline(
    client: Client, person: Person
) -> None:
    Request.objects.all().delete()
    assert "kim@daon.example" in client.get(ASK).content.decode()
    for _ in range(2):  # a double click
        sent = client.post(ASK, {"kind": "correct", "words": "<b>kin</b>@daon.example"})
    (made,) = Request.objects.all()
    assert sent["Location"] == f"/en/rights/requests/{made.id}"
    page = client.get(sent["Location"]).content.decode()
    assert "10 days left" in page
    assert "&lt;b&gt;kin" in page


def test_an_objection_without_a_reason_is_asked_for_one_and_loses_nothing(
    client: Client, person: Person
) -> None:
    page = client.post(ASK, {"kind": "restrict", "words": " "})
    assert "Say what is wrong, or why it should stop." in page.content.decode()
    assert 'value="restrict"' in page.content.decode()
    page = client.post(ASK, {"words": "Keep these words."})
    assert "Keep these words." in page.content.decode()


@pytest.mark.parametrize(
    "about",
    [
        "field=&thing=",
        "field=hearings.Vote.value&thing=after/0",
        "field=x&thing=y",
        f"field={EMAIL}&thing=1",
    ],
)
def test_what_is_not_held_of_one_cannot_be_asked_about(
    client: Client, person: Person, about: str
) -> None:
    assert client.get(f"/en/rights/ask?{about}").status_code == 404
    sent = client.post(f"/en/rights/ask?{about}", {"kind": "erase"})
    assert sent.status_code == 404


def own_addresses(request_id: UUID, consent_id: UUID) -> list[tuple[str, str]]:
    return [
        ("get", reverse("rights:request", args=[request_id])),
        ("get", reverse("rights:request-proof", args=[request_id])),
        ("post", reverse("rights:take-back", args=[request_id])),
        ("get", reverse("rights:receipt", args=[consent_id])),
    ]


def test_papers_and_requests_of_somebody_else_are_not_there(client: Client, person: Person) -> None:
    request_id, consent_id = Request.objects.get().id, Consent.objects.get().id
    client.force_login(make_official())
    for method, address in own_addresses(request_id, consent_id):
        assert getattr(client, method)(address).status_code == 404
    for method, address in own_addresses(uuid4(), uuid4()):
        assert getattr(client, method)(address).status_code == 404
    assert Request.objects.get().state == "open"


def test_who_is_not_signed_in_any_more_is_asked_to_and_nothing_is_done(
    client: Client, person: Person
) -> None:
    addresses = own_addresses(Request.objects.get().id, Consent.objects.get().id)
    client.logout()
    for method, address in [*addresses, ("get", "/rights/"), ("get", "/rights/my-data.json")]:
        answer = getattr(client, method)(address)
        assert "/account/login/?next=/" in answer["Location"]
    withdraw = "/rights/consents/identity.residency/withdraw"
    assert "/account/login/" in client.post(withdraw)["Location"]
    assert Consent.objects.get().withdrawn_at is None


def test_the_district_goes_with_the_consent_to_keep_it(client: Client, person: Person) -> None:
    for _ in range(2):
        page = client.post("/en/rights/consents/identity.residency/withdraw", follow=True)
    assert "Taken back" in page.content.decode()
    assert client.get("/hearings/after/vote")["Location"].startswith("/identity/residency")


def test_a_wish_for_letters_is_given_and_taken_back(client: Client, person: Person) -> None:
    assert "Write to me about hearings I took part in" in client.get("/en/rights/").content.decode()
    client.post("/rights/consents/hearings.news/agree")
    given = Consent.objects.get(purpose="hearings.news")
    assert given.language == "ko"
    client.post("/en/rights/consents/hearings.news/withdraw")
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert client.post("/rights/consents/nothing/agree").status_code == 404
    assert client.get("/rights/consents/hearings.news/agree").status_code == 405


def test_the_page_that_asks_where_one_lives_tells_what_is_agreed_to(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    page = client.get("/en/identity/residency").content.decode()
    assert "You may say no. You can then read everything" in page
    refused = client.post("/en/identity/residency", {"district": "03"})
    assert "Without your consent the district is not kept." in refused.content.decode()
    assert not Consent.objects.exists()
    client.post("/en/identity/residency", {"district": "03", "agrees": "on"})
    assert Consent.objects.get().purpose == "identity.residency"
    again = client.get("/en/identity/residency").content.decode()
    assert "You may say no" not in again
    client.post("/en/identity/residency", {"district": "04"})  # agreed already
    assert Person.objects.get(id=person.id).residency.district == "04"


def test_everybody_sees_how_often_was_looked_and_for_what(client: Client) -> None:
    resident = make_resident()
    for _ in range(3):
        note_look(person_id=resident.id, by=By.OPERATOR, look=REQUEST, at=resident.joined_at)
    assert LookNote.objects.count() == 3
    for address, said in (
        ("/about/privacy", "요구에 답하려고"),
        ("/en/about/privacy", "To answer your request"),
    ):
        page = client.get(address).content.decode()
        assert f'{said}</th><td class="number">3</td>' in page


@pytest.mark.django_db(transaction=True)
def test_a_receipt_tells_the_words_and_the_journal_proves_it(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MADANG_DATA = tmp_path
    person = make_person(email="kim@daon.example")
    given = give_consent(person_id=person.id, purpose="hearings.news", language="ko", at=NOW)
    client.force_login(person)
    address = f"/en/rights/consents/{given.id}/receipt.json"
    assert json.loads(client.get(address).content)["madang"]["proofs"] == {}  # not in it yet
    extend_journal(at=NOW)
    paper = json.loads(client.get(address).content)
    needed = {
        *("version", "jurisdiction", "consentTimestamp", "collectionMethod"),
        *("consentReceiptID", "language", "piiPrincipalId", "piiControllers", "policyUrl"),
        *("services", "sensitive", "spiCat"),
    }  # of Kantara's specification, version 1.1
    assert needed < set(paper)
    assert (paper["version"], paper["language"]) == ("KI-CR-v1.1.0", "ko")
    assert paper["consentTimestamp"] == 1590040800  # 2020-05-21 06:00 UTC, by `date -d … +%s`
    assert "참여한 공청회 소식을 메일로 받겠습니다" in paper["madang"]["words"]
    proof = parse_proof(paper["madang"]["proofs"]["given"].encode())
    entry, said = entry_shown(proof.extra)
    key = parse_key(files.read("key").decode())
    check_entry(entry, proof, check_head(proof.checkpoint, [key], verify))
    assert paper["madang"]["words_sha256"] in said
