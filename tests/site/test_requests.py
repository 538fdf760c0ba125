"""Requests that no browser of good will sends: refused, never a fault of ours."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    ["/hearings/a%00b/", "/hearings/?q=%00", "/api/v1/hearings/%00", "/en/account/login/?next=%00"],
)
def test_a_nul_is_refused_wherever_it_stands(client: Client, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    ("path", "says"),
    [("/hearings/?q=%00", "요청을 읽을 수 없습니다"), ("/en/hearings/?q=%00", "cannot be read")],
)
def test_what_cannot_be_read_is_refused_in_the_readers_language(
    client: Client, path: str, says: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_a_nul_in_a_form_is_refused(client: Client) -> None:
    sent = {"login": "a\0@daon.example", "password": "x"}
    assert client.post("/account/login/", sent).status_code == 400


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "undefined", "punycode", "no-such"])
def test_a_charset_that_is_none_is_not_believed(client: Client, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = client.generic("POST", "/account/login/", b"login=a&password=b", content_type=kind)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "address", ["http://[", "//[", "https://elsewhere.example/", "/\\evil.example"]
)
def test_no_way_on_leads_out_of_the_city(client: Client, address: str) -> None:
    answer = client.get("/account/login/", {"next": address})
    assert answer.status_code == 200
    answer = client.post("/hearings/nowhere/votes", {}, headers={"Referer": address})
    assert answer["Location"] == "/account/login/?next=/"
