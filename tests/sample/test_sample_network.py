"""The sample's systems: whole, owned by offices of the city, and worth looking at."""

import csv
import re
import tomllib
from pathlib import Path

import pytest

import madang.sample
from madang.core.opinion.csv_rows import decode_text
from madang.core.reach.csv_files import read_network
from madang.core.reach.cuts import cheapest_cut
from madang.core.reach.network import Exposure, Kind, Network
from madang.core.reach.radius import blast_radius
from madang.listen.network.queries import newest_version
from madang.site.sample_city import load_network

SAMPLE = Path(madang.sample.__file__).parent
FOLDER = SAMPLE / "network"


@pytest.fixture(scope="module")
def network() -> Network:
    card = tomllib.loads((SAMPLE / "city.toml").read_text("utf-8"))
    return read_network(
        systems=decode_text("systems.csv", (FOLDER / "systems.csv").read_bytes()),
        links=decode_text("links.csv", (FOLDER / "links.csv").read_bytes()),
        offices={office["code"] for office in card["offices"]},
    )


def test_the_readme_gives_its_numbers(network: Network) -> None:
    said = (SAMPLE / "README.md").read_text("utf-8")
    assert f"{len(network.systems)} systems" in said
    assert f"{len(network.links)} links" in said


def test_every_system_has_a_name_in_korean_and_in_english(network: Network) -> None:
    for system in network.systems:
        assert re.search(r"[가-힣]", system.name), system.code
        assert system.english, system.code
        assert not re.search(r"[가-힣]", system.english), system.code


def test_every_kind_and_exposure_is_there_to_be_seen(network: Network) -> None:
    assert {each.kind for each in network.systems} == set(Kind)
    assert {each.exposure for each in network.systems} == set(Exposure)


def test_no_likelihood_is_left_out_and_no_system_stands_alone(network: Network) -> None:
    assert all(link.likelihood is not None for link in network.links)
    joined = {end for pair in network.ends for end in pair}
    assert joined == set(range(len(network.systems)))


def test_a_kiosk_opens_the_residents_data_through_the_borough_office(network: Network) -> None:
    """By hand: kiosk-01 → off-01 0.35, off-01 → res-db 0.15; to cut the kiosk's line costs 3."""
    radius = blast_radius(network, "kiosk-01")
    (database,) = (f for f in radius.fallen if f.place == network.places["res-db"])
    assert database.steps == 2
    assert database.likelihood == pytest.approx(0.0525)
    cut = cheapest_cut(network, broken="kiosk-01", protect=["res-db", "sig-centre"])
    assert (cut.cost, [(each.source, each.target) for each in cut.links]) == (
        3,
        [("kiosk-01", "off-01")],
    )


def test_the_files_have_no_blank_and_no_doubled_row() -> None:
    for name in ("systems.csv", "links.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
            rows = [tuple(row) for row in csv.reader(lines)]
        assert len(rows) == len(set(rows))


@pytest.mark.django_db
def test_it_is_loaded_once(network: Network) -> None:
    assert load_network() == load_network() == 1
    version = newest_version()
    assert version is not None
    assert (version.systems, version.links) == (len(network.systems), len(network.links))
