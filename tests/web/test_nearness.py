"""How groups lie: near, far, with a gap; and where a person stands among them."""

from hypothesis import given
from hypothesis import strategies as st

from madang.web.nearness import YourPlace, lay_out, place

pixels = st.tuples(st.integers(0, 640), st.integers(0, 480))
groups = st.lists(st.lists(pixels, min_size=1, max_size=9), min_size=2, max_size=5).map(
    lambda members: dict(zip("ABCDE", members, strict=False))
)


def square(x: int, y: int) -> list[tuple[int, int]]:
    """Four people at the corners, each 10 pixels from the centre."""
    return [(x - 6, y - 8), (x - 6, y + 8), (x + 6, y - 8), (x + 6, y + 8)]


def test_three_groups_by_hand() -> None:
    # A gap is more than 2 × (10 + 10) = 40 pixels between centres.
    laid = lay_out({"A": square(100, 100), "B": square(140, 100), "C": square(140, 200)})
    assert laid.gaps == (("A", "C"), ("B", "C"))
    assert not laid.is_all_apart
    assert (laid.nearest, laid.farthest) == (("A", "B"), ("A", "C"))
    assert laid.beside == {"A": "B", "B": "A", "C": "B"}


def test_groups_about_equally_far_have_no_nearest_pair() -> None:
    laid = lay_out({"A": square(100, 100), "B": square(200, 100), "C": square(150, 187)})
    assert (laid.nearest, laid.farthest, laid.is_all_apart) == (None, None, True)


def test_two_groups_border_or_have_a_gap_and_no_more_is_said() -> None:
    close = lay_out({"A": square(100, 100), "B": square(140, 100)})
    apart = lay_out({"A": square(100, 100), "B": square(141, 100)})
    assert (close.is_all_apart, apart.is_all_apart) == (False, True)
    assert close.nearest is apart.nearest is None


def test_a_person_is_in_the_middle_at_the_edge_or_outside() -> None:
    members = {"A": square(100, 100), "B": square(200, 100), "C": square(100, 300)}
    assert place((104, 100), "A", members) == YourPlace("A", is_central=True, beside="B")
    assert place((100, 119), "A", members) == YourPlace("A", is_central=False, beside="B")
    assert place((100, 210), None, members) == YourPlace(None, is_central=False, beside="C")
    assert place((0, 0), "A", {"A": [(0, 0)]}) == YourPlace("A", is_central=True, beside=None)


@given(groups)
def test_what_is_said_does_not_hang_on_where_the_picture_stands(members) -> None:
    moved = {each: [(x + 7, y + 3) for x, y in points] for each, points in members.items()}
    turned = {each: [(y, -x) for x, y in points] for each, points in members.items()}
    assert lay_out(members).is_all_apart == lay_out(moved).is_all_apart
    assert len(lay_out(members).gaps) == len(lay_out(turned).gaps)


@given(groups)
def test_no_group_is_beside_itself(members) -> None:
    assert all(other not in (None, letter) for letter, other in lay_out(members).beside.items())
