"""Requests of people about their own data, and who looked at it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from madang.ground.identity.models import Person
from madang.ground.keeping.personal import LegalGround, Personal, declares, with_account
from madang.ground.rights.looks import By
from madang.ground.rights.rules import LONGEST_WORDS, Kind, State
from madang.ground.words import marked as _

REQUEST = with_account(_("Three years after the answer, or until you leave"))
LOOK = with_account(_("Two years, or until you leave"))


@declares(
    Personal(
        field="words",
        holds=_("What you asked about your own data, and the answer"),
        purpose=_("To answer you in time, and to show that we did"),
        ground=LegalGround.DUTY,
        keep=REQUEST,
    ),
    Personal(
        field="person",
        holds=_("That it is your request, about which field or thing, and how it went"),
        purpose=_("To answer you in time, and to show that we did"),
        ground=LegalGround.DUTY,
        keep=REQUEST,
    ),
    Personal(
        field="answered_by",
        holds=_("If you work for the city: which requests you answered, and how"),
        purpose=_("So that the city can ask you why"),
        ground=LegalGround.DUTY,
        keep=REQUEST,
    ),
    impersonal="id kind field thing language state asked_at due_on answer answered_at asked"
    " answered",
)
class Request(models.Model):
    """One request about one field, or one thing in it.

    field: as declared, with its room: "hearings.Statement.words"; thing: which of the person's in
    that field, as the room names it; "" where there is but one. asked, answered: in the outbox.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=100)
    thing = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    language = models.CharField(max_length=8)  # in which the person is told of the answer
    state = models.CharField(max_length=20, default=State.OPEN.value)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.CharField(max_length=LONGEST_WORDS, blank=True)
    answered_at = models.DateTimeField(null=True)
    # Who answered is shown as what they are, never by name.
    answered_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="answered_requests"
    )
    asked = models.BigIntegerField()
    answered = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="request_kind"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="request_state"),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, answered_at=None)
                | (~Q(state=State.OPEN) & Q(answered_at__isnull=False)),
                name="what_is_not_open_was_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REFUSED) | ~Q(answer=""), name="a_refusal_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "field", "thing"],
                condition=Q(state=State.OPEN),
                name="asked_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state=State.OPEN), name="open_by_due_day")
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.state}"


@declares(
    Personal(
        field="look",
        holds=_("Who of the city looked at your data, when and for what"),
        purpose=_("So that you can see it, and nobody looks without a reason"),
        ground=LegalGround.DUTY,
        keep=LOOK,
    ),
    Personal(
        field="person",
        holds=_("That the look was at your data"),
        purpose=_("So that you can see it, and nobody looks without a reason"),
        ground=LegalGround.DUTY,
        keep=LOOK,
    ),
    Personal(
        field="looker",
        holds=_("If you work for the city: whose data you looked at, and when"),
        purpose=_("So that the city can ask you why"),
        ground=LegalGround.DUTY,
        keep=LOOK,
    ),
    impersonal="by looked_at event",
)
class LookNote(models.Model):
    """Somebody of the city looked at a person's data. A trigger keeps these rows as they are.

    They go with the person they are about, or once they are old; who looked is forgotten when that
    person leaves. `by` says as what, and is all that is shown.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="look_notes")
    looker = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="looks_taken"
    )
    by = models.CharField(max_length=20)
    look = models.CharField(max_length=60)
    looked_at = models.DateTimeField()
    event = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(by__in=list(By)), name="looked_as_what")]
        indexes = [models.Index(fields=["person", "-looked_at"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.look} {self.by}"
