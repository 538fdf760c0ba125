"""The officials' desk of the hearings block, and what its pages share with everybody's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from madang.ground.identity.access import May, Request, may
from madang.listen.hearings import drafts, forms, queries, services
from madang.listen.hearings.forms import (
    DESK_REFUSALS,
    REFUSALS,
    REFUSED_FIELDS,
    badge_of,
)
from madang.listen.hearings.models import Hearing, Moderation, Statement
from madang.web.forms import refuse, sent_number


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Start a draft."""
    form = forms.HearingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_hearing(
                slug=form.cleaned_data["slug"], **_texts(form), at=timezone.now()
            )
        except services.UnableToCreateHearing as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            return redirect("hearings:run", made.slug)
    return render(request, "hearings/edit.html", {"form": form, "stage": "listen"})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, slug: str) -> HttpResponse:
    """Change a draft."""
    initial = queries.edit_texts(slug=slug)
    if initial is None:
        raise Http404
    form = forms.HearingForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_hearing(slug=slug, **_texts(form), at=timezone.now())
        except services.UnableToMove as unable:
            refuse(form, str(unable), REFUSALS, REFUSED_FIELDS)
        else:
            messages.success(request, _("Saved."))
            return redirect("hearings:run", slug)
    return render(request, "hearings/edit.html", {**shown_hearing(request, slug), "form": form})


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, slug: str) -> HttpResponse:
    """Say what deleting a draft means, and delete it."""
    page = shown_hearing(request, slug)
    if request.method != "POST":
        return render(request, "hearings/delete.html", page)
    try:
        drafts.delete_hearing(slug=slug, at=timezone.now())
    except services.UnableToMove as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("hearings:run", slug)
    messages.success(request, _("The draft is deleted."))
    return redirect("hearings:list")


@may(May.OFFICIAL)
@require_safe
def open_(request: Request, slug: str) -> HttpResponse:
    """Say what opening means; the step itself opens."""
    return render(request, "hearings/open.html", shown_hearing(request, slug))


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_statement(request: Request, slug: str, number: int) -> HttpResponse:
    """Change a sentence of a draft."""
    initial = queries.sentence_texts(slug=slug, number=number)
    if initial is None:
        raise Http404
    form = forms.SeedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.edit_statement(slug=slug, number=number, words=form.words("text"))
        except (services.UnableToMove, services.UnableToSpeak) as unable:
            form.add_error(None, DESK_REFUSALS[str(unable)])
        else:
            messages.success(request, _("Saved."))
            return redirect("hearings:run", slug)
    page = {**shown_hearing(request, slug), "form": form, "number": number}
    return render(request, "hearings/edit_statement.html", page)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_statement(request: Request, slug: str, number: int) -> HttpResponse:
    """Take a sentence out of a draft."""
    if request.method != "POST":
        return redirect("hearings:edit-statement", slug, number)
    try:
        drafts.remove_statement(slug=slug, number=number, at=timezone.now())
    except services.UnableToMove as unable:
        messages.error(request, REFUSALS[str(unable)])
    except Hearing.DoesNotExist as missing:
        raise Http404 from missing
    return redirect("hearings:run", slug)


@may(May.OFFICIAL)
@require_safe
def run(request: Request, slug: str) -> HttpResponse:
    """The official's desk: what waits, what can be done next."""
    return _desk(request, slug)


def _desk(request: Request, slug: str, step: str = "") -> HttpResponse:
    """The desk, with what was typed for a step that did not go through."""
    rows = queries.list_for_the_desk(slug=slug, language=language())
    texts = queries.edit_texts(slug=slug)
    page = {
        **shown_hearing(request, slug),
        "rows": sorted(rows, key=lambda row: row.moderation != Moderation.WAITING),
        "seed": forms.SeedForm(request.POST if step == "add" else None),
        "answer": forms.AnswerForm(request.POST if step == "answer" else None, initial=texts),
    }
    return render(request, "hearings/run.html", page)


@may(May.OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Request, slug: str, step: str) -> HttpResponse:
    """One step of an official: open, close, answer, add a sentence, moderate one.

    A step that is refused shows the desk at this address; to come back to it leads to the desk.
    """
    if step not in _STEPS:
        raise Http404
    if request.method != "POST":
        return redirect("hearings:run", slug)
    try:
        _STEPS[step](request, slug)
        messages.success(request, _("Done."))
    except (services.UnableToMove, services.UnableToSpeak, services.UnableToModerate) as unable:
        messages.error(request, DESK_REFUSALS[str(unable)])
        return _desk(request, slug, step)
    except (Hearing.DoesNotExist, Statement.DoesNotExist) as missing:
        raise Http404 from missing
    return redirect("hearings:run", slug)


def _open(request: Request, slug: str) -> None:
    services.open_hearing(slug=slug, at=timezone.now())


def _close(request: Request, slug: str) -> None:
    services.close_hearing(slug=slug, at=timezone.now())


def _answer(request: Request, slug: str) -> None:
    form = forms.AnswerForm(request.POST)
    answer = form.words("answer") if form.is_valid() else {}
    services.answer_hearing(slug=slug, answer=answer, at=timezone.now())


def _seed(request: Request, slug: str) -> None:
    form = forms.SeedForm(request.POST)
    if not form.is_valid():
        raise services.UnableToSpeak("empty" if not request.POST.get("text_ko") else "too-long")
    services.add_statement(slug=slug, words=form.words("text"), at=timezone.now())


def _moderate(request: Request, slug: str) -> None:
    services.moderate_statement(
        slug=slug,
        number=sent_number(request.POST.get("statement")),
        moderation=Moderation.HIDDEN if request.POST.get("hide") else Moderation.SHOWN,
        reason=request.POST.get("reason", "")[:300],
        at=timezone.now(),
    )


_STEPS = {"open": _open, "close": _close, "answer": _answer, "add": _seed, "moderate": _moderate}


def _texts(form: forms.HearingForm) -> dict[str, Any]:
    names = ("title", "introduction", "question")
    return {name: form.words(name) for name in names} | {
        "closes_at": form.cleaned_data["closes_at"]
    }


# What all pages share


def shown_hearing(request: Request, slug: str) -> dict[str, Any]:
    """What every page of a hearing shows on top; a draft is there for officials only."""
    found = queries.hearing_page(slug=slug, language=language(), with_drafts=sees_drafts(request))
    if found is None:
        raise Http404
    label, tone = badge_of(found)
    return {
        "hearing": found,
        "status_label": label,
        "status_tone": tone,
        "now": timezone.now(),
        "stage": "listen",
    }


def sees_drafts(request: Request) -> bool:
    return request.who is not None and request.who.is_official


def language() -> str:
    return (get_language() or "ko")[:2]


urlpatterns = [
    path("new", new, name="new"),
    path("<slug:slug>/run", run, name="run"),
    path("<slug:slug>/edit", edit, name="edit"),
    path("<slug:slug>/delete", delete, name="delete"),
    path("<slug:slug>/open", open_, name="open"),
    path("<slug:slug>/statements/<int:number>/edit", edit_statement, name="edit-statement"),
    path("<slug:slug>/statements/<int:number>/remove", remove_statement, name="remove-statement"),
    path("<slug:slug>/run/<str:step>", act, name="act"),
]
