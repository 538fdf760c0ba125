"""What officials say of a commitment, and what codes mean in words."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from madang.decide.plan.models import Status
from madang.decide.plan.queries import CommitmentPage, CommitmentRow
from madang.decide.plan.rules import CommitmentDraft
from madang.ground.city.card import city
from madang.ground.words import said
from madang.web.forms import AmountField
from madang.web.languages import SpokenSelect

# What the services' codes mean to a person: what is wrong, and what to do.
REFUSALS = {
    "unknown-office": _("The city has no such office; choose one of the list."),
    "budget-not-positive": _("A budget must be more than zero; leave it empty if there is none."),
    "start-too-far": _("This date is more than thirty years away; check the year."),
    "end-too-far": _("This date is more than thirty years away; check the year."),
    "ends-before-it-starts": _("The end must not be before the start."),
    "unknown-status": _("Choose one of the statuses."),
    "not-measured": _("Only a measurement verifies a commitment; say that it is done instead."),
    "no-reason": _("Say why it is dropped or goes back a step; everyone can read it."),
    "nothing-changed": _("Nothing was changed."),
    "no-such-project": _("There is no such project."),
    "another-plan": _("A commitment stays in its plan."),
}
# Which field is at fault, where one is.
REFUSED_FIELDS = {
    "unknown-office": "office",
    "budget-not-positive": "budget",
    "start-too-far": "starts_on",
    "end-too-far": "ends_on",
    "ends-before-it-starts": "ends_on",
    "unknown-status": "status",
    "not-measured": "status",
    "no-reason": "note",
}
# What an office says of its own work; that it is verified only a measurement says.
OFFICES_SAY = (Status.PROMISED, Status.UNDERWAY, Status.DONE, Status.DROPPED)
STATUS_BADGES = {
    Status.PROMISED.value: (_("Promised"), "waiting"),
    Status.UNDERWAY.value: (_("Under way"), "open"),
    Status.DONE.value: (_("Done, not verified yet"), "done"),
    Status.VERIFIED.value: (pgettext_lazy("commitment", "Verified"), "done"),
    Status.DROPPED.value: (_("Dropped"), "stopped"),
}
FIELD_NAMES = {
    "office": _("Owner"),
    "partners": _("Partners"),
    "budget": _("Budget"),
    "starts_on": _("Start"),
    "ends_on": _("End"),
    "project": _("Project"),
}
EXPORT_COLUMNS = [
    *("commitment", "title", "summary", "status", "office", "office_name", "partners"),
    *("budget", "currency", "starts_on", "ends_on", "made_at", "supporters", "origin"),
]


def offices() -> list[tuple[str, str]]:
    """Return code and name of each office of the city, in the reader's language."""
    language = get_language() or "ko"
    return [(each.code, said(each.words, language)) for each in city().offices]


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Search by word"), required=False)
    office = forms.ChoiceField(label=_("Owner"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "office", [("", _("All")), *offices()])
        statuses = [(code, label) for code, (label, _tone) in STATUS_BADGES.items()]
        _choices(self, "status", [("", _("All")), *statuses])


class CommitmentForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"))
    office = forms.ChoiceField(label=_("Owner"))
    partners = forms.CharField(
        label=_("Partners"),
        help_text=_("Who else takes part: offices, firms, schools, residents' groups."),
        max_length=500,
        required=False,
    )
    budget = AmountField(label=_("Budget"), required=False)
    starts_on = forms.DateField(
        label=_("Start"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    ends_on = forms.DateField(
        label=_("End"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    note = forms.CharField(
        label=_("What happened"),
        help_text=_(
            "Everyone can read it in the history. Needed where a commitment is dropped or goes "
            "back a step."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "office", offices())
        now = self.initial.get("status")
        statuses = [
            (code, label)
            for code, (label, _tone) in STATUS_BADGES.items()
            if code in (now, *OFFICES_SAY)
        ]
        _choices(self, "status", statuses)

    def draft(self) -> CommitmentDraft:
        told = {name: self.cleaned_data[name] for name in self.fields if name != "note"}
        return CommitmentDraft(**told)


class MoveForm(forms.Form):
    project = forms.TypedChoiceField(label=_("Project"), coerce=int, widget=SpokenSelect)

    def __init__(self, *args: Any, page: CommitmentPage, **kwargs: Any) -> None:
        kwargs["initial"] = {"project": page.commitment.project}
        super().__init__(*args, **kwargs)
        _choices(self, "project", list(page.places))


def initial_of(page: CommitmentPage) -> dict[str, Any]:
    """Return what a CommitmentForm shows at first."""
    row = page.commitment
    return {
        "status": row.status,
        "office": row.office,
        "partners": row.partners,
        "budget": row.plain_budget,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }


def export_row(row: CommitmentRow) -> dict[str, str | int | None]:
    """Return a commitment as the data exports write it: plain values, dates as ISO 8601."""
    return {
        "commitment": row.id,
        "title": row.title,
        "summary": row.summary,
        "status": row.status,
        "office": row.office,
        "office_name": row.office_name,
        "partners": row.partners,
        "budget": row.plain_budget,
        "currency": row.currency,
        "starts_on": row.starts_on.isoformat() if row.starts_on else None,
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "made_at": row.made_at.isoformat(),
        "supporters": row.supporters,
        "origin": row.origin,
    }


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
