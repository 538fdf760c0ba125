"""Encrypted fields: the database has no text, the row has; without the key it is erased."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from madang.ground.identity.models import Person, Proof, Residency
from madang.ground.identity.public import who_is
from madang.ground.identity.services import record_residency
from madang.ground.keeping.encrypted import (
    ERASED,
    EncryptedTextField,
    Sealed,
    encrypted_fields,
    is_over,
    period_of,
)
from madang.ground.keeping.keystore import KeyName, destroy_key, keys_of, make_key, read_key
from makers import NOW, make_person, make_resident

pytestmark = pytest.mark.django_db
DUE = KeyName("identity.residency", "2022-05")  # two years after NOW


@pytest.fixture(autouse=True)
def _keys(settings: LazySettings, tmp_path: Path) -> None:
    settings.MADANG_KEYS = tmp_path / "keys"


def columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT district, proof FROM identity_residency ORDER BY id")
        return cursor.fetchall()


def test_a_row_tells_what_its_columns_do_not() -> None:
    make_resident(district="07")
    row = Residency.objects.get()
    assert (row.district, row.proof) == ("07", Proof.DECLARED)
    assert all(column.startswith("2022-05:") for column in columns()[0])
    assert keys_of("identity.residency") == [DUE]


def test_equal_texts_do_not_look_alike() -> None:
    for _ in range(3):
        make_resident(district="07")
    assert len({column for row in columns() for column in row}) == 6


def test_it_is_aes_256_gcm_as_others_have_it() -> None:
    """Opened here by hand from the description in docs/how-to/keep-and-erase.md."""
    person = make_resident(district="07")
    sealed = urlsafe_b64decode(columns()[0][0].partition(":")[2])
    bound = f"identity.residency\n2022-05\nidentity_residency\ndistrict\n{person.id}".encode()
    assert AESGCM(read_key(DUE)).decrypt(sealed[:12], sealed[12:], bound) == b"07"


def test_a_saved_row_still_tells_and_an_untouched_field_stays_as_it_is() -> None:
    make_resident(district="07")
    before = columns()
    row = Residency.objects.get()
    row.save()
    assert columns() == before
    row.district = "08"
    row.save()
    assert Residency.objects.get().district == "08"
    assert columns()[0][1] == before[0][1]


def test_a_text_that_was_put_into_another_row_is_not_believed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = make_resident(district="01"), make_resident(district="02")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_residency SET district ="
            " (SELECT district FROM identity_residency WHERE person_id = %s) WHERE person_id = %s",
            [first.id, second.id],
        )
    assert Residency.objects.get(person=second).district is ERASED
    assert "not sealed by the city's own programs" in caplog.text


@pytest.mark.parametrize("written", ["07", "2022-05:", "2022-05:AAAA", "x/y:AAAA", "2022-05:é"])
def test_what_was_never_sealed_is_no_fault_of_the_page(written: str, client: Client) -> None:
    person = make_resident(district="01")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_residency SET district = %s", [written])
    client.force_login(person)
    assert client.get(reverse("identity:me")).status_code == 200


def test_without_its_key_a_residency_is_erased_and_the_person_is_asked_again(
    client: Client,
) -> None:
    person = make_resident(district="07")
    destroy_key(DUE, at=NOW)
    row = Residency.objects.get()
    assert row.district is ERASED
    assert row.district == ""
    who = who_is(Person.objects.get(id=person.id))
    assert who is not None
    assert (who.is_resident, who.proof) == (False, None)
    client.force_login(person)
    assert client.get(reverse("identity:me")).status_code == 200
    asked = client.get(reverse("hearings:vote", args=["after"]))
    assert asked["Location"] == "/identity/residency?next=/hearings/after/vote"
    record_residency(
        person_id=person.id, district="07", proof=Proof.DECLARED, at=NOW + timedelta(days=900)
    )
    assert Residency.objects.get().district == "07"


def test_what_comes_after_its_time_is_not_kept() -> None:
    make_key(DUE)
    destroy_key(DUE, at=NOW)
    make_resident(district="07")
    assert columns() == [("", "")]
    assert who_is(Person.objects.get()).is_resident is False  # type: ignore[union-attr]


def test_a_store_that_lost_its_keys_is_told_to_the_operator(
    caplog: pytest.LogCaptureFixture, settings: LazySettings, tmp_path: Path
) -> None:
    make_resident(district="07")
    settings.MADANG_KEYS = tmp_path / "another"
    assert Residency.objects.get().district is ERASED
    assert "is not in the key store" in caplog.text


def test_no_query_can_look_for_it_and_no_update_write_it() -> None:
    make_resident(district="07")
    with pytest.raises(TypeError, match="sealed with its row"):
        Residency.objects.filter(district="07").exists()
    with pytest.raises(TypeError, match="sealed with its row"):
        Residency.objects.update(district="08")


def test_rows_from_before_are_sealed_by_the_migration() -> None:
    person = make_person()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_residency (person_id, district, proof, proved_at)"
            " VALUES (%s, '07', 'counter', %s)",
            [person.id, NOW],
        )
    as_in_migrations = MigrationLoader(connection).project_state().apps
    migration = import_module("madang.ground.identity.migrations.0002_sealed_residency")
    migration.seal(as_in_migrations, None)
    assert all(column.startswith("2022-05:") for column in columns()[0])
    row = Residency.objects.get()
    assert (row.district, row.proof) == ("07", "counter")


def residency(person: int = 7) -> Residency:
    return Residency(person_id=UUID(int=person), proved_at=NOW)


def the_field() -> EncryptedTextField:
    return encrypted_fields(Residency)[0]


@given(text=st.text(min_size=1))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    sealed = the_field().seal_on(residency(), text)
    assert isinstance(sealed, Sealed)
    assert the_field().open_on(residency(), sealed) == text
    assert the_field().open_on(residency(person=8), sealed) is ERASED


@given(data=st.data())
def test_no_change_of_a_sealed_text_goes_unseen(data: st.DataObject) -> None:
    sealed = the_field().seal_on(residency(), "07")
    assert isinstance(sealed, Sealed)
    raw = bytearray(urlsafe_b64decode(sealed.token.partition(":")[2]))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    changed = Sealed(f"{sealed.period}:{urlsafe_b64encode(raw).decode()}")
    assert the_field().open_on(residency(), changed) is ERASED


@given(days=st.integers(0, 400_000), seconds=st.integers(0, 86_399))
def test_a_period_is_over_only_after_all_that_is_due_in_it(days: int, seconds: int) -> None:
    due = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days, seconds=seconds)
    assert not is_over(period_of(due), at=due)
    assert is_over(period_of(due), at=due + timedelta(days=31))


def test_a_key_that_was_read_once_is_not_remembered() -> None:
    key = make_key(DUE)
    assert read_key(DUE) == key
    destroy_key(DUE, at=NOW)
    make_person()
    with pytest.raises(Exception, match="destroyed"):
        read_key(DUE)
