"""Whatever fails, a visitor gets a sentence, in their language, and a code."""

import re

import pytest
from django.test import Client, override_settings

from madang.site.operate.served import LETTERS

CODE = re.compile(f"<strong>([{LETTERS}]{{3}}-[{LETTERS}]{{3}})</strong>")
pytestmark = [pytest.mark.django_db, pytest.mark.urls("failing_pages")]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/raise/x/", 500, "문제가 생겼습니다"),
        ("/en/raise/x/", 500, "Something went wrong on our side"),
        ("/unable/x/", 500, "문제가 생겼습니다"),
        ("/constraint/x/", 500, "문제가 생겼습니다"),
        ("/away/x/", 503, "잠시 뒤에"),
        ("/full/x/", 503, "잠시 뒤에"),
    ],
)
def test_a_fault_is_a_page_with_a_code(visitor: Client, path: str, status: int, says: str) -> None:
    answer = visitor.get(path)
    page = answer.content.decode()
    assert answer.status_code == status
    assert says in page
    assert CODE.search(page)
    assert ("Retry-After" in answer) == (status == 503)
    assert "script-src" in answer["Content-Security-Policy"] or "'self'" in str(answer.headers)


def test_two_faults_have_two_codes(visitor: Client) -> None:
    pages = [visitor.get("/raise/x/").content.decode() for _ in range(2)]
    codes = {found[1] for page in pages if (found := CODE.search(page))}
    assert len(codes) == 2


@override_settings(
    STORAGES={
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
)
def test_where_not_even_the_page_can_be_made_both_languages_are_there(visitor: Client) -> None:
    answer = visitor.get("/raise/x/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "문제가 생겼습니다" in page
    assert "Something went wrong" in page
    assert CODE.search(page)


@pytest.mark.parametrize(
    ("path", "status", "language", "says"),
    [
        ("/api/v1/raise/x/", 500, "en", "Something went wrong on our side."),
        ("/api/v1/away/x/", 503, "ko", "잠시"),
    ],
)
def test_programs_get_problem_details_with_the_code(
    visitor: Client, path: str, status: int, language: str, says: str
) -> None:
    answer = visitor.get(path, headers={"Accept-Language": language})
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "code"}
    assert told["status"] == answer.status_code == status
    assert says in told["detail"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/no/such/thing", 404),
        ("/api/v1/hearings/nowhere", 404),
        ("/api/v1/hearings/a%00b", 400),
    ],
)
def test_what_a_program_asks_wrongly_is_told_as_a_problem(
    visitor: Client, path: str, status: int
) -> None:
    answer = visitor.get(path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
