"""Pages of the plan: for everyone, and for the officials who carry it out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.decide.plan import forms, queries, services
from madang.decide.plan.forms import FIELD_NAMES, REFUSALS, REFUSED_FIELDS, STATUS_BADGES
from madang.ground.identity.access import May, Request, may
from madang.ground.words import said
from madang.web.downloads import open_data_csv
from madang.web.forms import refuse
from madang.web.languages import spoken


@may(May.EVERYONE)
@require_safe
def plan(request: Request, slug: str | None = None) -> HttpResponse:
    """A plan from its vision down to its commitments; searched and filtered."""
    form = forms.FilterForm(request.GET or None)
    chosen = _filter(form)
    found = queries.plan_page(language=_language(), slug=slug, chosen=chosen)
    if found is None and slug is not None:
        raise Http404
    page = {"plan": found, "form": form, "chosen": chosen, "badges": STATUS_BADGES}
    return render(request, "plan/plan.html", {**page, "stage": "decide"})


@may(May.EVERYONE)
@require_safe
def commitment(request: Request, number: int) -> HttpResponse:
    """One commitment: why it was made, who carries it out, how it went so far."""
    found = _commitment(number)
    changes = [
        (
            each,
            *STATUS_BADGES[each.status],
            [(FIELD_NAMES.get(name, name), *rest) for name, *rest in each.fields],
        )
        for each in found.changes
    ]
    page = {"page": found, "row": found.commitment, "changes": changes, "steps": _steps_up(found)}
    return render(request, "plan/commitment.html", {**page, **_badge(found), "stage": "decide"})


@may(May.EVERYONE)
@require_safe
def because_statement(request: Request, hearing: str, number: int) -> HttpResponse:
    """What became of one sentence: ballot, commitment, status."""
    found = queries.sentence_page(hearing=hearing, number=number, language=_language())
    if found is None:
        raise Http404
    page = {"page": found, "chains": [_steps_down(found, each) for each in found.decisions]}
    page["start"] = _sentence_steps(found)
    return render(request, "plan/sentence.html", {**page, "stage": "decide"})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    """Say how a commitment goes."""
    found = _commitment(number)
    form = forms.CommitmentForm(request.POST or None, initial=forms.initial_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_commitment(
                commitment=number,
                draft=form.draft(),
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
        except services.UnableToUpdate as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            messages.success(request, _("Saved."))
            return redirect("plan:commitment", number)
    page = {
        "page": found,
        "row": found.commitment,
        "form": form,
        "move": forms.MoveForm(page=found),
    }
    return render(request, "plan/edit.html", {**page, **_badge(found), "stage": "decide"})


@may(May.OFFICIAL)
@require_POST
def move(request: Request, number: int) -> HttpResponse:
    """Put a commitment under another project."""
    form = forms.MoveForm(request.POST, page=_commitment(number))
    if not form.is_valid():
        messages.error(request, REFUSALS["no-such-project"])
        return redirect("plan:edit", number)
    there = form.cleaned_data["project"]
    try:
        services.move_commitment(commitment=number, project=there, note="", at=timezone.now())
    except services.UnableToMove as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("plan:edit", number)
    return redirect("plan:commitment", number)


@may(May.EVERYONE)
@require_safe
def commitments_csv(request: Request) -> HttpResponse:
    """Every commitment that the filter lets, a row each."""
    rows = (forms.export_row(each).values() for each in _exported(request))
    return open_data_csv(
        dataset="plan.commitments",
        name="commitments.csv",
        header=forms.EXPORT_COLUMNS,
        rows=rows,
    )


@may(May.EVERYONE)
@require_safe
def commitments_json(request: Request) -> HttpResponse:
    """Every commitment that the filter lets."""
    rows = [forms.export_row(each) for each in _exported(request)]
    return JsonResponse({"commitments": rows}, json_dumps_params={"ensure_ascii": False})


# What pages share


def _language() -> str:
    return get_language() or "ko"


def _filter(form: forms.FilterForm) -> queries.Filter:
    if not form.is_valid():
        return queries.Filter()
    told = form.cleaned_data
    return queries.Filter(words=told["q"].strip(), office=told["office"], status=told["status"])


def _exported(request: Request) -> list[queries.CommitmentRow]:
    chosen = _filter(forms.FilterForm(request.GET or None))
    return queries.list_commitments(language=_language(), chosen=chosen)


def _commitment(number: int) -> queries.CommitmentPage:
    found = queries.commitment_page(commitment=number, language=_language())
    if found is None:
        raise Http404
    return found


def _badge(page: queries.CommitmentPage) -> dict[str, Any]:
    label, tone = STATUS_BADGES[page.commitment.status]
    return {"status_label": label, "status_tone": tone}


def _steps_up(page: queries.CommitmentPage) -> list[dict[str, Any]]:
    """The chain from a commitment back to the sentence that asked for it."""
    label, _tone = STATUS_BADGES[page.commitment.status]
    steps: list[dict[str, Any]] = [
        {
            "stage": "act",
            "kind": _("Commitment"),
            "title": page.commitment.title,
            "note": label,
            "current": True,
        }
    ]
    steps += [_reason_step(each, page) for each in page.because if each.kind != "statement"]
    if page.hearing:
        title = said(page.hearing.words, _language())
        steps.append(
            {"stage": "listen", "kind": _("Hearing"), "title": title, "url": page.hearing.url}
        )
    for reason in page.because:
        if reason.kind == "statement" and page.statement:
            steps.append(_reason_step(reason, page))
    return steps


def _reason_step(reason: queries.ReasonRow, page: queries.CommitmentPage) -> dict[str, Any]:
    if reason.kind == "ballot":
        url = reverse("ballots:result", args=[reason.ballot])
        is_unasked = page.commitment.supporters == 0
        won = _("Project %(code)s was funded without a vote for it")
        note = (won if is_unasked else _("Project %(code)s won")) % {"code": reason.project}
        kind = _("Ballot result")
        return {"stage": "decide", "kind": kind, "title": reason.text, "url": url, "note": note}
    if reason.kind == "statement":
        url = reverse("plan:because-statement", args=[reason.hearing, reason.statement])
        kind = _("The sentence that asked for it")
        return {"stage": "listen", "kind": kind, "title": reason.text, "url": url}
    return {"stage": "decide", "kind": _("Advice"), "title": reason.text}


def _sentence_steps(page: queries.SentencePage) -> list[dict[str, Any]]:
    return [
        {"stage": "listen", "kind": _("Sentence"), "title": page.text, "current": True},
        {
            "stage": "listen",
            "kind": _("Hearing"),
            "title": page.hearing_title,
            "url": page.hearing.url,
        },
    ]


def _steps_down(page: queries.SentencePage, each: queries.Decision) -> list[dict[str, Any]]:
    """The chain from a sentence through one ballot to what the city does."""
    outcome = (
        _("Its project “{title}” was funded")
        if each.funded
        else _("Its project “{title}” was not funded")
    )
    steps = [
        *_sentence_steps(page),
        {
            "stage": "decide",
            "kind": _("Ballot result"),
            "title": each.ballot_title,
            "url": reverse("ballots:result", args=[each.ballot]),
            "note": format_html(outcome, title=spoken(each.title)),
        },
    ]
    if each.commitment:
        label, _tone = STATUS_BADGES[each.commitment.status]
        url = reverse("plan:commitment", args=[each.commitment.id])
        made = {"stage": "act", "kind": _("Commitment"), "title": each.commitment.title}
        steps.append({**made, "url": url, "note": label})
    return steps


app_name = "plan"
urlpatterns = [
    path("", plan, name="plan"),
    path("plans/<slug:slug>/", plan, name="plan-of"),
    path("commitments.csv", commitments_csv, name="csv"),
    path("commitments.json", commitments_json, name="json"),
    path("commitments/<int:number>/", commitment, name="commitment"),
    path("commitments/<int:number>/edit", edit, name="edit"),
    path("commitments/<int:number>/move", move, name="move"),
    path(
        "because/hearing/<slug:hearing>/<int:number>", because_statement, name="because-statement"
    ),
]
