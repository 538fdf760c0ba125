"""The officials' desk of the ballots block, and what its pages share with everybody's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.decide.ballots import drafts, forms, queries, services
from madang.decide.ballots.forms import REFUSALS, REFUSED_FIELDS, STATUS_BADGES
from madang.decide.ballots.models import Status
from madang.ground.city.card import city
from madang.ground.identity.access import May, Request, may
from madang.ground.words import said
from madang.listen.hearings.public import find_hearing, find_statements, list_hearings
from madang.web.forms import refuse


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
                at=timezone.now(),
            )
        except services.UnableToDraft as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            return redirect("ballots:run", made.slug)
    page = {"form": form, "hearing": hearing, "hearings": _hearings(), "stage": "decide"}
    return render(request, "ballots/new.html", page)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change a draft."""
    page = shown_ballot(request, slug)
    initial = forms.initial_of_ballot(page["ballot"])
    form = forms.BallotForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_ballot(
                slug=slug,
                **form.frame(),
                opens_at=page["ballot"].opens_at,
                at=timezone.now(),
            )
        except services.UnableToDraft as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            messages.success(request, _("Saved."))
            return redirect("ballots:run", slug)
    return render(request, "ballots/edit.html", {**page, "form": form})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, slug: str) -> HttpResponse:
    """Say what deleting a draft means, and delete it."""
    page = shown_ballot(request, slug)
    if request.method != "POST":
        return render(request, "ballots/delete.html", page)
    try:
        drafts.delete_ballot(slug=slug)
    except services.UnableToDraft as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("ballots:run", slug)
    messages.success(request, _("The draft is deleted."))
    return redirect("ballots:list")


@may(May.OFFICIAL)
@require_safe
def run(request: Request, slug: str) -> HttpResponse:
    """Everything an official does with a ballot, in one place."""
    page, goals = shown_ballot(request, slug), queries.goal_names(language=language())
    rows = [(each, goals.get(each.goal, each.goal)) for each in page["ballot"].projects]
    return render(request, "ballots/run.html", {**page, "rows": rows})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def add_project(request: Request, slug: str) -> HttpResponse:
    """Put a project on a draft."""
    page = shown_ballot(request, slug)
    form = forms.ProjectForm(request.POST or None, **_offered(page["ballot"]))
    if request.method == "POST" and form.is_valid():
        try:
            drafts.add_project(slug=slug, draft=form.draft(form.cleaned_data["code"]))
        except services.UnableToDraft as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            return redirect("ballots:run", slug)
    return render(request, "ballots/project.html", {**page, "form": form})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: Request, slug: str, place: int) -> HttpResponse:
    """Change a project of a draft, or take it off."""
    page = shown_ballot(request, slug)
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
            drafts.edit_project(slug=slug, code=project.code, draft=form.draft(project.code))
        except services.UnableToDraft as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            return redirect("ballots:run", slug)
    return render(request, "ballots/project.html", {**page, "form": form, "project": project})


@may(May.OFFICIAL)
@require_POST
def remove_project(request: Request, slug: str, place: int) -> HttpResponse:
    """Take a project off a draft."""
    page = shown_ballot(request, slug)
    codes = {each.place: each.code for each in page["ballot"].projects}
    try:
        drafts.remove_project(slug=slug, code=codes.get(place, ""))
    except services.UnableToDraft as unable:
        messages.error(request, REFUSALS[str(unable)])
    return redirect("ballots:run", slug)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: Request, slug: str) -> HttpResponse:
    """Say what opening means, and open."""
    page = shown_ballot(request, slug)
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
    page = shown_ballot(request, slug)
    if request.method != "POST":
        return render(request, "ballots/close.html", page)
    try:
        services.close_ballot(slug=slug, at=timezone.now())
    except services.UnableToClose as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("ballots:run", slug)
    messages.success(request, _("The ballot is closed and is being counted."))
    return redirect("ballots:result", slug)


def _offered(ballot: queries.BallotPage) -> dict[str, Any]:
    """What a project can be filed under."""
    statements = find_statements(hearing=ballot.hearing) if ballot.hearing else []
    return {"statements": statements, "goals": queries.goal_names(language=language())}


def _hearings() -> list[tuple[str, str]]:
    return [(each.slug, said(each.words, language())) for each in list_hearings()]


# What all pages share


def language() -> str:
    return get_language() or "ko"


def sees_drafts(request: Request) -> bool:
    return request.who is not None and request.who.is_official


def shown_ballot(request: Request, slug: str) -> dict[str, Any]:
    """Return what every page of one ballot shows. Raises Http404 where there is none to see."""
    found = queries.ballot_page(slug=slug, language=language(), with_drafts=sees_drafts(request))
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


urlpatterns = [
    path("new", new, name="new"),
    path("<slug:slug>/run", run, name="run"),
    path("<slug:slug>/edit", edit, name="edit"),
    path("<slug:slug>/delete", delete, name="delete"),
    path("<slug:slug>/projects/add", add_project, name="add-project"),
    path("<slug:slug>/projects/<int:place>", edit_project, name="edit-project"),
    path("<slug:slug>/projects/<int:place>/remove", remove_project, name="remove-project"),
    path("<slug:slug>/open", open_, name="open"),
    path("<slug:slug>/close", close, name="close"),
]
