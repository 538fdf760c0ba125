"""What ballots tell a person about their own ballot."""

from typing import Any

import pytest

from decide.worlds import NOON, make_ballot, make_person, who
from madang.decide.ballots.rights import held_about
from madang.decide.ballots.services import cast_ballot

pytestmark = pytest.mark.django_db


def test_a_person_is_told_their_own_ballot_and_nobody_elses(
    django_assert_num_queries: Any,
) -> None:
    make_ballot()
    person, neighbour = make_person(), make_person(district="02")
    cast_ballot(slug="small", who=who(person), projects=["P1", "P2"], at=NOON)
    cast_ballot(slug="small", who=who(neighbour), projects=["P3"], at=NOON)
    with django_assert_num_queries(4):
        held = list(held_about(person_id=person.id, language="en"))
    chosen = [each.value["project"] for each in held if each.field == "Choice.project"]
    assert chosen == ["P1", "P2"]
    assert [each.value for each in held if each.field == "Cast.district"] == ["01"]
    assert list(held_about(person_id=make_person().id, language="en")) == []
