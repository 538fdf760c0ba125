"""The officials' desk for requests about personal data, and what its pages share with people's."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madang.ground.identity.access import May, Request, may
from madang.ground.rights import queries, services
from madang.ground.rights.forms import KINDS, REFUSALS, REFUSED_FIELDS, STATES, AnswerForm
from madang.ground.rights.held import declarations
from madang.ground.rights.looks import REQUEST, looks_at_people
from madang.ground.rights.models import Request as Asked
from madang.ground.rights.queries import RequestCard
from madang.ground.rights.rules import DAYS_TO_ANSWER, Kind, days_left


@may(May.OFFICIAL)
@never_cache
@require_safe
def waiting(request: Request) -> HttpResponse:
    """Open requests, those due first on top; nobody is named here."""
    now = timezone.now()
    rows = [
        (row, KINDS[row.kind], name_of(row.field), _left(row.due_on, now))
        for row in queries.list_waiting()
    ]
    return render(request, "rights/desk.html", {"rows": rows, "days": DAYS_TO_ANSWER})


@may(May.OFFICIAL)
@never_cache
@looks_at_people(REQUEST)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, request_id: UUID) -> HttpResponse:
    """One request with its person, which is noted and shown to them; grant or refuse it."""
    assert request.who is not None
    form = AnswerForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid() and _is_answered(request, request_id, form):
            return redirect("rights:desk")
        card, email, held = services.open_request(
            request_id=request_id, who=request.who, at=timezone.now(), language=language()
        )
    except Asked.DoesNotExist as missing:
        raise Http404 from missing
    own = card.person_id == request.who.person_id
    page = {**row_of(card), "email": email, "held": held, "form": form, "own": own}
    return render(request, "rights/answer.html", page)


def _is_answered(request: Request, request_id: UUID, form: AnswerForm) -> bool:
    assert request.who is not None
    try:
        services.answer(
            request_id=request_id,
            who=request.who,
            is_granted=form.cleaned_data["decision"] == "grant",
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except services.UnableToAnswer as unable:
        refuse(form, str(unable))
        return False
    messages.success(request, _("The person sees your answer on their page."))
    return True


# What all pages share


def row_of(card: RequestCard) -> dict[str, Any]:
    """Return a request with all that is said about it, ready to print."""
    label, tone = STATES[card.state]
    return {
        "card": card,
        "kind": KINDS[card.kind],
        "name": name_of(card.field),
        "label": label,
        "tone": tone,
        "left": _left(card.due_on, timezone.now()) if card.is_open else None,
        "is_objection": card.kind is Kind.RESTRICT,
    }


def name_of(field: str) -> str:
    """Return what a declared field holds, in words; the field itself where no room has it now."""
    for block, kept in declarations():
        for each in kept:
            if f"{block.name}.{each.name}" == field:
                return _(each.personal.holds)
    return field


def refuse(form: django_forms.Form, code: str) -> None:
    """Say on the form why a service refused it, beside the field at fault where there is one."""
    name = REFUSED_FIELDS.get(code)
    form.add_error(name if name in form.fields else None, REFUSALS[code])


def language() -> str:
    return (get_language() or "ko")[:2]


def _left(due: Any, now: Any) -> int:
    return days_left(due, at=now, zone=settings.TIME_ZONE)


urlpatterns = [
    path("desk", waiting, name="desk"),
    path("desk/<uuid:request_id>", answer, name="answer"),
]
