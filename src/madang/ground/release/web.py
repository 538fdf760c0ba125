"""What was published, for everybody; and the officials' desk, which tries before it publishes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madang.core.bad_input import BadInput
from madang.ground.block import Leaves
from madang.ground.identity.access import May, Request, may
from madang.ground.release import queries, services
from madang.ground.release.candidate import Candidate, Refused, fingerprint
from madang.ground.release.forms import (
    FORMS,
    METHOD_NAMES,
    METHOD_TEXTS,
    REFUSALS,
    ReleaseForm,
    in_words,
)
from madang.ground.release.method import Method

WAYS_SHOWN = 10


@may(May.EVERYONE)
@require_safe
def releases(request: Request) -> HttpResponse:
    """What was published, how it was protected, and how much budget is left."""
    page = {
        "rows": [(row, METHOD_NAMES[Method(row.method)]) for row in queries.list_releases()],
        "budgets": queries.list_budgets(at=timezone.now()),
        "datasets": [
            (each, each.leaves is Leaves.AS_RECORD, each.why and _(each.why))
            for each in queries.list_datasets()
        ],
        "may_publish": request.who is not None and request.who.is_official,
    }
    return render(request, "release/list.html", page)


@may(May.EVERYONE)
@require_safe
def release(request: Request, number: int) -> HttpResponse:
    """One published file: what it is, what protects people in it, and the file itself."""
    row = _found(number)
    page = {"row": row, "method": METHOD_NAMES[Method(row.method)], "noise": _noise(row.facts)}
    page |= {"asked": row.parameters.items()}
    return render(request, "release/release.html", page)


@may(May.EVERYONE)
@require_safe
def release_csv(request: Request, number: int) -> HttpResponse:
    """The file just as it was published."""
    content = queries.published_file(number=number)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="release-{number}.csv"'
    return response


@may(May.OFFICIAL)
@require_safe
def choose(request: Request) -> HttpResponse:
    """Choose how people are to be protected."""
    methods = [(each.value, METHOD_NAMES[each], METHOD_TEXTS[each]) for each in Method]
    return render(request, "release/choose.html", {"methods": methods})


@may(May.OFFICIAL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, method: str) -> HttpResponse:
    """Try what would be published; publish what was tried."""
    chosen = _method(method)
    if request.method != "POST":
        return _desk(request, chosen, FORMS[chosen](), None)
    form = FORMS[chosen](request.POST, request.FILES)
    candidate = None
    if form.is_valid():
        try:
            if request.POST.get("do") == "publish":
                return redirect("release:release", _publish(request, form))
            candidate = _try(form)
        except BadInput as wrong:
            form.add_error(None, in_words(wrong))
        except services.UnableToPublish as unable:
            form.add_error(None, REFUSALS[str(unable)])
    return _desk(request, chosen, form, candidate)


def _try(form: ReleaseForm) -> Candidate:
    name = form.cleaned_data["file"].name
    candidate = services.try_release(asked=form.asked, name=name, content=form.content)
    # What was tried goes back with the form; only just that may be published.
    tried = "" if candidate.refused else fingerprint(form.asked, form.content)
    form.data = {name: form.data.get(name) for name in form.fields} | {"tried": tried}
    return candidate


def _publish(request: Request, form: ReleaseForm) -> int:
    assert request.who is not None
    made = services.publish_release(
        key=form.cleaned_data["key"],
        dataset=form.cleaned_data["dataset"],
        title=form.cleaned_data["title"],
        asked=form.asked,
        name=form.cleaned_data["file"].name,
        content=form.content,
        tried=form.cleaned_data["tried"],
        person_id=request.who.person_id,
        at=timezone.now(),
    )
    messages.success(request, _("Published."))
    number: int = made.id
    return number


def _desk(
    request: Request, method: Method, form: ReleaseForm, candidate: Candidate | None
) -> HttpResponse:
    page: dict[str, Any] = {
        "form": form,
        "method": METHOD_NAMES[method],
        "text": METHOD_TEXTS[method],
        "candidate": candidate,
        "noise": candidate and _noise(candidate.facts),
        "ways": _ways(candidate.refused) if candidate and candidate.refused else [],
    }
    return render(request, "release/new.html", page)


def _ways(refused: Refused) -> list[tuple[Any, str]]:
    """Each suggestion with its levels in words."""
    return [
        (
            way,
            "; ".join(
                f"{each.column}: {_(level.title).format(number=level.number)}"
                for each, n in zip(refused.hierarchies, way.levels, strict=True)
                for level in (each.levels[n],)
            ),
        )
        for way in refused.ways[:WAYS_SHOWN]
    ]


def _noise(facts: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(facts.get("noise", {}).items())


def _method(name: str) -> Method:
    if name not in list(Method):
        raise Http404
    return Method(name)


def _found(number: int) -> queries.ReleaseRow:
    row = queries.find_release(number=number)
    if row is None:
        raise Http404
    return row


app_name = "release"
urlpatterns = [
    path("", releases, name="list"),
    path("new", choose, name="choose"),
    path("new/<slug:method>", new, name="new"),
    path("<int:number>/", release, name="release"),
    path("<int:number>/release.csv", release_csv, name="csv"),
]
