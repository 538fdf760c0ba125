"""People, what they may do, and where they live."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from madang.ground.keeping.encrypted import EncryptedTextField
from madang.ground.keeping.personal import (
    LegalGround,
    Personal,
    after,
    declares,
    while_needed,
    with_account,
)
from madang.ground.words import marked as _

ACCOUNT = with_account(
    _("As long as you have an account; one that is not used for three years is erased")
)
ROLE = while_needed(_("As long as you have the role"))
SIGN_IN = while_needed(_("Until you sign out; at most two weeks"))
RESIDENCY = after(
    "proved_at",
    _("Two years after you said it or showed it, or until you give another or leave"),
    days=730,
)


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


@declares(
    Personal(
        field="email",
        holds=_("Your e-mail address"),
        purpose=_("To sign you in and to write to you about your account"),
        ground=LegalGround.CONSENT,
        keep=ACCOUNT,
    ),
    Personal(
        field="password",
        holds=_("Your password, as a hash from which it cannot be read"),
        purpose=_("To sign you in"),
        ground=LegalGround.CONSENT,
        keep=ACCOUNT,
    ),
    Personal(
        field="id",
        holds=_("A random number by which the city's programs know you"),
        purpose=_("To hold together what belongs to your account, and to make your stand-ins"),
        ground=LegalGround.CONSENT,
        keep=ACCOUNT,
    ),
    Personal(
        field="joined_at",
        holds=_("When you signed up"),
        purpose=_("To erase accounts that nobody uses any more"),
        ground=LegalGround.INTEREST,
        keep=ACCOUNT,
    ),
    Personal(
        field="last_login",
        holds=_("When you signed in last"),
        purpose=_("To erase accounts that nobody uses any more"),
        ground=LegalGround.INTEREST,
        keep=ACCOUNT,
    ),
    Personal(
        field="warned_at",
        holds=_("When the city wrote to you that you no longer use your account"),
        purpose=_("To erase accounts that nobody uses any more"),
        ground=LegalGround.INTEREST,
        keep=ACCOUNT,
    ),
)
class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())
    warned_at = models.DateTimeField(null=True)  # that the account is unused and will be erased

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = People()

    def __str__(self) -> str:
        return self.email


@declares(
    Personal(
        field="role",
        holds=_("Your role, if you work for the city or sit on its committee"),
        purpose=_("To let you into the pages of that role"),
        ground=LegalGround.TASK,
        keep=ROLE,
    ),
    Personal(
        field="person",
        holds=_("Whose role it is, and since when"),
        purpose=_("To let you into the pages of that role"),
        ground=LegalGround.TASK,
        keep=ROLE,
    ),
    impersonal="granted_at",
)
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


@declares(
    Personal(
        field="district",
        holds=_("The district you live in"),
        purpose=_("Only residents vote; some ballots are for one district"),
        ground=LegalGround.TASK,
        keep=RESIDENCY,
        facts="identity.residency-recorded.v1",
    ),
    Personal(
        field="proof",
        holds=_("How your district was shown: you said so, or a counter saw it"),
        purpose=_("Some ballots are for those whose district a counter saw"),
        ground=LegalGround.TASK,
        keep=RESIDENCY,
    ),
    Personal(
        field="person",
        holds=_("Who lives there, and since when the city knows"),
        purpose=_("Only residents vote; some ballots are for one district"),
        ground=LegalGround.TASK,
        keep=RESIDENCY,
    ),
    impersonal="proved_at",
)
class Residency(models.Model):
    """In which district a person lives: the code only, never an address."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="residency")
    district = EncryptedTextField(
        purpose="identity.residency", keep=RESIDENCY, bound_to=("person_id",)
    )
    proof = EncryptedTextField(
        choices=Proof.choices, purpose="identity.residency", keep=RESIDENCY, bound_to=("person_id",)
    )
    proved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id}"


@declares(
    Personal(
        field="session_data",
        holds=_("That you are signed in on a device"),
        purpose=_("So that you need not sign in on each page"),
        ground=LegalGround.CONSENT,
        keep=SIGN_IN,
    ),
    Personal(
        field="person",
        holds=_("Whose sign-in it is"),
        purpose=_("So that a new password ends the others, and leaving ends all"),
        ground=LegalGround.CONSENT,
        keep=SIGN_IN,
    ),
    impersonal="session_key expire_date",
)
class SignIn(AbstractBaseSession):
    """A visit that the browser holds the key of; whose it is, is a column and not only packed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sign_ins")
