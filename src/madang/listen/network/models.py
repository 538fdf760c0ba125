"""The register of the city's systems and of the trust between them, with all that it ever said.

A row says what held from one version of the register up to another, so that an import writes what
changed and nothing else, and every earlier version can be read again.
"""

from django.db import models
from django.db.models import F, Q

from madang.core.reach.csv_files import CODE
from madang.core.reach.network import Exposure, Kind, Trust
from madang.ground.keeping.personal import declares

# Plain texts, so that migrations hold no classes of ours.
KINDS, EXPOSURES, TRUSTS = ([each.value for each in of] for of in (Kind, Exposure, Trust))


@declares(impersonal="number source systems links added removed changed registered_at")
class Register(models.Model):
    """One version of the register: how large it was, and how much was new in it."""

    number = models.PositiveIntegerField(unique=True)  # from 1
    source = models.CharField(max_length=300)  # the names of the files it came from
    systems = models.PositiveIntegerField()
    links = models.PositiveIntegerField()
    added = models.PositiveIntegerField()  # systems and links together, as the next two
    removed = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)


@declares(impersonal="code")
class System(models.Model):
    """A system by its code, whatever is said of it."""

    code = models.CharField(max_length=40, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="a_system_has_a_code")
        ]

    def __str__(self) -> str:
        return self.code


@declares(
    impersonal="place name english kind exposure criticality office isolation_cost",
)
class State(models.Model):
    """What the register said of a system: `since` a version, `until` another; None: still."""

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="states")
    place = models.PositiveIntegerField()  # in the file
    name = models.CharField(max_length=100)
    english = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20)
    exposure = models.CharField(max_length=20)
    criticality = models.PositiveSmallIntegerField()
    office = models.CharField(max_length=60)  # code on the city's card
    isolation_cost = models.PositiveIntegerField(null=True)
    since = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    until = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system"], condition=Q(until=None), name="one_state_a_system"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="system_kind"),
            models.CheckConstraint(condition=Q(exposure__in=EXPOSURES), name="system_exposure"),
            models.CheckConstraint(condition=Q(criticality__lte=100), name="system_criticality"),
            models.CheckConstraint(
                condition=Q(isolation_cost=None) | Q(isolation_cost__gte=1),
                name="isolating_costs_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system_id} since {self.since_id}"


@declares(impersonal="place trust likelihood cost")
class Link(models.Model):
    """Who held one system could try another, `since` a version and `until` another; None: still."""

    source = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(System, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    trust = models.CharField(max_length=20)
    likelihood = models.FloatField(null=True)
    cost = models.PositiveIntegerField(null=True)
    since = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    until = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "trust"],
                condition=Q(until=None),
                name="one_link_of_a_trust",
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_link_leads_elsewhere"),
            models.CheckConstraint(condition=Q(trust__in=TRUSTS), name="link_trust"),
            models.CheckConstraint(
                condition=Q(likelihood=None) | Q(likelihood__gt=0, likelihood__lte=1),
                name="link_likelihood",
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=1), name="cutting_costs_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


@declares(impersonal="base systems_name systems links_name links sent_at")
class Draft(models.Model):
    """Two files that an official sent, until they are registered or thrown away."""

    base = models.PositiveIntegerField()  # the version they were compared with; 0: none
    systems_name = models.CharField(max_length=100)
    systems = models.TextField()
    links_name = models.CharField(max_length=100)
    links = models.TextField()
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"after {self.base}"
