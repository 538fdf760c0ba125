"""Worlds for tests: made through the blocks' own services, with sensible texts."""

from datetime import UTC, datetime
from uuid import uuid4

from madang.ground.identity.models import Person, Proof, Role
from madang.ground.identity.services import grant_role, record_residency
from madang.listen.hearings.models import Hearing
from madang.listen.hearings.services import add_statement, create_hearing, open_hearing

NOW = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)  # 2020. 5. 21.(목) 15:00 in Seoul


def make_person(
    *, email: str = "", district: str | None = None, role: Role | None = None
) -> Person:
    person = Person.objects.create_user(email or f"{uuid4().hex}@daon.example", "long enough 1")
    if district is not None:
        record_residency(person_id=person.id, district=district, proof=Proof.DECLARED, at=NOW)
    if role is not None:
        grant_role(person_id=person.id, role=role, at=NOW)
    return person


def make_resident(*, email: str = "", district: str = "01") -> Person:
    return make_person(email=email, district=district)


def make_official(*, email: str = "") -> Person:
    return make_person(email=email, role=Role.OFFICIAL)


def make_draft_hearing(*, slug: str = "after", statements: int = 3) -> Hearing:
    hearing = create_hearing(
        slug=slug,
        title={"ko": "감염병 이후", "en": "After the pandemic"},
        introduction={"ko": "함께 생각합니다.", "en": "We think together."},
        question={"ko": "무엇이 필요합니까?", "en": "What do we need?"},
        at=NOW,
    )
    for n in range(statements):
        words = {"ko": f"의견 {n}번입니다.", "en": f"This is statement {n}."}
        add_statement(slug=slug, words=words, at=NOW)
    return hearing


def make_open_hearing(*, slug: str = "after", statements: int = 3) -> Hearing:
    make_draft_hearing(slug=slug, statements=statements)
    return open_hearing(slug=slug, at=NOW)
