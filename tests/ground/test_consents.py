"""Consents: kept with the words that were shown, taken back at once, never lost or doubled."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from madang.ground.consent.models import Consent
from madang.ground.consent.queries import (
    agrees,
    consents_of,
    hash_of_words,
    people_who_agree,
    words_shown,
)
from madang.ground.consent.services import UnableToConsent, give_consent, withdraw_consent
from madang.ground.consent.texts import all_texts, newest_text
from madang.ground.events.models import OutboxEvent
from makers import NOW, make_person

NEWS = "hearings.news"
# Whoever changes a text gives it a new version, and adds a line here; none is ever changed.
WORDS = {
    ("hearings.news", 1, "en"): "baeddc07500b464bf65fe7b112bb468c1aba95fac4853d654b73d78be7deeba7",
    ("hearings.news", 1, "ko"): "eaf2e6720b82994b7433e952bda77ca79d2552ca7803fc260bca459c42f95f3d",
    (
        "identity.residency",
        1,
        "en",
    ): "7e964e58e4cd148d488d2f60933131cbc91ee41e5f539e8ab689fd7939c375d2",
    (
        "identity.residency",
        1,
        "ko",
    ): "633704a0883b7617bf6c1c84c5f25e43a299b79898c8b1b360429d60c620d64b",
}

pytestmark = pytest.mark.django_db


def test_no_text_changes_under_the_same_version() -> None:
    shown = {
        (text.purpose, text.version, language): hash_of_words(text, language)
        for text in all_texts()
        for language in ("en", "ko")
    }
    assert shown == WORDS


def test_a_consent_is_kept_with_the_words_in_their_language() -> None:
    person = make_person()
    given = give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    (kept,) = consents_of(person_id=person.id)
    assert (kept.id, kept.holds, kept.language) == (given.id, True, "ko")
    assert kept.words_sha256 == hash_of_words(newest_text(NEWS), "ko")
    assert "공청회" in words_shown(kept.text, "ko")


def test_agreeing_twice_is_agreeing_once() -> None:
    person = make_person()
    first = give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    again = give_consent(person_id=person.id, purpose=NEWS, language="en", at=NOW)
    assert first.id == again.id
    assert OutboxEvent.objects.filter(wire="consent.consent-given.v1").count() == 1


def test_the_database_refuses_a_second_consent_that_holds() -> None:
    person = make_person()
    give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    first = Consent.objects.get()
    first.pk = None
    with pytest.raises(IntegrityError, match="one_consent_that_holds"), transaction.atomic():
        first.save(force_insert=True)


def test_a_consent_is_taken_back_and_can_be_given_again() -> None:
    person = make_person()
    give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    later = NOW + timedelta(hours=1)
    assert withdraw_consent(person_id=person.id, purpose=NEWS, at=later)
    assert not withdraw_consent(person_id=person.id, purpose=NEWS, at=later)
    assert not agrees(person_id=person.id, purpose=NEWS)
    assert people_who_agree(purpose=NEWS) == []
    give_consent(person_id=person.id, purpose=NEWS, language="en", at=later)
    assert people_who_agree(purpose=NEWS) == [(person.id, "en")]
    assert [each.holds for each in consents_of(person_id=person.id)] == [True, False]


def test_one_that_holds_ends_when_the_words_are_new() -> None:
    person = make_person()
    give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    Consent.objects.update(version=0)  # as if given to words that came before
    give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    rows = Consent.objects.order_by("version").values_list("version", "withdrawn_at")
    assert list(rows) == [(0, NOW), (1, None)]


def test_nobody_agrees_to_what_is_not_asked() -> None:
    with pytest.raises(UnableToConsent, match="no-such-purpose"):
        give_consent(person_id=make_person().id, purpose="x", language="ko", at=NOW)


def test_events_of_consents_are_sealed() -> None:
    person = make_person()
    give_consent(person_id=person.id, purpose=NEWS, language="ko", at=NOW)
    withdraw_consent(person_id=person.id, purpose=NEWS, at=NOW)
    told = OutboxEvent.objects.filter(wire__startswith="consent.")
    assert list(told.values_list("is_sealed", flat=True)) == [True, True]
