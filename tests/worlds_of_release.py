"""Files to publish, and what an official asks for."""

from uuid import uuid4

from madang.ground.release.candidate import fingerprint
from madang.ground.release.noisy import NoisyAsked, Statistic
from madang.ground.release.price import price_of
from madang.ground.release.records import RecordsAsked
from madang.ground.release.services import grant_budget, publish_release
from madang.ground.release.tables import TableAsked
from makers import NOW, make_official

DATASET = "hearings.votes"
# Eight people in two districts: two women of 34 and 35 in the north stand alone.
PEOPLE = """\
person,age,sex,district,answer
p1,34,f,north,yes
p2,35,f,north,no
p3,51,m,north,yes
p4,51,m,north,no
p5,62,f,south,yes
p6,62,f,south,no
p7,23,m,south,yes
p8,23,m,south,no
"""
RECORDS = RecordsAsked(quasi=("age", "sex"), sensitive=("answer",), k=2, l=2)
TABLE = TableAsked(columns=("district", "answer"), fewest=3)
COUNTS = NoisyAsked(
    statistic=Statistic.COUNT,
    person="person",
    rows_a_person=1,
    micro_epsilon=500_000,
    group="district",
    categories=("north", "south", "west"),
)


def grant(*, epsilon="1", delta="0", dataset=DATASET, starts=None, ends=None):
    return grant_budget(
        dataset=dataset,
        starts=starts or NOW.date(),
        ends=ends or NOW.date().replace(year=NOW.year + 1),
        price=price_of(epsilon, delta),
        at=NOW,
    )


def publish(asked, *, content=PEOPLE, key=None, dataset=DATASET, tried=None, person=None):
    return publish_release(
        key=key or uuid4(),
        dataset=dataset,
        title="People of the hearing",
        asked=asked,
        name="people.csv",
        content=content.encode(),
        tried=fingerprint(asked, content.encode()) if tried is None else tried,
        person_id=(person or make_official()).id,
        at=NOW,
    )
