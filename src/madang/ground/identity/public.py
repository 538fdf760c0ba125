"""The door: what blocks may know of a person. Frozen values, no rows."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from madang.ground.identity.models import Person, Proof, Role


@dataclass(frozen=True)
class Who:
    """The person behind a request. `district` is None for someone who is no resident."""

    person_id: UUID
    roles: frozenset[Role]
    district: str | None
    proof: Proof | None

    @property
    def is_resident(self) -> bool:
        return self.district is not None

    @property
    def is_official(self) -> bool:
        return Role.OFFICIAL in self.roles


def who_is(user: AbstractBaseUser | AnonymousUser) -> Who | None:
    """Return who is signed in, None for nobody. Two SQL queries beyond the session's."""
    if not isinstance(user, Person) or not user.is_authenticated:
        return None
    roles = frozenset(Role(grant.role) for grant in user.role_grants.all())
    residency = getattr(user, "residency", None)
    if residency is None:
        return Who(user.id, roles, None, None)
    return Who(user.id, roles, residency.district, Proof(residency.proof))


def address_of(*, person_id: UUID) -> str | None:
    """Return a person's e-mail address, to write to them; None for who left. One SQL query."""
    return Person.objects.filter(id=person_id).values_list("email", flat=True).first()
