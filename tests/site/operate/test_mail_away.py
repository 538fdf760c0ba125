"""Where the mail server is away, pages say so, nobody is locked out, and who asks again gets it."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mail_server import mail_server
from whole_city import free_port

pytestmark = pytest.mark.django_db

SAID = "Our mail server does not answer"
WHO = {"email": "kim.minsu@daon.example", "password1": "a long enough one"}


@pytest.fixture
def mailing(settings: Any) -> Any:
    """A city with a mail server that is not there yet."""
    cache.clear()  # allauth counts attempts there
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    return settings


def test_who_signs_up_meanwhile_is_told_and_gets_the_code_later(
    mailing: Any, client: Client
) -> None:
    page = client.post("/en/account/signup/", WHO, follow=True)
    assert page.status_code == 200
    assert SAID in page.content.decode()
    assert "Confirmation email sent" not in page.content.decode()
    cache.clear()  # some minutes later; allauth lets nobody ask more often
    with mail_server() as server:
        mailing.EMAIL_PORT = server.port
        client.post("/en/account/confirm-email/", {"action": "resend"})
        (mail,) = server.taken
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", mail, re.MULTILINE)
    assert code, mail
    answer = client.post("/en/account/confirm-email/", {"code": code[1]})
    assert answer.status_code == 302
    assert client.get("/en/").context["user"].is_authenticated


@pytest.mark.parametrize("greeting", ["554 go away", "421 too busy"])
def test_a_mail_server_that_refuses_is_no_fault_of_ours(
    mailing: Any, client: Client, greeting: str
) -> None:
    with mail_server(greeting) as server:
        mailing.EMAIL_PORT = server.port
        page = client.post("/en/account/signup/", WHO, follow=True)
        assert page.status_code == 200
        assert SAID in page.content.decode()
        again = client.post("/en/account/password/reset/", {"email": WHO["email"]}, follow=True)
        assert again.status_code == 200
