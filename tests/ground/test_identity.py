"""People: who is let in where, and what is kept of where they live."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from madang.ground.events.models import OutboxEvent
from madang.ground.identity.models import Person, Proof, Role
from madang.ground.identity.public import who_is
from madang.ground.identity.services import (
    UnableToRecordResidency,
    grant_role,
    record_residency,
    withdraw_role,
)
from madang.ground.privacy.pseudonyms import pseudonym
from makers import NOW, make_official, make_person, make_resident

pytestmark = pytest.mark.django_db


def test_an_address_in_capitals_is_the_same_person() -> None:
    assert make_person(email="Kim@Daon.Example").email == "kim@daon.example"


def test_an_unknown_district_is_refused() -> None:
    person = make_person()
    with pytest.raises(UnableToRecordResidency, match="unknown-district"):
        record_residency(person_id=person.id, district="99", proof=Proof.DECLARED, at=NOW)


def test_declaring_the_same_district_does_not_take_a_counters_proof_back() -> None:
    person = make_person()
    record_residency(person_id=person.id, district="01", proof=Proof.COUNTER, at=NOW)
    kept = record_residency(person_id=person.id, district="01", proof=Proof.DECLARED, at=NOW)
    assert kept.proof == Proof.COUNTER


def test_declaring_another_district_does() -> None:
    person = make_person()
    record_residency(person_id=person.id, district="01", proof=Proof.COUNTER, at=NOW)
    record_residency(person_id=person.id, district="02", proof=Proof.DECLARED, at=NOW)
    who = who_is(Person.objects.get(id=person.id))
    assert who is not None
    assert (who.district, who.proof) == ("02", Proof.DECLARED)


def test_a_role_is_granted_and_withdrawn_once_each() -> None:
    person = make_person()
    for _ in range(2):
        grant_role(person_id=person.id, role=Role.COMMITTEE, at=NOW)
    for _ in range(2):
        withdraw_role(person_id=person.id, role=Role.COMMITTEE, at=NOW)
    told = OutboxEvent.objects.values_list("wire", flat=True).order_by("id")
    assert list(told) == ["identity.role-granted.v1", "identity.role-withdrawn.v1"]


def test_events_about_people_hold_no_address() -> None:
    make_resident(email="kim@daon.example")
    assert "kim@daon" not in str(list(OutboxEvent.objects.values_list("payload", flat=True)))


def test_a_pseudonym_is_the_same_for_one_purpose_and_another_for_another() -> None:
    person = make_person()
    first = pseudonym(block="hearings", person_id=person.id, purpose="hearings.one")
    assert first == pseudonym(block="hearings", person_id=person.id, purpose="hearings.one")
    assert first != pseudonym(block="hearings", person_id=person.id, purpose="hearings.two")
    assert first != pseudonym(block="hearings", person_id=make_person().id, purpose="hearings.one")


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client: Client) -> None:
    response = client.get(reverse("identity:me"))
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/identity/me"


def test_who_lives_nowhere_is_asked_where_before_the_first_voice(client: Client) -> None:
    client.force_login(make_person())
    response = client.get(reverse("hearings:vote", args=["after"]))
    assert response["Location"] == "/identity/residency?next=/hearings/after/vote"


def test_saying_where_one_lives_leads_back(client: Client) -> None:
    person = make_person()
    client.force_login(person)
    response = client.post(
        reverse("identity:residency"),
        {"district": "03", "agrees": "on", "next": "/hearings/after/vote"},
    )
    assert response["Location"] == "/hearings/after/vote"
    assert Person.objects.get(id=person.id).residency.district == "03"


def test_a_way_back_to_another_site_is_not_taken(client: Client) -> None:
    client.force_login(make_person())
    response = client.post(
        reverse("identity:residency"),
        {"district": "03", "agrees": "on", "next": "https://elsewhere.example/"},
    )
    assert response["Location"] == "/identity/me"


def test_my_page_is_kept_by_no_cache(client: Client) -> None:
    client.force_login(make_resident())
    for name in ("identity:me", "identity:residency"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]


def test_a_stranger_elsewhere_locks_nobody_out(client: Client) -> None:
    cache.clear()
    person = make_person(email="kim@daon.example")
    for _ in range(8):
        wrong = {"login": person.email, "password": "a wrong one"}
        answer = client.post("/en/account/login/", wrong, REMOTE_ADDR="203.0.113.7")
    assert "Too many failed login attempts" in answer.content.decode()
    right = {"login": person.email, "password": "long enough 1"}
    refused = client.post("/en/account/login/", right, REMOTE_ADDR="203.0.113.7")
    assert refused.status_code == 200
    let_in = client.post("/en/account/login/", right, REMOTE_ADDR="198.51.100.2")
    assert let_in.status_code == 302
    cache.clear()


def test_a_resident_is_kept_out_of_officials_pages(client: Client) -> None:
    client.force_login(make_resident())
    assert client.get(reverse("hearings:new")).status_code == 403


def test_an_official_is_let_in(client: Client) -> None:
    client.force_login(make_official())
    assert client.get(reverse("hearings:new")).status_code == 200
