"""What officials fill in on ballots, and what codes mean in words."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from madang.core.ballot.amount import as_text
from madang.core.ballot.rule import Completion, Method, Rule, Utility
from madang.decide.ballots.models import Status
from madang.decide.ballots.queries import BallotPage, ProjectRow
from madang.decide.ballots.rules import Eligibility, ProjectDraft
from madang.ground.address import ADDRESS, WHAT_AN_ADDRESS_IS
from madang.ground.city.card import city
from madang.ground.words import Words, said
from madang.listen.hearings.public import StatementCard
from madang.web.forms import AmountField, BilingualForm
from madang.web.languages import SpokenSelect, spoken

# What the services' codes mean to a person: what is wrong, and what to do.
REFUSALS = {
    "not-an-address": _(WHAT_AN_ADDRESS_IS),
    "slug-taken": _("Another ballot has this address; choose another."),
    "not-draft": _("This ballot has been opened, so its rule and its projects stay as they are."),
    "budget-not-positive": _("The budget must be more than zero."),
    "closes-before-it-opens": _("The ballot must close after it opens."),
    "no-such-hearing": _("There is no such hearing."),
    "no-such-statement": _("The hearing shows no statement with this number."),
    "code-taken": _("Another project on this ballot has this code; choose another."),
    "cost-not-positive": _("A cost must be more than zero."),
    "no-projects": _("Put at least one project on the ballot before you open it."),
    "cost-missing": _("Some projects have no cost yet. Enter it before you open the ballot."),
    "closes-in-the-past": _("The ballot would be over already; choose a later closing date."),
    "closes-too-late": _("This date is more than ten years away; check the year."),
    "not-open": _("This ballot is not open, so no votes are taken."),
    "not-yet-open": _("Voting has not begun yet."),
    "over": _("The time for voting is over."),
    "nobody-votes-here": _("This ballot was imported: only the votes that came with it count."),
    "no-residency": _("Only residents vote here. Tell us first in which district you live."),
    "other-district": _("Only residents of another district vote on this ballot."),
    "not-confirmed": _("To vote here, show first at a counter of the city where you live."),
    "nothing-chosen": _("Choose at least one project."),
    "no-such-project": _("A project that you chose is not on this ballot. Please choose again."),
    "closed-already": _("This ballot is closed already."),
    "not-closed": _("Close the ballot first; then it is counted."),
    "not-counted": _("This ballot has not been counted yet."),
    "another-rule": _("These votes are here already, under another counting rule."),
    "points-cannot-be-added-to": _(
        "The voters in this file gave points or ranks, so approvals cannot be added to them."
    ),
}
# Which field is at fault, where one is.
REFUSED_FIELDS = {
    "not-an-address": "slug",
    "slug-taken": "slug",
    "budget-not-positive": "budget",
    "closes-before-it-opens": "closes_at",
    "closes-in-the-past": "closes_at",
    "closes-too-late": "closes_at",
    "code-taken": "code",
    "cost-not-positive": "cost",
    "no-such-statement": "statement",
}
STATUS_BADGES = {
    Status.DRAFT: (_("Draft"), "waiting"),
    Status.OPEN: (_("Voting open"), "open"),
    Status.CLOSED: (_("Being counted"), "waiting"),
    Status.COUNTED: (_("Counted"), "done"),
}
COMMITMENT_BADGES = {
    "promised": (_("Promised"), "waiting"),
    "underway": (_("Under way"), "open"),
    "done": (_("Done, not verified yet"), "done"),
    "verified": (pgettext_lazy("commitment", "Verified"), "done"),
    "dropped": (_("Dropped"), "stopped"),
}
RULES = {
    "equal-shares": (
        Rule(Method.EQUAL_SHARES, Utility.COST, Completion.ADD1U),
        _("Equal shares: everyone has the same part of the budget (recommended)"),
    ),
    "greedy": (
        Rule(Method.GREEDY, Utility.COST),
        _("Most votes first, as long as the budget lasts"),
    ),
    "phragmen": (
        Rule(Method.PHRAGMEN, Utility.COST),
        _("Phragmén: supporters save up together, the quickest group first"),
    ),
}
ELIGIBILITIES = {
    Eligibility.DECLARED.value: _("Residents who have said where they live"),
    Eligibility.CONFIRMED.value: _("Residents who have shown at a counter where they live"),
}


class BallotForm(BilingualForm):
    slug = forms.RegexField(
        ADDRESS,
        label=_("Address"),
        help_text=_("Small Latin letters, digits and hyphens; it becomes part of the web address."),
        error_messages={"invalid": _(WHAT_AN_ADDRESS_IS)},
    )
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    introduction_ko = forms.CharField(
        label=_("Introduction in Korean"), widget=forms.Textarea(attrs={"rows": 5})
    )
    introduction_en = forms.CharField(
        label=_("Introduction in English"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    statements = forms.TypedMultipleChoiceField(
        label=_("Statements that become projects"),
        help_text=_("You enter the cost of each project on the next page."),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        required=False,
    )
    budget = AmountField(label=_("Budget"))
    rule = forms.ChoiceField(
        label=_("How votes are counted"),
        help_text=_("It cannot be changed once the ballot is open."),
        widget=forms.RadioSelect,
        choices=[(name, label) for name, (_rule, label) in RULES.items()],
        initial="equal-shares",
    )
    eligibility = forms.ChoiceField(
        label=_("Who may vote"),
        widget=forms.RadioSelect,
        choices=list(ELIGIBILITIES.items()),
        initial=Eligibility.DECLARED.value,
    )
    district = forms.ChoiceField(label=_("District"), required=False)
    closes_at = forms.DateTimeField(
        label=_("Closes on"),
        help_text=_("The ballot closes by itself at this time. You can close it earlier."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        statements: list[StatementCard] | None = None,
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ko"
        self._statements = {each.number: each for each in statements or []}
        if not is_new:
            del self.fields["slug"]  # an address that people know does not change
        if statements:
            picks = [(each.number, spoken(said(each.words, language))) for each in statements]
            _choices(self, "statements", picks)
        else:
            del self.fields["statements"]
        districts = [(each.code, said(each.words, language)) for each in city().districts]
        _choices(self, "district", [("", _("The whole city")), *districts])
        self.fields["budget"].help_text = _("In %(currency)s.") % {"currency": city().currency}

    def frame(self) -> dict[str, Any]:
        """Return what create_ballot and edit_ballot take alike."""
        told = self.cleaned_data
        return {
            "title": self.words("title"),
            "introduction": self.words("introduction"),
            "budget": told["budget"],
            "rule": RULES[told["rule"]][0],
            "eligibility": Eligibility(told["eligibility"]),
            "district": told["district"],
            "closes_at": told["closes_at"],
        }

    def drafts(self) -> list[ProjectDraft]:
        """Return a project for each statement picked, its cost still to come."""
        picked = [self._statements[number] for number in self.cleaned_data.get("statements", [])]
        return [
            ProjectDraft(
                code=f"P{place:02d}", words=dict(each.words), cost=None, statement=each.number
            )
            for place, each in enumerate(picked, 1)
        ]


class ProjectForm(BilingualForm):
    code = forms.CharField(
        label=_("Code"), help_text=_("Short, as in P01; it names the project."), max_length=20
    )
    title_ko = forms.CharField(label=_("Title in Korean"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    summary_ko = forms.CharField(
        label=_("What is done, in Korean"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    summary_en = forms.CharField(
        label=_("What is done, in English"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    cost = AmountField(label=_("Cost"))
    goal = forms.ChoiceField(
        label=_("Policy goal"),
        help_text=_("The plan's goal under which a winner is carried out."),
        widget=SpokenSelect,
        required=False,
    )
    statement = forms.TypedChoiceField(
        label=_("The statement that asked for it"),
        widget=SpokenSelect,
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        statements: list[StatementCard],
        goals: dict[str, str],
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ko"
        if not is_new:
            del self.fields["code"]
        kept = self.initial.get("goal") or ""  # perhaps one that no plan has told of
        named = list(({kept: kept} | goals if kept else goals).items())
        _choices(self, "goal", [("", _("None")), *named])
        asked = [(each.number, said(each.words, language)) for each in statements]
        if asked:
            _choices(self, "statement", [("", _("None")), *asked])
        else:
            del self.fields["statement"]

    def draft(self, code: str) -> ProjectDraft:
        told = self.cleaned_data
        return ProjectDraft(
            code=code,
            words=self.words("title"),
            summary=self.words("summary"),
            cost=told["cost"],
            goal=told["goal"],
            statement=told.get("statement"),
        )


def initial_of_ballot(ballot: BallotPage) -> dict[str, Any]:
    """Return what a BallotForm shows of a draft at first."""
    rule = next((name for name, (rule, _) in RULES.items() if rule.manifest() == ballot.rule), None)
    return {
        **_texts("title", ballot.words),
        **_texts("introduction", ballot.introduction_words),
        "budget": _decimal(ballot.exact_budget),
        "rule": rule,
        "eligibility": ballot.eligibility,
        "district": ballot.district,
        "closes_at": ballot.closes_at,
    }


def initial_of_project(project: ProjectRow) -> dict[str, Any]:
    """Return what a ProjectForm shows of a project at first."""
    return {
        **_texts("title", project.words),
        **_texts("summary", project.summary_words),
        "cost": _decimal(project.exact_cost) if project.cost else None,
        "goal": project.goal,
        "statement": project.statement,
    }


def _texts(name: str, words: Words) -> dict[str, str]:
    return {f"{name}_{code}": text for code, text in words.items()}


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(as_text(amount))


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
