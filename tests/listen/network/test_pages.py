"""The pages: numbers for everyone, the map for officials alone, every fact in words too."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from listen.network.files import LINKS, SYSTEMS, register
from madang.ground.identity.models import Role
from madang.listen.network.models import Draft, Register
from makers import make_official, make_person, make_resident

pytestmark = pytest.mark.django_db

CLOSED = ("map", "send", "draft", "versions/1/", "systems.csv", "links.csv")


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(make_official())
    return client


def text_of(client: Client, address: str) -> str:
    page: Any = client.get(address)
    assert page.status_code == 200, address
    return str(page.content.decode())


def files(systems: str = SYSTEMS, links: str = LINKS) -> dict[str, SimpleUploadedFile]:
    return {
        "systems": SimpleUploadedFile("systems.csv", systems.encode()),
        "links": SimpleUploadedFile("links.csv", links.encode()),
    }


def test_everyone_sees_numbers_and_no_system(client: Client) -> None:
    register()
    for address in ("/network/", "/en/network/"):
        page = text_of(client, address)
        assert "<dd>4</dd>" in page
        for told in ("mail", "전자우편", "Residents database", "links.csv", "network/map"):
            assert told not in page


@pytest.mark.parametrize("address", CLOSED)
def test_who_is_no_official_sees_no_map(client: Client, address: str) -> None:
    register()
    asked: Any = client.get(f"/network/{address}")
    assert asked.status_code == 302
    assert asked.url.startswith("/account/login/")
    for person in (make_resident(), make_person(role=Role.COMMITTEE)):
        client.force_login(person)
        assert client.get(f"/network/{address}").status_code == 403


def test_nobody_else_registers_or_sends(client: Client) -> None:
    client.force_login(make_resident())
    assert client.post("/network/send", files()).status_code == 403
    assert client.post("/network/register", {"draft": "1"}).status_code == 403
    assert not Draft.objects.exists()


def test_the_map_is_kept_by_no_cache(official: Client) -> None:
    register()
    for address in ("map", "versions/1/", "systems.csv", "links.csv", "send"):
        assert "no-store" in official.get(f"/network/{address}")["Cache-Control"]


def test_a_break_in_is_told_in_a_drawing_and_in_words(official: Client) -> None:
    register()
    page = text_of(official, "/en/network/map?broken=mail")
    assert 'If <span lang="ko">' not in page
    assert "If Mail falls" in page
    assert "mail → hall → db" in page
    assert "15.0%" in page  # 0.3 · 0.5
    assert page.count('class="reach__box ') == 4
    assert "step 2" in page
    assert "not reached" in page
    assert "style=" not in page
    assert "메일" not in text_of(official, "/network/map?broken=mail")
    assert "2단계" in text_of(official, "/network/map?broken=mail")


def test_a_cut_and_a_budget_are_told(official: Client) -> None:
    register()
    page = text_of(official, "/en/network/map?broken=mail&protect=db")
    assert "The cheapest cut costs 4." in page
    assert "Cut the link of data" in page
    assert "reach__line--cut" in page
    page = text_of(official, "/en/network/map?broken=mail&budget=5")
    assert "For a cost of 4, 130 of 140 points of criticality are kept safe." in page
    assert "that is proved" in page


def test_without_a_system_the_page_asks_what_outsiders_reach(official: Client) -> None:
    register()
    page = text_of(official, "/en/network/map")
    assert "What anybody outside may reach" in page
    assert "Chokepoints" in page
    assert "Smart" not in page.partition("Which systems open the most")[2].partition("</tr>")[0]


def test_no_cut_is_said_with_its_way(official: Client) -> None:
    register(links=LINKS.replace("0.3,4", "0.3,").replace("0.5,7", "0.5,"))
    systems = SYSTEMS.replace(",40,ict,5", ",40,ict,")
    register(systems, LINKS.replace("0.3,4", "0.3,").replace("0.5,7", "0.5,"))
    page = text_of(official, "/en/network/map?broken=mail&protect=db")
    assert "There is no cut" in page
    assert "mail → hall → db" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("broken=nowhere", "No registered system has this code."),
        ("protect=nowhere", "is not one of the available choices"),
        ("budget=-1", "greater than or equal to 0"),
        ("budget=lots", "whole number"),
    ],
)
def test_a_wrong_question_is_answered_in_words(official: Client, asked: str, said: str) -> None:
    register()
    assert said in text_of(official, f"/en/network/map?{asked}")


def test_before_the_first_register_the_map_leads_home(official: Client) -> None:
    asked: Any = official.get("/network/map")
    assert (asked.status_code, asked.url) == (302, "/network/")
    assert "아직 등록된 시스템이 없습니다." in text_of(official, "/network/")
    assert official.get("/network/versions/1/").status_code == 404


def test_files_are_sent_looked_at_and_registered(official: Client) -> None:
    sent: Any = official.post("/en/network/send", files())
    assert (sent.status_code, sent.url) == (302, "/en/network/draft")
    page = text_of(official, "/en/network/draft")
    assert "6 added, 0 removed, 0 changed" in page
    assert not Register.objects.exists()
    number = Draft.objects.get().id
    official.post("/en/network/register", {"draft": str(number)})
    assert "Version 1 of the register holds now." in text_of(official, "/en/network/")
    official.post("/en/network/register", {"draft": str(number)})
    assert "registered or thrown away already" in text_of(official, "/en/network/send")
    assert "hall → db" in text_of(official, "/en/network/versions/1/")


def test_files_can_be_thrown_away(official: Client) -> None:
    official.post("/network/send", files())
    number = Draft.objects.get().id
    official.post("/network/register", {"draft": str(number), "drop": "1"})
    assert not Draft.objects.exists()
    assert not Register.objects.exists()
    gone: Any = official.get("/network/draft")
    assert (gone.status_code, gone.url) == (302, "/network/send")


def test_files_of_an_office_that_left_the_card_are_refused_in_words(official: Client) -> None:
    official.post("/en/network/send", files())
    draft = Draft.objects.get()
    draft.systems = draft.systems.replace("data-policy", "sewers")  # as it was on the card then
    draft.save()
    assert official.get("/en/network/draft").status_code == 302
    wrong = "systems.csv:4: The office sewers is not on the city"
    assert wrong in text_of(official, "/en/network/send")
    official.post("/en/network/register", {"draft": str(draft.id)})
    assert wrong in text_of(official, "/en/network/send")
    assert not Register.objects.exists()


def test_a_bad_file_is_named_with_its_line(official: Client) -> None:
    page: Any = official.post("/network/send", files(links=LINKS.replace("0.3", "3")))
    assert "links.csv:2: likelihood 값이 “3”입니다." in page.content.decode()
    page = official.post("/en/network/send", files(systems="\0"))
    assert "NUL" in page.content.decode()
    empty: Any = official.post("/en/network/send", files(systems=""))
    assert empty.status_code == 200
    assert not Draft.objects.exists()


def test_what_is_downloaded_can_be_sent_again(official: Client) -> None:
    register(SYSTEMS.replace("수도 계량기", "=수도"))
    systems = official.get("/network/systems.csv").content.decode()
    links = official.get("/network/links.csv").content.decode()
    assert "'=수도" in systems
    assert not register(systems, links).is_new


def test_pages_ask_the_database_little(
    official: Client, django_assert_max_num_queries: Any
) -> None:
    register()
    with django_assert_max_num_queries(8):
        text_of(official, "/network/map?broken=mail&protect=db")
    with django_assert_max_num_queries(8):
        text_of(official, "/network/")


def test_a_large_register_is_drawn_by_kind_and_office(official: Client) -> None:
    many = SYSTEMS + "".join(f"s{n},센서 {n},,device,radio,1,smart-city,1\n" for n in range(320))
    register(many)
    page = text_of(official, "/en/network/map")
    assert page.count('class="reach__box ') == 4
    assert "Device × 321" in page
    assert "more rows are not shown here" in page
    assert '<input type="text" name="broken"' in page
