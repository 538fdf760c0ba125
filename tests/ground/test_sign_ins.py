"""Sign-ins: whose they are, what ends them, and what a block learns of them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from madang.ground.identity.access import Request
from madang.ground.identity.models import Proof, Role, SignIn
from madang.ground.identity.public import Who, who_is
from madang.ground.identity.visitors import known_by_visit
from makers import make_official, make_person, make_resident

NEW = "a stone bridge, 1423"

pytestmark = pytest.mark.django_db


def visit(key: str) -> Who | None:
    """Whom a block sees behind a request with this key."""
    seen: list[Who | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(who_is(request.user))
        return HttpResponse()

    request = Request()
    request.COOKIES[settings.SESSION_COOKIE_NAME] = key
    assert known_by_visit(view)(request).headers["Vary"] == "Cookie"
    return seen[0]


def test_a_block_knows_a_visitor_as_the_whole_site_does(client: Client) -> None:
    for person in (make_resident(), make_official(), make_person()):
        client.force_login(person)
        (sign_in,) = SignIn.objects.filter(person=person)
        assert visit(sign_in.session_key) == who_is(person)
    assert who_is(make_resident()) != who_is(make_resident())


def test_a_block_learns_where_a_resident_lives_and_which_roles_there_are(client: Client) -> None:
    client.force_login(make_resident(district="02"))
    resident = visit(SignIn.objects.get().session_key)
    assert resident is not None
    assert (resident.district, resident.proof, resident.roles) == ("02", Proof.DECLARED, set())
    SignIn.objects.all().delete()
    client.force_login(make_official())
    official = visit(SignIn.objects.get().session_key)
    assert official is not None
    assert (official.district, official.proof, official.roles) == (None, None, {Role.OFFICIAL})


@pytest.mark.parametrize("key", ["", "nobody's", "x" * 5000])
def test_an_unknown_key_is_nobodys(key: str) -> None:
    assert visit(key) is None


def test_a_visit_that_is_over_or_whose_person_is_locked_out_is_nobodys(client: Client) -> None:
    person = make_resident()
    client.force_login(person)
    sign_in = SignIn.objects.get()
    person.is_active = False
    person.save()
    assert visit(sign_in.session_key) is None
    person.is_active = True
    person.save()
    assert visit(sign_in.session_key) is not None
    SignIn.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    assert visit(sign_in.session_key) is None


def test_an_anonymous_visit_is_nobodys(client: Client) -> None:
    session = client.session
    session["something"] = 1
    session.save()
    assert SignIn.objects.get().person is None
    assert visit(SignIn.objects.get().session_key) is None
    assert who_is(AnonymousUser()) is None


def test_a_new_password_ends_the_sign_ins_of_this_person_alone(client: Client) -> None:
    person, other = make_resident(), make_resident()
    for each in (person, person, other):
        Client().force_login(each)
    person.set_password("another long one")
    person.save()
    assert [sign_in.person for sign_in in SignIn.objects.all()] == [other]


def test_who_changes_a_password_stays_signed_in_here_and_nowhere_else(client: Client) -> None:
    person, elsewhere = make_resident(), Client()
    for each in (client, elsewhere):
        each.force_login(person)
    words = {"oldpassword": "long enough 1", "password1": NEW, "password2": NEW}
    done = client.post("/en/account/password/change/", words)
    assert done.status_code == 302
    assert client.get("/en/identity/me").status_code == 200
    assert elsewhere.get("/en/identity/me").status_code == 302


def test_saving_a_person_without_a_new_password_ends_nothing(client: Client) -> None:
    person = make_resident()
    client.force_login(person)
    person.save()
    assert SignIn.objects.exists()


def test_everybody_may_not_ask_who_visits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proacl::text FROM pg_proc WHERE proname = 'identity_visitor'")
        (granted,) = cursor.fetchone()
    assert "{=" not in granted
    assert ",=" not in granted
