"""Pages of the ballots block: for everyone, and for residents who vote."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.decide.ballots import desk, queries, services
from madang.decide.ballots.desk import language, sees_drafts, shown_ballot
from madang.decide.ballots.forms import COMMITMENT_BADGES, REFUSALS, STATUS_BADGES
from madang.decide.ballots.models import Status
from madang.decide.ballots.rules import why_not_eligible, why_not_now
from madang.ground.identity.access import May, Request, may
from madang.ground.identity.models import Proof
from madang.ground.release.public import refuse_unless_record


@may(May.EVERYONE)
@require_safe
def ballots(request: Request) -> HttpResponse:
    """All ballots, open ones first; officials see drafts."""
    found = queries.list_rows(language=language(), with_drafts=sees_drafts(request))
    rows = [(row, *STATUS_BADGES[Status(row.status)]) for row in found]
    return render(request, "ballots/list.html", {"rows": rows, "stage": "decide"})


@may(May.EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: Request, slug: str) -> HttpResponse:
    """What is asked; for residents the ballot paper. A POST brings back a choice to be changed."""
    page = shown_ballot(request, slug)
    own = _own(request, slug)
    chosen = request.POST.getlist("project") if request.method == "POST" else own and own.codes
    page |= {"own": own, "chosen": chosen or [], "why_not": _why_not(request, page["ballot"])}
    return render(request, "ballots/ballot.html", page)


@may(May.RESIDENT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, slug: str) -> HttpResponse:
    """Show a choice once more before it is cast."""
    page = shown_ballot(request, slug)
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
@never_cache
@require_safe
def receipt(request: Request, slug: str) -> HttpResponse:
    """What the resident has cast."""
    page, own = shown_ballot(request, slug), _own(request, slug)
    if own is None:
        return redirect("ballots:ballot", slug)
    rows = [project for project in page["ballot"].projects if project.code in own.codes]
    return render(request, "ballots/receipt.html", {**page, "own": own, "chosen": rows})


@may(May.EVERYONE)
@require_safe
def result(request: Request, slug: str) -> HttpResponse:
    """Who won, why, and how to check it."""
    page = shown_ballot(request, slug)
    shown = page["ballot"]
    if shown.status not in (Status.CLOSED, Status.COUNTED):
        return redirect("ballots:ballot", slug)
    stored = queries.stored_result(slug=slug)
    if stored is None:
        return render(request, "ballots/counting.html", page)
    page |= {
        "result": queries.result_page(shown, stored, language()),
        "badges": COMMITMENT_BADGES,
    }
    return render(request, "ballots/result.html", page)


@may(May.EVERYONE)
@require_safe
def result_json(request: Request, slug: str) -> HttpResponse:
    """The result as it was stored, so that anyone can count again and compare."""
    shown_ballot(request, slug)
    stored = queries.stored_result(slug=slug)
    if stored is None:
        raise Http404
    return JsonResponse(stored, json_dumps_params={"ensure_ascii": False})


@may(May.EVERYONE)
@require_safe
def ballots_pb(request: Request, slug: str) -> HttpResponse:
    """Every ballot without a trace of who cast it, once voting is over."""
    shown_ballot(request, slug)
    refuse_unless_record(dataset="ballots.choices")
    text = queries.anonymous_ballots(slug=slug, language=language())
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.pb"'
    return response


# What pages share


def _own(request: Request, slug: str) -> queries.OwnCast | None:
    if request.who is None:
        return None
    voter = services.voter_of(person_id=request.who.person_id, ballot=slug)
    return queries.own_cast(slug=slug, voter=voter)


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


app_name = "ballots"
urlpatterns = [
    path("", ballots, name="list"),
    *desk.urlpatterns,
    path("<slug:slug>/", ballot, name="ballot"),
    path("<slug:slug>/review", review, name="review"),
    path("<slug:slug>/cast", cast, name="cast"),
    path("<slug:slug>/receipt", receipt, name="receipt"),
    path("<slug:slug>/result", result, name="result"),
    path("<slug:slug>/result.json", result_json, name="result-json"),
    path("<slug:slug>/ballots.pb", ballots_pb, name="ballots-pb"),
]
