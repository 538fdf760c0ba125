"""What people fill in on ballots, and what each refusal means in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the stable codes of services and imports.
REFUSALS: dict[str, Promise] = {
    "slug-taken": _("There is a ballot at this address already. Choose another address."),
    "not-draft": _("The ballot has been opened. Its rule and its projects stay as they are."),
    "budget-not-positive": _("The budget must be more than zero."),
    "closes-before-it-opens": _("The ballot must close after it opens."),
    "no-such-hearing": _("There is no such hearing."),
    "no-such-statement": _("The hearing shows no statement with this number."),
    "code-taken": _("There is a project with this code already."),
    "cost-not-positive": _("A cost must be more than zero."),
    "no-projects": _("The ballot has no projects yet."),
    "cost-missing": _("Some projects have no cost yet."),
    "closes-in-the-past": _("The day on which the ballot closes is already over."),
    "not-open": _("The ballot is not open."),
    "not-yet-open": _("The ballot is not open yet."),
    "over": _("The time for voting is over."),
    "nobody-votes-here": _("This ballot was imported: only the votes that came with it count."),
    "no-residency": _("Only residents vote on this ballot. Tell us first where you live."),
    "other-district": _("Only residents of one district vote on this ballot."),
    "not-confirmed": _(
        "Only residents who have shown at a counter where they live vote on this ballot."
    ),
    "nothing-chosen": _("Choose at least one project."),
    "no-such-project": _("One of the projects chosen is not on this ballot."),
    "closed-already": _("The ballot is closed already."),
    "not-closed": _("The ballot has to be closed before it is counted."),
    "not-counted": _("The ballot has not been counted yet."),
    "another-rule": _("The same votes are here already, counted under another rule."),
    "points-cannot-be-added-to": _(
        "Voters of this file gave points or ranks, so residents cannot add approvals to it."
    ),
}
