"""What differs between two versions, and what is drawn of them."""

from dataclasses import replace

from hypothesis import given

from core.reach.networks import make_link, make_network, make_system, small_networks, worked_example
from madang.core.reach.network import Kind, Network
from madang.listen.network.rules import (
    MOST_DRAWN,
    Changed,
    compare,
    group_for_drawing,
    layers_of,
    lines_between,
)


@given(small_networks(), small_networks())
def test_a_difference_leads_from_one_version_to_the_other(before: Network, after: Network) -> None:
    found = compare(before, after)
    changed = {each.key[0]: {f: new for f, _, new in each.fields} for each in found.changed}
    gone = {each.code for each in found.removed}
    made = {
        each.code: replace(each, **changed.get(each.code, {}))
        for each in before.systems
        if each.code not in gone
    } | {each.code: each for each in found.added}
    assert made == {each.code: each for each in after.systems}
    assert compare(after, after).is_none
    back = compare(after, before)
    assert (back.added, back.links_added) == (found.removed, found.links_removed)


def test_the_order_of_rows_is_no_difference() -> None:
    network = worked_example()
    turned = Network(network.systems[::-1], network.links[::-1])
    assert compare(network, turned).is_none


def test_a_change_says_field_before_and_after() -> None:
    before = make_network([make_system("a"), make_system("b")], [make_link("a", "b", cost=3)])
    after = make_network(
        [make_system("a", criticality=9), make_system("b")], [make_link("a", "b", cost=4)]
    )
    found = compare(before, after)
    assert found.changed == (Changed(("a",), (("criticality", 1, 9),)),)
    (link,) = found.links_changed
    assert (link.name, link.fields) == ("a → b (network)", (("cost", 3, 4),))
    assert found.counts == (0, 0, 2)


def test_few_systems_are_drawn_one_by_one_and_many_by_kind_and_office() -> None:
    few = worked_example()
    groups = group_for_drawing(few, {1: 0, 2: 1})
    assert [each.places for each in groups] == [(place,) for place in range(6)]
    assert [each.steps for each in groups] == [None, 0, 1, None, None, None]
    assert layers_of(groups) == [2, 0, 1, 2, 2, 2]
    mail, office, vpn, database = (few.places[c] for c in ("mail", "office", "vpn", "database"))
    assert set(lines_between(few, groups)) == {(mail, office), (mail, vpn), (office, database)}

    many = make_network(
        [replace(make_system(f"s{n}"), office=f"office-{n % 30}") for n in range(120)],
        [make_link("s0", "s1"), make_link("s30", "s1"), make_link("s0", "s30")],
    )
    groups = group_for_drawing(many, {30: 4, 0: 2})
    assert len(groups) == 30
    assert groups[0].steps == 2, "a box is as near as the nearest in it"
    assert list(lines_between(many, groups)) == [(0, 1)]

    scattered = make_network(
        [
            replace(make_system(f"s{n}"), office=f"office-{n}", kind=list(Kind)[n % 3])
            for n in range(200)
        ],
        [],
    )
    assert len(group_for_drawing(scattered, {})) == 3 <= MOST_DRAWN
