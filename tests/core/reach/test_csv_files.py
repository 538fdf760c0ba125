"""The two files: what they hold comes in whole, and what is wrong is named with its line."""

import pytest

from madang.core.bad_input import BadInput
from madang.core.opinion.csv_rows import TextFile
from madang.core.reach.csv_files import read_network
from madang.core.reach.network import Exposure, Kind, Link, Network, System, Trust

SYSTEMS = """\
code,name,name_en,kind,exposure,criticality,office,isolation_cost
gw-1,관문 1호,Gateway 1,gateway,radio,20,ict,8
db,주민 자료,,server,inside,90,ict,
"""
LINKS = """\
from,to,trust,likelihood,cost
gw-1,db,network,0.25,4
db,gw-1,credential,,
"""


def read(systems: str = SYSTEMS, links: str = LINKS, offices: object = None) -> Network:
    return read_network(
        systems=TextFile("systems.csv", systems.splitlines(keepends=True)),
        links=TextFile("links.csv", links.splitlines(keepends=True)),
        offices=offices,
    )


def test_systems_and_links_come_in_whole() -> None:
    network = read(offices={"ict"})
    assert network.systems == (
        System("gw-1", "관문 1호", "Gateway 1", Kind.GATEWAY, Exposure.RADIO, 20, "ict", 8),
        System("db", "주민 자료", "", Kind.SERVER, Exposure.INSIDE, 90, "ict", None),
    )
    assert network.links == (
        Link("gw-1", "db", Trust.NETWORK, 0.25, 4),
        Link("db", "gw-1", Trust.CREDENTIAL, None, None),
    )


def test_a_circle_of_trust_and_no_link_at_all_are_fine() -> None:
    assert len(read().links) == 2
    assert read(links="from,to,trust,likelihood,cost\n").links == ()


def test_english_names_may_be_missing_and_formulas_lose_their_apostrophe() -> None:
    lines = [line.split(",") for line in SYSTEMS.splitlines()]
    without = "\n".join(",".join(row[:2] + row[3:]) for row in lines)
    assert read(without.replace("관문 1호", "'=관문")).systems[0].name == "=관문"


@pytest.mark.parametrize(
    ("found", "instead", "line", "sentence"),
    [
        ("gw-1,관문", "gw 1,관문", 2, "The code is “gw 1”"),
        ("db,주민", "gw-1,주민", 3, "The code gw-1 appears twice."),
        ("관문 1호", " ", 2, "The system gw-1 has no name."),
        ("관문 1호", "가" * 101, 2, "The name of gw-1 is too long; 100 characters fit."),
        (",gateway,", ",toaster,", 2, "kind is “toaster”; it must be gateway,"),
        (",radio,", ",air,", 2, "exposure is “air”; it must be internet,"),
        (",20,", ",-1,", 2, "criticality is “-1”; it must be a whole number, 0 or more."),
        (",20,", ",101,", 2, "criticality is 101; it must be between 0 and 100."),
        (",ict,8", ",nobody,8", 2, "The office nobody is not on the city's card."),
        (",ict,8", ",ict,0", 2, "isolation_cost is “0”; it must be a whole number, 1 or more"),
        (",ict,8", ",ict,-8", 2, "isolation_cost is “-8”; it must be a whole number, 1 or more"),
        (",ict,8", ",ict,9999999999", 2, "isolation_cost is 9999999999, which is too large."),
        (",exposure,", ",seen,", 1, "The header lacks: exposure."),
        (",ict,8", ",ict", 2, "The row has 7 fields, the header has 8."),
    ],
)
def test_a_wrong_system_is_named(found: str, instead: str, line: int, sentence: str) -> None:
    assert found in SYSTEMS
    with pytest.raises(BadInput) as wrong:
        read(SYSTEMS.replace(found, instead, 1), offices={"ict"})
    assert str(wrong.value).startswith(f"systems.csv:{line}: {sentence}")


@pytest.mark.parametrize(
    ("found", "instead", "sentence"),
    [
        ("gw-1,db", "gw-1,gw-1", "The link leads from gw-1 to itself."),
        ("gw-1,db", "gw-2,db", "There is no system gw-2 in the file of systems."),
        ("gw-1,db", "gw-1,", "There is no system  in the file of systems."),
        (",network,", ",love,", "trust is “love”; it must be credential, network,"),
        (",0.25,", ",0,", "likelihood is “0”; it must be above 0 and at most 1,"),
        (",0.25,", ",1.5,", "likelihood is “1.5”; it must be above 0 and at most 1,"),
        (",0.25,", ",nan,", "likelihood is “nan”; it must be above 0 and at most 1,"),
        (",0.25,4", ",0.25,-4", "cost is “-4”; it must be a whole number, 1 or more, or empty."),
        (",0.25,4", ",0.25,²", "cost is “²”; it must be a whole number, 1 or more, or empty."),
    ],
)
def test_a_wrong_link_is_named(found: str, instead: str, sentence: str) -> None:
    assert found in LINKS
    with pytest.raises(BadInput) as wrong:
        read(links=LINKS.replace(found, instead, 1))
    assert str(wrong.value).startswith(f"links.csv:2: {sentence}")


def test_the_same_link_twice_is_named_with_its_line() -> None:
    with pytest.raises(BadInput, match="The link from gw-1 to db by network appears twice"):
        read(links=LINKS + "\ngw-1,db,network,0.5,\n")
    with pytest.raises(BadInput) as wrong:
        read(links=LINKS + "\ngw-1,db,network,0.5,\n")
    assert wrong.value.line == 5


def test_a_file_without_systems_is_refused() -> None:
    with pytest.raises(BadInput, match="There is no system in the file"):
        read(SYSTEMS.partition("\n")[0])
