"""The pages of the gate: for everybody, and the desk that tries before it publishes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from madang.ground.identity.models import Role
from madang.ground.release.models import Release
from makers import make_official, make_person, make_resident
from worlds_of_release import COUNTS, DATASET, PEOPLE, TABLE, grant, publish

pytestmark = pytest.mark.django_db


def page(name, *args, language="en"):
    with override(language):
        return reverse(f"release:{name}", args=args)


def desk(client, method):
    client.force_login(make_official())
    return page("new", method)


def send(client, address, do, *, key=None, tried="", content=PEOPLE, **fields):
    """Send the desk's form as a browser does; `key` and `tried` as the page held them."""
    form = client.get(address).context["form"]
    said = {
        "key": key or form.initial["key"],
        "tried": tried,
        "dataset": DATASET,
        "title": "People of the hearing",
        "do": do,
        "file": SimpleUploadedFile("people.csv", content.encode()),
        **fields,
    }
    return client.post(address, said)


RECORDS = {"quasi": "age, sex", "sensitive": "answer", "k": 2, "l": 2, "most": 0, "way": 0}
COUNTING = {
    "statistic": "count",
    "person": "person",
    "rows": 1,
    "group": "district",
    "categories": "north, south",
    "epsilon": "0.5",
    "delta": "0",
}


def test_everybody_sees_what_was_published_and_what_is_left(client):
    grant(epsilon="2")
    publish(COUNTS)
    told = client.get(page("list")).content.decode()
    assert "People of the hearing" in told
    assert "ε 1.5" in told
    assert "a public record" in told
    korean = client.get(page("list", language="ko")).content.decode()
    assert "프라이버시 예산" in korean


def test_a_published_file_is_taken_home_as_it_is_in_the_journal(client):
    release = publish(TABLE)
    shown = client.get(page("release", release.id)).content.decode()
    assert release.sha256 in shown
    file = client.get(page("csv", release.id))
    assert file.content == bytes(release.content)
    assert file["Content-Type"].startswith("text/csv")
    assert client.get(page("release", 10**6)).status_code == 404
    assert client.get(page("csv", 10**6)).status_code == 404


def test_the_list_asks_the_database_a_few_times_however_long_it_is(
    client, django_assert_max_num_queries
):
    for _ in range(3):
        publish(TABLE)
    with django_assert_max_num_queries(4):
        client.get(page("list"))


@pytest.mark.parametrize("who", [make_resident, lambda: make_person(role=Role.COMMITTEE)])
def test_nobody_but_an_official_publishes(client, who):
    assert client.get(page("choose")).status_code == 302
    client.force_login(who())
    assert client.get(page("choose")).status_code == 403
    assert client.post(page("new", "table"), {}).status_code == 403


def test_records_that_tell_too_much_come_back_with_suggestions_and_nothing_lost(client):
    address = desk(client, "records")
    told = send(client, address, "try", **RECORDS).content.decode()
    assert "This may not leave" in told
    assert "age: bands of 10; sex: as it is" in told
    assert 'value="age, sex"' in told
    assert "Publish for everybody" not in told
    refused = send(client, address, "publish", **RECORDS).content.decode()
    assert "This is not what was tried" in refused
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("records", RECORDS | {"way": 1}),
        ("table", {"columns": "district, answer", "fewest": 3}),
        ("noise", COUNTING),
    ],
)
def test_what_was_tried_is_published_with_the_same_file(client, method, fields):
    today = timezone.localdate()
    grant(starts=today, ends=today + timedelta(days=1))
    address = desk(client, method)
    form = send(client, address, "try", **fields).context["form"]
    assert not Release.objects.exists()
    held = {"key": form["key"].value(), "tried": form["tried"].value()}
    other = send(client, address, "publish", content=PEOPLE + "p9,5,f,north,no\n", **held, **fields)
    assert "This is not what was tried" in other.content.decode()
    for _ in range(2):  # a second click
        done = send(client, address, "publish", **held, **fields)
        assert done.status_code == 302
    release = Release.objects.get()
    assert release.method == method
    assert client.get(done["Location"]).status_code == 200


def test_a_dry_run_of_noise_shows_its_scale_and_no_number(client):
    told = send(client, desk(client, "noise"), "try", **COUNTING).content.decode()
    assert "laplace" in told
    assert "epsilon 0.5" in told
    assert "north</td>" not in told


def test_without_budget_the_page_says_so(client):
    address = desk(client, "noise")
    form = send(client, address, "try", **COUNTING).context["form"]
    held = {"key": form["key"].value(), "tried": form["tried"].value()}
    told = send(client, address, "publish", **held, **COUNTING).content.decode()
    assert "no privacy budget today" in told


@pytest.mark.parametrize(
    ("fields", "content", "said"),
    [
        ({"categories": "north"}, PEOPLE, "people.csv:6: “south” is no category of district"),
        ({"epsilon": "much"}, PEOPLE, "“much” is no number"),
        ({}, "person\n\xff\n", "lacks: district"),
        ({}, '"', "never closed"),
        ({"statistic": "histogram", "number": "age", "bands": "a"}, PEOPLE, "edges of the bands"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(client, fields, content, said):
    told = send(client, desk(client, "noise"), "try", content=content, **COUNTING | fields)
    assert told.status_code == 200
    assert said in told.content.decode()


def test_an_unknown_method_is_no_page(client):
    assert client.get(desk(client, "magic")).status_code == 404
