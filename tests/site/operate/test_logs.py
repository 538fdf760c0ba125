"""The log finds a fault by its code, and names nobody."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from madang.site.operate.logs import JsonLines, TextLines, scrubbed

MAIL = "kim.minsu@daon.example"
PHONE = "010-1234-5678"
NUMBER = "900101-1234567"
ADDRESS = "203.0.113.77"
PERSONAL = (MAIL, "kim.minsu", PHONE, NUMBER, ADDRESS, "2001:db8::77", "Minsu", "secret-word")


@pytest.fixture(params=[JsonLines, TextLines])
def log(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """All that would reach standard error."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(request.param())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def visitor() -> Client:
    """Somebody whose name and address stand in all that the browser sends."""
    return Client(
        raise_request_exception=False,
        REMOTE_ADDR=ADDRESS,
        HTTP_USER_AGENT=f"{MAIL} secret-word",
        HTTP_REFERER=f"https://elsewhere.example/?who={MAIL}",
        HTTP_X_FORWARDED_FOR="2001:db8::77",
        HTTP_COOKIE=f"who={MAIL}",
    )


@pytest.mark.django_db
@pytest.mark.urls("failing_pages")
@pytest.mark.parametrize("page", ["raise", "constraint", "away", "full", "unable", "no-such-page"])
def test_nothing_of_a_failing_request_is_in_the_log(
    visitor: Client, log: StringIO, page: str
) -> None:
    answer = visitor.post(
        f"/{page}/{MAIL}/?q=secret-word&tel={PHONE}", {"email": MAIL, "name": f"Minsu {NUMBER}"}
    )
    assert answer.status_code >= 400
    written = log.getvalue()
    assert f"route={page}" in written or f'"{page}"' in written or page == "no-such-page"
    assert [each for each in PERSONAL if each in written] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/en/hearings/{MAIL}/", {}),
        (f"/hearings/?q={MAIL}%00", {}),
        ("/en/", {"HTTP_HOST": MAIL}),
        ("/en/", {"HTTP_HOST": "kim.minsu.example"}),
        (f"/api/v1/hearings/{MAIL}", {}),
        (f"/api/v1/hearings/x/statements?language={MAIL}", {}),
    ],
)
def test_nothing_of_a_refused_request_is_in_the_log(
    visitor: Client, log: StringIO, path: str, headers: dict[str, str]
) -> None:
    assert visitor.get(path, **headers).status_code >= 400  # type: ignore[arg-type]
    assert log.getvalue()
    assert [each for each in PERSONAL if each in log.getvalue()] == []


@pytest.mark.django_db
def test_nothing_of_a_refused_sign_in_is_in_the_log(visitor: Client, log: StringIO) -> None:
    for _ in range(7):  # until allauth says that these are too many
        visitor.post("/en/account/login/", {"login": MAIL, "password": "secret-word"})
    visitor.post("/en/account/signup/", {"email": MAIL, "password1": "secret-word"})
    assert log.getvalue()
    assert [each for each in PERSONAL if each in log.getvalue()] == []


@pytest.mark.django_db
@pytest.mark.urls("failing_pages")
def test_the_code_on_the_page_leads_to_the_fault_in_the_log(visitor: Client) -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        answer = visitor.get(f"/en/raise/{MAIL}/")
    finally:
        logging.getLogger().removeHandler(handler)
    (line,) = (json.loads(each) for each in written.getvalue().splitlines())
    assert line["code"] in answer.content.decode()
    assert answer["X-Request-ID"] == line["request"]
    assert line["request"].startswith(line["code"])
    assert line["level"] == "ERROR"
    assert line["status"] == 500
    assert line["fault"] == "ValueError"
    assert line["at"][-1].endswith(" raise_with_values")


def test_the_code_of_a_fault_is_told_where_its_message_is_not() -> None:
    record = logging.LogRecord("madang.x", logging.ERROR, "x.py", 1, "it failed", None, None)
    for fault, told in (
        (OSError(28, "No space", MAIL), "OSError ENOSPC"),
        (KeyError(MAIL), "KeyError"),
    ):
        record.exc_info = (type(fault), fault, None)
        assert json.loads(JsonLines().format(record))["fault"] == told


def test_a_library_is_quoted_without_what_it_filled_in() -> None:
    for template, values, said in (
        ("%s gave up after %d tries", (MAIL, 3), "… gave up after 3 tries"),
        ("job 7 of 'Minsu Kim' failed", (), "job 7 of … failed"),
        ("%(who)s left", ({"who": MAIL},), "… left"),
        (f"lost {MAIL} at {ADDRESS}:5432", (), "lost … at …"),
    ):
        record = logging.LogRecord("library", logging.ERROR, "x.py", 1, template, values, None)
        assert json.loads(JsonLines().format(record))["said"] == said


def test_a_log_line_is_one_line_whatever_is_said() -> None:
    record = logging.LogRecord("madang.x", logging.ERROR, "x.py", 1, "a\nb %s", ("c\r\nd",), None)
    for made in (JsonLines(), TextLines()):
        assert len(made.format(record).splitlines()) == 1


@given(
    st.emails(),
    st.ip_addresses().map(str),
    st.from_regex(r"[0-9]{6}-[1-4][0-9]{6}", fullmatch=True),
    st.from_regex(r"010-[0-9]{4}-[0-9]{4}", fullmatch=True),
)
def test_what_names_a_person_or_a_machine_is_taken_out(
    mail: str, address: str, number: str, telephone: str
) -> None:
    for each in (mail, address, number, telephone):
        assert each not in scrubbed(f"it said: {each}, and ended")


def test_times_sizes_and_names_stay() -> None:
    said = "12:30:45 job 123456 of madang.listen.hearings took 3.5 s; 1.5.2 is 99 % full"
    assert scrubbed(said) == said
