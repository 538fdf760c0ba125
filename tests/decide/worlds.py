"""Small worlds for the tests of decide, made through services."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from madang.core.ballot.pabulib import PabulibFile, read_pabulib
from madang.decide.ballots.models import Ballot
from madang.decide.ballots.rules import ProjectDraft
from madang.decide.ballots.services import create_ballot, open_ballot
from madang.decide.plan.models import Plan
from madang.decide.plan.rules import Decided, DecidedBallot, GoalDraft
from madang.decide.plan.rules import ProjectDraft as PlanProjectDraft
from madang.decide.plan.services import create_plan
from madang.ground.city.card import city
from madang.ground.identity.models import Person, Proof, Role
from madang.ground.identity.public import Who, who_is
from madang.ground.identity.services import grant_role, record_residency
from madang.listen.hearings.models import Hearing
from madang.listen.hearings.services import (
    add_statement,
    close_hearing,
    create_hearing,
    open_hearing,
)

NOON = datetime(2026, 5, 21, 3, tzinfo=UTC)

# Four voters, three projects, a budget of 100: under Equal Shares with cost utility P1 is paid by
# its three supporters (20 each of 25); P2 then has 15 + 25 = 40 of the 40 it costs; P3 has none.
PB = """META
key;value
description;A small ballot
language;en
currency;KRW
budget;100
num_projects;3
num_votes;4
vote_type;approval
PROJECTS
project_id;cost;name;name_ko;statement;goal
P1;60;Free wifi;무료 와이파이;0;connected
P2;40;Lessons;교실;1;
P3;50;Cameras;카메라;;
VOTES
voter_id;vote;district
a;P1,P3;01
b;P1;01
c;P2;02
d;P1,P2;02
"""


def read_pb(text: str = PB) -> PabulibFile:
    return read_pabulib(text.splitlines(keepends=True), "small.pb")


def make_who(*, district: str | None = "01", proof: Proof = Proof.DECLARED) -> Who:
    """A resident who has no account: enough for services."""
    return Who(uuid4(), frozenset(), district, proof if district else None)


def make_person(*, district: str | None = "01", roles: Sequence[Role] = ()) -> Person:
    person = Person.objects.create_user(f"{uuid4().hex}@example.org", "a long pass phrase")
    if district:
        record_residency(person_id=person.id, district=district, proof=Proof.DECLARED, at=NOON)
    for role in roles:
        grant_role(person_id=person.id, role=role, at=NOON)
    return person


def who(person: Person) -> Who:
    found = who_is(Person.objects.get(id=person.id))
    assert found is not None
    return found


def draft(code: str, cost: int | None = 60, **more: object) -> ProjectDraft:
    return ProjectDraft(
        code=code,
        words={"ko": f"사업 {code}", "en": f"Project {code}"},
        cost=None if cost is None else Decimal(cost),
        **more,  # type: ignore[arg-type]
    )


def make_ballot(
    *,
    slug: str = "small",
    projects: Sequence[ProjectDraft] | None = None,
    budget: int = 100,
    is_open: bool = True,
    **more: object,
) -> Ballot:
    ballot = create_ballot(
        slug=slug,
        title={"ko": "작은 투표", "en": "A small ballot"},
        introduction={"ko": "골라 주세요.", "en": "Please choose."},
        currency="KRW",
        budget=Decimal(budget),
        at=NOON,
        projects=projects or [draft("P1", 60), draft("P2", 40), draft("P3", 50)],
        **more,  # type: ignore[arg-type]
    )
    return open_ballot(slug=slug, at=NOON) if is_open else ballot


def make_hearing(*, slug: str = "after", is_closed: bool = True) -> Hearing:
    hearing = create_hearing(
        slug=slug,
        title={"ko": "감염병 이후", "en": "After the pandemic"},
        introduction={},
        question={},
        at=NOON,
    )
    add_statement(
        slug=slug, words={"ko": "와이파이가 있어야 합니다.", "en": "There must be wifi."}, at=NOON
    )
    add_statement(
        slug=slug, words={"ko": "배움이 있어야 합니다.", "en": "There must be lessons."}, at=NOON
    )
    open_hearing(slug=slug, at=NOON)
    if is_closed:
        close_hearing(slug=slug, at=NOON + timedelta(days=1))
    return hearing


def make_plan(*, slug: str = "plan") -> Plan:
    office = city().offices[0].code
    return create_plan(
        slug=slug,
        title={"ko": "기본계획", "en": "The plan"},
        vision={"ko": "이어지는 도시", "en": "A connected city"},
        goals=(
            GoalDraft(
                code="connected",
                words={"ko": "이어지는 도시", "en": "Connected"},
                description={"ko": "모두를 잇습니다.", "en": "Connect everyone."},
                projects=(
                    PlanProjectDraft(
                        code="intake",
                        words={"ko": "시민이 뽑은 사업", "en": "Chosen by residents"},
                        office=office,
                        takes_winners=True,
                    ),
                    PlanProjectDraft(
                        code="lessons", words={"ko": "배움", "en": "Lessons"}, office=office
                    ),
                ),
            ),
            GoalDraft(code="caring", words={"ko": "돌보는 도시", "en": "Caring"}),
        ),
        at=NOON,
    )


def decided(*, ballot: str = "small", goal: str = "connected") -> DecidedBallot:
    return DecidedBallot(
        ballot=ballot,
        words={"ko": "작은 투표", "en": "A small ballot"},
        hearing="after",
        currency="KRW",
        projects=(
            Decided(
                project="P1",
                words={"ko": "무료 와이파이", "en": "Free wifi"},
                statement=0,
                funded=True,
                summary={"ko": "와이파이를 놓습니다.", "en": "Wifi for all."},
                cost=Decimal(60),
                goal=goal,
            ),
            Decided(
                project="P3", words={"ko": "카메라", "en": "Cameras"}, statement=1, funded=False
            ),
        ),
    )
