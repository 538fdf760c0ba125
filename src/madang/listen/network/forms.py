"""What officials ask of the map and send to the register, and the words for what is in it."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madang.core.reach.network import Exposure, Kind, Network, Trust
from madang.listen.network.queries import named
from madang.web.languages import SpokenSelect

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_CHOICES = 300  # in one list; more are typed as codes
MOST_PROTECTED = 12
LARGEST_FILE = 20_000_000  # bytes

REFUSALS = {
    "no-draft": _("These files are registered or thrown away already; send them again."),
    "changed-meanwhile": _(
        "Another version was registered since you looked; send the files again to see what they "
        "change now."
    ),
}
KINDS: "dict[Kind, StrPromise]" = {
    Kind.GATEWAY: pgettext_lazy("system", "Gateway"),
    Kind.DEVICE: pgettext_lazy("system", "Device"),
    Kind.VEHICLE: pgettext_lazy("system", "Vehicle"),
    Kind.SIGNAL: pgettext_lazy("system", "Signal"),
    Kind.OFFICE: pgettext_lazy("system", "Office network"),
    Kind.SERVICE: pgettext_lazy("system", "Public service"),
    Kind.SERVER: pgettext_lazy("system", "Server"),
}
EXPOSURES: "dict[Exposure, StrPromise]" = {
    Exposure.INTERNET: pgettext_lazy("exposure", "Internet"),
    Exposure.RADIO: pgettext_lazy("exposure", "Radio"),
    Exposure.PHYSICAL: pgettext_lazy("exposure", "Within reach of a hand"),
    Exposure.INSIDE: pgettext_lazy("exposure", "Inside only"),
}
TRUSTS: "dict[Trust, StrPromise]" = {
    Trust.CREDENTIAL: pgettext_lazy("trust", "credential"),
    Trust.NETWORK: pgettext_lazy("trust", "network"),
    Trust.DATA: pgettext_lazy("trust", "data"),
    Trust.PHYSICAL: pgettext_lazy("trust", "physical access"),
}


class MapForm(forms.Form):
    """Which system has fallen, what must be protected, and what may be spent."""

    broken = forms.CharField(
        label=_("Which system was broken into?"), max_length=40, required=False
    )
    protect = forms.MultipleChoiceField(
        label=_("What must not be reached?"),
        help_text=_("The cheapest cut before these systems is found."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    budget = forms.IntegerField(
        label=_("What may cutting cost?"),
        help_text=_("Then the cuts are found that keep most safe for that cost."),
        min_value=0,
        max_value=10**9,
        required=False,
    )

    def __init__(self, *args: object, network: Network, language: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.network = network
        if len(network.systems) <= MOST_CHOICES:
            systems = sorted((named(each, language), each.code) for each in network.systems)
            outside = ("", _("Anybody outside: all exposed systems at once"))
            self.fields["broken"].widget = SpokenSelect(
                choices=[outside, *((code, name) for name, code in systems)]
            )
        worst = sorted(network.systems, key=lambda each: (-each.criticality, each.code))
        protect = self.fields["protect"]
        assert isinstance(protect, forms.MultipleChoiceField), "a list of choices"
        protect.choices = [(each.code, named(each, language)) for each in worst[:MOST_PROTECTED]]

    def clean_broken(self) -> str:
        code: str = self.cleaned_data["broken"].strip()
        if code and code not in self.network.places:
            raise forms.ValidationError(_("No registered system has this code."))
        return code


class FilesForm(forms.Form):
    systems = forms.FileField(
        label=_("File of systems (CSV)"),
        help_text="code, name, name_en, kind, exposure, criticality, office, isolation_cost",
    )
    links = forms.FileField(
        label=_("File of links (CSV)"), help_text="from, to, trust, likelihood, cost"
    )

    def clean(self) -> None:
        for name in ("systems", "links"):
            file = self.cleaned_data.get(name)
            if file and file.size > LARGEST_FILE:
                self.add_error(name, _("This file is larger than 20 MB."))
