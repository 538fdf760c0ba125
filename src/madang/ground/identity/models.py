"""People, what they may do, and where they live."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now


class Role(models.TextChoices):
    """What a person may act as; every signed-in person with a residency is a resident."""

    OFFICIAL = "official"
    COMMITTEE = "committee"


class Proof(models.TextChoices):
    """How a residency was shown: the person said so, or showed it at a counter."""

    DECLARED = "declared"
    COUNTER = "counter"


class People(BaseUserManager["Person"]):
    """Makes people; the sign-in pages and `madang person add` both come through here."""

    def create_user(self, email: str, password: str | None = None) -> "Person":
        person = self.model(email=self.normalize_email(email).lower())
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = People()

    def __str__(self) -> str:
        return self.email


class RoleGrant(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="a_role_is_granted_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Residency(models.Model):
    """In which district a person lives: the code only, never an address."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="residency")
    district = models.CharField(max_length=20)
    proof = models.CharField(max_length=20, choices=Proof.choices)
    proved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(proof__in=Proof.values), name="known_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.district}"


class SignIn(AbstractBaseSession):
    """A visit that the browser holds the key of; whose it is, is a column and not only packed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sign_ins")
