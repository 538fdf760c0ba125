"""What people ask about their own data, and what officials answer."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from madang.ground.rights.looks import By
from madang.ground.rights.rules import LONGEST_WORDS, Kind, State

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KINDS = {
    Kind.CORRECT: _("Correct it"),
    Kind.ERASE: _("Erase it"),
    Kind.RESTRICT: _("Stop using it (object)"),
}
# Each state with the tone of its badge.
STATES = {
    State.OPEN: (_("Waits for an answer"), "waiting"),
    State.GRANTED: (_("Granted"), "done"),
    State.REFUSED: (_("Refused"), "stopped"),
    State.TAKEN_BACK: (_("Taken back"), "neutral"),
}
LOOKERS: dict[str, "StrPromise"] = {
    By.OFFICIAL.value: _("An official"),
    By.COMMITTEE.value: _("A member of the committee"),
    By.OPERATOR.value: _("An operator, in the city's shell"),
}
REFUSALS = {
    "no-such-kind": _("Choose what should be done."),
    "not-held": _("The city holds no such thing about you."),
    "no-words": _("Say what is wrong, or why it should stop."),
    "too-long": _("That is too long; say it in 1000 characters."),
    "too-many-open": _("You have many open requests; wait for an answer to one, or take one back."),
    "not-open": _("This request is closed already."),
    "no-reason": _("A refusal needs its reason."),
    "own-request": _("This is your own request; another official answers it."),
}
REFUSED_FIELDS = {"no-such-kind": "kind", "no-words": "words", "no-reason": "reason"}


class AskForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What should be done?"), widget=forms.RadioSelect, choices=list(KINDS.items())
    )
    words = forms.CharField(
        label=_("What is wrong, or why?"),
        help_text=_("Write no more about yourself than is needed."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea,
    )


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[("grant", _("Grant it")), ("refuse", _("Refuse it"))],
    )
    reason = forms.CharField(
        label=_("What was done, or the reason"),
        help_text=_("The person reads this. A refusal names the law it rests on."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea,
    )
