"""The officials' pages of the network block: the map, the register, a new version of it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.core.bad_input import BadInput
from madang.core.reach.csv_files import LINK_COLUMNS
from madang.core.reach.network import Link, Network, Step
from madang.ground.identity.access import May, Request, may
from madang.listen.network import drafts, forms, imports, queries
from madang.listen.network.forms import EXPOSURES, KINDS, REFUSALS, TRUSTS
from madang.listen.network.rules import (
    Difference,
    Group,
    group_for_drawing,
    layers_of,
    lines_between,
)
from madang.web.downloads import csv_download
from madang.web.forms import sent_number
from madang.web.layers import BOX_HEIGHT, BOX_WIDTH, draw_layers

MOST_ROWS = 200  # of one table; the command prints all
MOST_RANKED = 10
LINES = ("back", "on", "cut")  # what is drawn over what
SYSTEM_COLUMNS = (
    "code", "name", "name_en", "kind", "exposure", "criticality", "office", "isolation_cost",
)  # fmt: skip


@may(May.OFFICIAL)
@never_cache
@require_safe
def map_(request: Request) -> HttpResponse:
    """How far a break-in reaches, and what would stop it."""
    network = queries.find_network()
    if network is None:
        return redirect("network:home")
    form = forms.MapForm(request.GET or None, network=network, language=language())
    asked = form.cleaned_data if form.is_valid() else {}
    broken, protect = asked.get("broken", ""), asked.get("protect", [])
    reach = queries.reach_of(network=network, broken=broken, language=language())
    advice = queries.advice_on(
        network=network, broken=broken, protect=protect, budget=asked.get("budget")
    )
    page = {"form": form, "reach": reach, **_told(reach), **_advised(network, advice)}
    page["picture"] = _picture(network, reach, advice, protect)
    if not broken:
        page |= _ranked(network)
    return render(request, "network/map.html", {**page, "stage": "listen"})


def _told(reach: queries.Reach) -> dict[str, Any]:
    rows = [(row, KINDS[row.kind], EXPOSURES[row.exposure]) for row in reach.rows[:MOST_ROWS]]
    name = None if reach.broken is None else queries.named(reach.broken, language())
    left_out = len(reach.rows) - len(rows)
    return {"rows": rows, "left_out": left_out, "broken_name": name}


def _advised(network: Network, advice: queries.Advice) -> dict[str, Any]:
    """The cut or the spending, whichever was found, with its links and systems by name."""
    chosen = advice.cut or advice.spending
    if chosen is None:
        return {"advice": advice}
    systems = [network.systems[place] for place in chosen.systems]
    return {
        "advice": advice,
        "chosen": chosen,
        "cut_links": [_link_row(network, link) for link in chosen.links],
        "isolated": [(each, queries.named(each, language())) for each in systems],
    }


def _link_row(network: Network, link: Link) -> dict[str, Any]:
    tail, head = (
        queries.named(network.systems[network.places[code]], language())
        for code in (link.source, link.target)
    )
    return {"tail": tail, "head": head, "link": link, "trust": TRUSTS[link.trust]}


def _ranked(network: Network) -> dict[str, Any]:
    openers, chokepoints = queries.rankings(network)
    return {
        "openers": [
            (each, network.systems[each.place], *_spelled(network, each.place))
            for each in openers[:MOST_RANKED]
        ],
        "chokepoints": [(each, _step_name(network, each.at)) for each in chokepoints[:MOST_RANKED]],
    }


def _spelled(network: Network, place: int) -> tuple[Any, ...]:
    system = network.systems[place]
    return queries.named(system, language()), EXPOSURES[system.exposure]


def _step_name(network: Network, at: Step) -> list[Any]:
    places = [at] if isinstance(at, int) else list(at)
    return [queries.named(network.systems[place], language()) for place in places]


# The picture


def _picture(
    network: Network, reach: queries.Reach, advice: queries.Advice, protect: list[str]
) -> dict[str, Any]:
    """What network/_picture.html prints: boxes, lines, and how large all of it is."""
    groups = group_for_drawing(network, reach.steps)
    between = lines_between(network, groups)
    layers = draw_layers(layers=layers_of(groups), lines=list(between))
    chosen = advice.cut or advice.spending
    cut, alone = (set(chosen.links), set(chosen.systems)) if chosen else (set(), set())
    kept = {network.places[code] for code in protect}
    return {
        "boxes": [
            _box(network, group, reach, alone, kept)
            | {"x": layers.boxes[n].x, "y": layers.boxes[n].y}
            for n, group in enumerate(groups)
        ],
        "lines": _lines(groups, between, cut, layers.lines),
        "is_grouped": len(groups) < len(network.systems),
        "width": layers.width,
        "height": layers.height,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
    }


def _lines(
    groups: list[Group],
    between: Mapping[tuple[int, int], list[Link]],
    cut: set[Link],
    paths: Mapping[tuple[int, int], str],
) -> list[dict[str, str]]:
    """The lines, those that say most on top."""
    lines = [
        {"path": paths[pair], "css": _line_css(groups, pair, links, cut)}
        for pair, links in between.items()
    ]
    return sorted(lines, key=lambda line: LINES.index(line["css"]))


def _line_css(groups: list[Group], pair: tuple[int, int], links: list[Link], cut: set[Link]) -> str:
    if cut.issuperset(links):
        return "cut"
    near, far = (groups[end].steps or 0 for end in pair)
    return "on" if far > near else "back"


def _box(
    network: Network, group: Group, reach: queries.Reach, alone: set[int], kept: set[int]
) -> dict[str, Any]:
    """What stands in a box, and in which colour and words."""
    places = set(group.places)
    css, state = _state(group, reach, alone)
    if places & kept:
        state = _("%(state)s · protected") % {"state": state}
    first = network.systems[group.places[0]]
    if len(group.places) > 1:
        name = f"{KINDS[first.kind]} × {len(group.places)}"
        return {"name": name, "css": css, "state": state, "kept": bool(places & kept)}
    name = queries.named(first, language())
    url = f"{reverse('network:map')}?{urlencode({'broken': first.code})}"
    told = {"name": name, "short": _shortened(name), "code": first.code, "url": url}
    return told | {"css": css, "state": state, "kept": bool(places & kept)}


def _state(group: Group, reach: queries.Reach, alone: set[int]) -> tuple[str, str]:
    if alone.issuperset(group.places):
        return "alone", _("isolate")
    if group.steps is None:
        return "safe", _("not reached")
    if group.steps == 0:
        return "first", _("broken into") if reach.broken else _("open to attackers")
    return "fallen", _("step %(n)d") % {"n": group.steps}


def _shortened(name: str, most: int = 23) -> str:
    """Return what fits into a box, where a Korean letter is as wide as two Latin ones."""
    width = 0
    for n, letter in enumerate(name):
        width += 1 if ord(letter) < 0x1100 else 2
        if width > most:
            return f"{name[: n - 1]}…"
    return name


# The register and what comes into it


@may(May.OFFICIAL)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Request) -> HttpResponse:
    """Send two files, to see what they would change."""
    form = forms.FilesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        systems, links = form.cleaned_data["systems"], form.cleaned_data["links"]
        try:
            drafts.keep_draft(
                systems_name=systems.name,
                systems=systems.read(),
                links_name=links.name,
                links=links.read(),
                at=timezone.now(),
            )
        except BadInput as bad:
            form.add_error(None, _sentence(bad))
        else:
            return redirect("network:draft")
    return render(request, "network/send.html", {"form": form, "stage": "listen"})


def _sentence(bad: BadInput) -> str:
    return f"{bad.place}: {_(bad.reason).format(**bad.values)}"


@may(May.OFFICIAL)
@never_cache
@require_safe
def draft(request: Request) -> HttpResponse:
    """What the files that were sent would change."""
    try:
        found = queries.draft_page()
    except BadInput as bad:  # an office has left the city's card since
        messages.error(request, _sentence(bad))
        found = None
    if found is None:
        return redirect("network:send")
    page = {"draft": found, **_differing(found.difference), "stage": "listen"}
    return render(request, "network/draft.html", page)


@may(May.OFFICIAL)
@require_POST
def register(request: Request) -> HttpResponse:
    """Register the files that were looked at, or throw them away."""
    number = sent_number(request.POST.get("draft"))
    if request.POST.get("drop"):
        drafts.drop_draft(draft=number)
        messages.success(request, _("The files are thrown away; the register is as it was."))
        return redirect("network:home")
    try:
        made = imports.register_draft(draft=number, at=timezone.now())
    except imports.UnableToRegister as unable:
        messages.error(request, REFUSALS[str(unable)])
        return redirect("network:send")
    except BadInput as bad:
        messages.error(request, _sentence(bad))
        return redirect("network:send")
    messages.success(request, _("Version %(n)d of the register holds now.") % {"n": made.number})
    return redirect("network:home")


@may(May.OFFICIAL)
@never_cache
@require_safe
def version(request: Request, number: int) -> HttpResponse:
    """What one version of the register changed."""
    found = queries.find_version(number=number)
    if found is None:
        raise Http404
    page = {"version": found, **_differing(queries.difference_of(number=number))}
    return render(request, "network/version.html", {**page, "stage": "listen"})


def _differing(difference: Difference) -> dict[str, Any]:
    """The rows of a difference, as many as a page can show."""
    rows = [
        *((_("added"), each.code, each.name) for each in difference.added),
        *((_("removed"), each.code, each.name) for each in difference.removed),
        *((_("changed"), each.name, _changes(each.fields)) for each in difference.changed),
        *(
            (_("added"), f"{e.source} → {e.target}", TRUSTS[e.trust])
            for e in difference.links_added
        ),
        *(
            (_("removed"), f"{e.source} → {e.target}", TRUSTS[e.trust])
            for e in difference.links_removed
        ),
        *((_("changed"), each.name, _changes(each.fields)) for each in difference.links_changed),
    ]
    added, removed, changed = difference.counts
    return {
        "changes": rows[:MOST_ROWS],
        "left_out": max(0, len(rows) - MOST_ROWS),
        "counts": {"added": added, "removed": removed, "changed": changed},
    }


def _changes(fields: tuple[tuple[str, object, object], ...]) -> str:
    return "; ".join(
        f"{name}: {'–' if old in (None, '') else old} → {'–' if new in (None, '') else new}"
        for name, old, new in fields
    )


@may(May.OFFICIAL)
@never_cache
@require_safe
def systems_csv(request: Request) -> HttpResponse:
    """The systems that are registered, as the import takes them."""
    rows = (
        [getattr(s, {"name_en": "english"}.get(name, name)) for name in SYSTEM_COLUMNS]
        for s in queries.network_or_nothing().systems
    )
    return csv_download(name="systems.csv", header=SYSTEM_COLUMNS, rows=rows)


@may(May.OFFICIAL)
@never_cache
@require_safe
def links_csv(request: Request) -> HttpResponse:
    """The links that are registered, as the import takes them."""
    rows = (
        [link.source, link.target, link.trust, link.likelihood, link.cost]
        for link in queries.network_or_nothing().links
    )
    return csv_download(name="links.csv", header=LINK_COLUMNS, rows=rows)


def language() -> str:
    return (get_language() or "ko")[:2]


urlpatterns = [
    path("map", map_, name="map"),
    path("send", send, name="send"),
    path("draft", draft, name="draft"),
    path("register", register, name="register"),
    path("versions/<int:number>/", version, name="version"),
    path("systems.csv", systems_csv, name="systems-csv"),
    path("links.csv", links_csv, name="links-csv"),
]
