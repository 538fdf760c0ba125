"""Pages of the ballots block: for everyone, for residents who vote, for officials."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.decide.ballots import forms, queries, services
from madang.decide.ballots.forms import COMMITMENT_BADGES, REFUSALS, STATUS_BADGES
from madang.decide.ballots.models import Status
from madang.decide.ballots.rules import why_not_eligible, why_not_now
from madang.ground.city.card import city
from madang.ground.identity.access import May, Request, may
from madang.ground.identity.models import Proof
from madang.ground.words import said
from madang.listen.hearings.public import find_hearing, find_statements, list_hearings


@may(May.EVERYONE)
@require_safe
def ballots(request: Request) -> HttpResponse:
    """All ballots, open ones first; officials see drafts."""
    found = queries.list_rows(language=_language(), with_drafts=_sees_drafts(request))
    rows = [(row, *STATUS_BADGES[Status(row.status)]) for row in found]
    return render(request, "ballots/list.html", {"rows": rows, "stage": "decide"})


@may(May.EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: Request, slug: str) -> HttpResponse:
    """What is asked; for residents the ballot paper. A POST brings back a choice to be changed."""
    page = _ballot(request, slug)
    own = _own(request, slug)
    chosen = request.POST.getlist("project") if request.method == "POST" else own and own.codes
    page |= {"own": own, "chosen": chosen or [], "why_not": _why_not(request, page["ballot"])}
    return render(request, "ballots/ballot.html", page)


@may(May.RESIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, slug: str) -> HttpResponse:
    """Show a choice once more before it is cast."""
    page = _ballot(request, slug)
    chosen = set(request.POST.getlist("project"))
    rows = [project for project in page["ballot"].projects if project.code in chosen]
    if request.method != "POST":
        return redirect("ballots:ballot", slug)
    if not rows:
        messages.error(request, REFUSALS["nothing-chosen"])
        return redirect("ballots:ballot", slug)
    return render(request, "ballots/review.html", {**page, "chosen": rows})


@may(May.RESIDENT)
@require_POST
def cast(request: Request, slug: str) -> HttpResponse:
    """Take the ballot."""
    assert request.who is not None
    projects = request.POST.getlist("project")
    try:
        services.cast_ballot(slug=slug, who=request.who, projects=projects, at=timezone.now())
    except services.UnableToCast as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("ballots:ballot", slug)
    return redirect("ballots:receipt", slug)


@may(May.RESIDENT)
@require_safe
def receipt(request: Request, slug: str) -> HttpResponse:
    """What the resident has cast."""
    page, own = _ballot(request, slug), _own(request, slug)
    if own is None:
        return redirect("ballots:ballot", slug)
    rows = [project for project in page["ballot"].projects if project.code in own.codes]
    return render(request, "ballots/receipt.html", {**page, "own": own, "chosen": rows})


@may(May.EVERYONE)
@require_safe
def result(request: Request, slug: str) -> HttpResponse:
    """Who won, why, and how to check it."""
    page = _ballot(request, slug)
    shown = page["ballot"]
    if shown.status not in (Status.CLOSED, Status.COUNTED):
        return redirect("ballots:ballot", slug)
    stored = queries.stored_result(slug=slug)
    if stored is None:
        return render(request, "ballots/counting.html", page)
    page |= {
        "result": queries.result_page(shown, stored, _language()),
        "badges": COMMITMENT_BADGES,
    }
    return render(request, "ballots/result.html", page)


@may(May.EVERYONE)
@require_safe
def result_json(request: Request, slug: str) -> HttpResponse:
    """The result as it was stored, so that anyone can count again and compare."""
    _ballot(request, slug)
    stored = queries.stored_result(slug=slug)
    if stored is None:
        raise Http404
    return JsonResponse(stored, json_dumps_params={"ensure_ascii": False})


@may(May.EVERYONE)
@require_safe
def ballots_pb(request: Request, slug: str) -> HttpResponse:
    """Every ballot without a trace of who cast it, once voting is over."""
    _ballot(request, slug)
    text = queries.anonymous_ballots(slug=slug, language=_language())
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.pb"'
    return response


# For officials


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Start a draft, empty or from the statements of a hearing."""
    hearing = find_hearing(slug=request.GET.get("hearing", ""))
    statements = find_statements(hearing=hearing.slug) if hearing else []
    form = forms.BallotForm(request.POST or None, statements=statements)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_ballot(
                slug=form.cleaned_data["slug"],
                currency=city().currency,
                hearing=hearing.slug if hearing else "",
                projects=form.drafts(),
                **form.frame(),
            )
        except services.UnableToDraft as unable:
            form.add_error(None, REFUSALS[str(unable)])
        else:
            return redirect("ballots:run", made.slug)
    page = {"form": form, "hearing": hearing, "hearings": _hearings(), "stage": "decide"}
    return render(request, "ballots/new.html", page)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change a draft."""
    page = _ballot(request, slug)
    initial = forms.initial_of_ballot(page["ballot"])
    form = forms.BallotForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_ballot(slug=slug, **form.frame(), opens_at=page["ballot"].opens_at)
        except services.UnableToDraft as unable:
            form.add_error(None, REFUSALS[str(unable)])
        else:
            messages.success(request, _("Saved."))
            return redirect("ballots:run", slug)
    return render(request, "ballots/edit.html", {**page, "form": form})


@may(May.OFFICIAL)
@require_safe
def run(request: Request, slug: str) -> HttpResponse:
    """Everything an official does with a ballot, in one place."""
    page, goals = _ballot(request, slug), queries.goal_names(language=_language())
    rows = [(each, goals.get(each.goal, each.goal)) for each in page["ballot"].projects]
    return render(request, "ballots/run.html", {**page, "rows": rows})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def add_project(request: Request, slug: str) -> HttpResponse:
    """Put a project on a draft."""
    page = _ballot(request, slug)
    form = forms.ProjectForm(request.POST or None, **_offered(page["ballot"]))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_project(slug=slug, draft=form.draft(form.cleaned_data["code"]))
        except services.UnableToDraft as unable:
            form.add_error(None, REFUSALS[str(unable)])
        else:
            return redirect("ballots:run", slug)
    return render(request, "ballots/project.html", {**page, "form": form})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: Request, slug: str, place: int) -> HttpResponse:
    """Change a project of a draft, or take it off."""
    page = _ballot(request, slug)
    project = next((each for each in page["ballot"].projects if each.place == place), None)
    if project is None:
        raise Http404
    form = forms.ProjectForm(
        request.POST or None,
        initial=forms.initial_of_project(project),
        is_new=False,
        **_offered(page["ballot"]),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_project(slug=slug, code=project.code, draft=form.draft(project.code))
        except services.UnableToDraft as unable:
            form.add_error(None, REFUSALS[str(unable)])
        else:
            return redirect("ballots:run", slug)
    return render(request, "ballots/project.html", {**page, "form": form, "project": project})


@may(May.OFFICIAL)
@require_POST
def remove_project(request: Request, slug: str, place: int) -> HttpResponse:
    """Take a project off a draft."""
    page = _ballot(request, slug)
    codes = {each.place: each.code for each in page["ballot"].projects}
    try:
        services.remove_project(slug=slug, code=codes.get(place, ""))
    except services.UnableToDraft as unable:
        messages.error(request, REFUSALS[str(unable)])
    return redirect("ballots:run", slug)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: Request, slug: str) -> HttpResponse:
    """Say what opening means, and open."""
    page = _ballot(request, slug)
    if request.method != "POST":
        return render(request, "ballots/open.html", page)
    try:
        services.open_ballot(slug=slug, at=timezone.now())
    except services.UnableToOpen as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("ballots:run", slug)
    messages.success(request, _("The ballot is open."))
    return redirect("ballots:ballot", slug)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Request, slug: str) -> HttpResponse:
    """Say what closing means, and close."""
    page = _ballot(request, slug)
    if request.method != "POST":
        return render(request, "ballots/close.html", page)
    try:
        services.close_ballot(slug=slug, at=timezone.now())
    except services.UnableToClose as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("ballots:run", slug)
    messages.success(request, _("The ballot is closed and is being counted."))
    return redirect("ballots:result", slug)


# What pages share


def _language() -> str:
    return get_language() or "ko"


def _sees_drafts(request: Request) -> bool:
    return request.who is not None and request.who.is_official


def _ballot(request: Request, slug: str) -> dict[str, Any]:
    """Return what every page of one ballot shows. Raises Http404 where there is none to see."""
    found = queries.ballot_page(slug=slug, language=_language(), with_drafts=_sees_drafts(request))
    if found is None:
        raise Http404
    label, tone = STATUS_BADGES[Status(found.status)]
    return {
        "ballot": found,
        "status_label": label,
        "status_tone": tone,
        "now": timezone.now(),
        "stage": "decide",
    }


def _own(request: Request, slug: str) -> queries.OwnCast | None:
    if request.who is None:
        return None
    return queries.own_cast(slug=slug, voter=services.voter_of(who=request.who, ballot=slug))


def _why_not(request: Request, ballot: queries.BallotPage) -> Any:
    """Return in words why the resident who looks cannot vote now; None where they can."""
    who, now = request.who, timezone.now()
    if who is None or not who.is_resident or not ballot.takes_votes:
        return None
    code = why_not_now(
        opens_at=ballot.opens_at, closes_at=ballot.closes_at, at=now
    ) or why_not_eligible(
        eligibility=ballot.eligibility,
        asked_district=ballot.district,
        district=who.district,
        is_confirmed=who.proof == Proof.COUNTER,
    )
    return REFUSALS[code] if code else None


def _offered(ballot: queries.BallotPage) -> dict[str, Any]:
    """What a project can be filed under."""
    statements = find_statements(hearing=ballot.hearing) if ballot.hearing else []
    return {"statements": statements, "goals": queries.goal_names(language=_language())}


def _hearings() -> list[tuple[str, str]]:
    return [(each.slug, said(each.words, _language())) for each in list_hearings()]


app_name = "ballots"
urlpatterns = [
    path("", ballots, name="list"),
    path("new", new, name="new"),
    path("<slug:slug>/", ballot, name="ballot"),
    path("<slug:slug>/review", review, name="review"),
    path("<slug:slug>/cast", cast, name="cast"),
    path("<slug:slug>/receipt", receipt, name="receipt"),
    path("<slug:slug>/result", result, name="result"),
    path("<slug:slug>/result.json", result_json, name="result-json"),
    path("<slug:slug>/ballots.pb", ballots_pb, name="ballots-pb"),
    path("<slug:slug>/run", run, name="run"),
    path("<slug:slug>/edit", edit, name="edit"),
    path("<slug:slug>/projects/add", add_project, name="add-project"),
    path("<slug:slug>/projects/<int:place>", edit_project, name="edit-project"),
    path("<slug:slug>/projects/<int:place>/remove", remove_project, name="remove-project"),
    path("<slug:slug>/open", open_, name="open"),
    path("<slug:slug>/close", close, name="close"),
]
