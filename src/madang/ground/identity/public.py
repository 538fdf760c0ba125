"""The door: what blocks may know of a person. Frozen values, no rows."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from madang.ground.identity.models import Person, Proof, Residency, Role


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


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in, as far as a block behind its wall must know."""

    who: Who
    is_authenticated: bool = True


def who_is(user: AbstractBaseUser | AnonymousUser | Visitor) -> Who | None:
    """Return who is signed in, None for nobody. Two SQL queries beyond the session's."""
    if isinstance(user, Visitor):
        return user.who
    if not isinstance(user, Person) or not user.is_authenticated:
        return None
    roles = frozenset(Role(grant.role) for grant in user.role_grants.all())
    return who_of(user.id, roles, getattr(user, "residency", None))


def who_of(person_id: UUID, roles: frozenset[Role], residency: Residency | None) -> Who:
    """Return a person as blocks know them."""
    # Without its key a residency is erased, and whoever it was of lives nowhere yet.
    district, proof = (residency.district, residency.proof) if residency else ("", "")
    if not district or not proof:
        return Who(person_id, roles, None, None)
    return Who(person_id, roles, district, Proof(proof))


def address_of(*, person_id: UUID) -> str | None:
    """Return a person's e-mail address, to write to them; None for who left. One SQL query."""
    return Person.objects.filter(id=person_id).values_list("email", flat=True).first()
