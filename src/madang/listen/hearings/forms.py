"""What residents and officials write into a hearing, and the words they are answered with."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madang.ground.address import ADDRESS, WHAT_AN_ADDRESS_IS
from madang.listen.hearings.models import Status
from madang.listen.hearings.rules import LONGEST_STATEMENT, HearingPage, HearingRow
from madang.web.forms import BilingualForm

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# What the services' codes mean to a person: what is wrong, and what to do.
REFUSALS = {
    "not-an-address": _(WHAT_AN_ADDRESS_IS),
    "slug-taken": _("Another hearing has this address; choose another."),
    "not-draft": _("This hearing is no draft any more, so it cannot be changed."),
    "no-statements": _("Add at least one sentence before you open the hearing."),
    "closes-in-the-past": _("This date is past; choose a later closing date."),
    "closes-too-late": _("This date is more than ten years away; check the year."),
    "not-open": _("This hearing is not open, so nothing can be added to it."),
    "imported": _("This hearing was brought in from elsewhere, to be looked at."),
    "not-closed": _("Close the hearing first; then it can be answered."),
    "no-answer": _("Write the answer first."),
    "empty": _("Write a sentence first."),
    "turns-direction": _(
        "The sentence holds invisible marks that turn its letters around; type it anew."
    ),
    "too-long": _("That is too long for one sentence; 200 characters fit."),
    "too-many-waiting": _("Ten of your sentences wait for a moderator; write more after that."),
    "said-already": _("Someone has said just this already; vote on it instead."),
    "no-such-statement": _("This sentence is no longer shown; here is another one."),
    "not-a-vote": _("Choose agree, disagree or pass."),
    "no-reason": _("Say why the sentence is hidden; its author will read it."),
}
# To an official at the desk some say something else.
DESK_REFUSALS = REFUSALS | {
    "said-already": _("This sentence is in the hearing already."),
}
# Which field is at fault, where one is.
REFUSED_FIELDS = {
    "not-an-address": "slug",
    "slug-taken": "slug",
    "closes-in-the-past": "closes_at",
    "closes-too-late": "closes_at",
}
STATUS_TONES = {
    Status.DRAFT: "waiting",
    Status.OPEN: "open",
    Status.CLOSED: "stopped",
    Status.DECIDED: "done",
    Status.ANSWERED: "done",
}
STATUS_LABELS = {
    Status.DRAFT: _("Draft"),
    Status.OPEN: _("Open"),
    Status.CLOSED: _("Closed"),
    Status.DECIDED: _("Decided"),
    Status.ANSWERED: _("Answered"),
}
IMPORTED_LABEL = _("To look at")  # of an imported hearing, instead of "open"
# How a commitment goes, as the plan's events say it.
OUTCOME_BADGES = {
    "promised": (_("Promised"), "waiting"),
    "underway": (_("Under way"), "open"),
    "done": (_("Done, not verified yet"), "done"),
    "verified": (pgettext_lazy("commitment", "Verified"), "done"),
    "dropped": (_("Dropped"), "stopped"),
}


def badge_of(hearing: HearingRow | HearingPage) -> tuple["StrPromise", str]:
    """Return in words how the hearing stands, and the tone of its badge."""
    status = Status(hearing.status)
    if status == Status.OPEN and not hearing.takes_voices:
        return IMPORTED_LABEL, "neutral"
    return STATUS_LABELS[status], STATUS_TONES[status]


class SentenceForm(forms.Form):
    text = forms.CharField(
        label=_("Your sentence"),
        help_text=_("One idea that others can agree or disagree with. No names, no addresses."),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HearingForm(BilingualForm):
    slug = forms.RegexField(
        ADDRESS,
        label=_("Address"),
        help_text=_("Small Latin letters, digits and hyphens; it becomes part of the web address."),
        error_messages={"invalid": _(WHAT_AN_ADDRESS_IS)},
    )
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    question_ko = forms.CharField(label=_("Question in Korean"), max_length=300)
    question_en = forms.CharField(label=_("Question in English"), max_length=300, required=False)
    introduction_ko = forms.CharField(
        label=_("Introduction in Korean"), widget=forms.Textarea(attrs={"rows": 5})
    )
    introduction_en = forms.CharField(
        label=_("Introduction in English"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    closes_at = forms.DateTimeField(
        label=_("Closes on"),
        help_text=_("Residents are shown this date. Closing itself is a step you take."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["slug"]  # an address that people know does not change


class SeedForm(BilingualForm):
    text_ko = forms.CharField(label=_("Sentence in Korean"), max_length=LONGEST_STATEMENT)
    text_en = forms.CharField(
        label=_("Sentence in English"), max_length=LONGEST_STATEMENT, required=False
    )


class AnswerForm(BilingualForm):
    answer_ko = forms.CharField(
        label=_("The city's answer in Korean"), widget=forms.Textarea(attrs={"rows": 8})
    )
    answer_en = forms.CharField(
        label=_("The city's answer in English"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )
