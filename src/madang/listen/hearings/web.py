"""Pages of the hearings block: for everyone, and for residents who take part."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.ground.identity.access import May, Request, may
from madang.ground.journal.public import receipt_for
from madang.ground.words import language_of
from madang.listen.hearings import desk, forms, queries, services
from madang.listen.hearings.desk import language, sees_drafts, shown_hearing
from madang.listen.hearings.forms import OUTCOME_BADGES, REFUSALS, badge_of
from madang.listen.hearings.models import Moderation
from madang.listen.hearings.rules import MapInWords, put_map_in_words
from madang.web.charts import LETTERS, OpinionMap, draw_opinion_map
from madang.web.downloads import open_data_csv
from madang.web.forms import sent_number
from madang.web.languages import spoken


@may(May.EVERYONE)
@require_safe
def hearings(request: Request) -> HttpResponse:
    """All hearings, open ones first; officials see drafts."""
    found = queries.list_hearings(language=language(), with_drafts=sees_drafts(request))
    rows = [(row, *badge_of(row)) for row in found]
    return render(request, "hearings/list.html", {"rows": rows, "stage": "listen"})


@may(May.EVERYONE)
@require_safe
def hearing(request: Request, slug: str) -> HttpResponse:
    """One hearing: what is asked, the map of opinions, what came of it."""
    page = shown_hearing(request, slug)
    return render(request, "hearings/hearing.html", {**page, **_map(request, slug)})


@may(May.EVERYONE)
@require_safe
def opinion_map(request: Request, slug: str) -> HttpResponse:
    """The map alone, as an open page fetches it anew when it changed."""
    page = shown_hearing(request, slug)
    return render(request, "hearings/_map.html", {**page, **_map(request, slug)})


@may(May.EVERYONE)
@require_safe
def statements(request: Request, slug: str) -> HttpResponse:
    """Every sentence on show with its votes; searched by word."""
    wanted = request.GET.get("q", "").strip()
    rows = queries.list_statements(slug=slug, language=language())
    if wanted:
        rows = [row for row in rows if wanted.casefold() in row.text.casefold()]
    page = {**shown_hearing(request, slug), "rows": rows, "wanted": wanted}
    return render(request, "hearings/statements.html", page)


@may(May.EVERYONE)
@require_safe
def statement(request: Request, slug: str, number: int) -> HttpResponse:
    """One sentence: its votes, how each group sees it, and what became of it."""
    page = shown_hearing(request, slug)
    row = queries.find_statement(slug=slug, number=number, language=language())
    if row is None:
        raise Http404
    by_group: list[Any] = []
    if drawn := queries.newest_map(slug=slug):
        words = put_map_in_words(drawn.result, {number: row.text})
        by_group = [
            (letter, tally)
            for s in words.dividing
            for letter, tally in zip(LETTERS, s.by_group, strict=False)
        ]
    outcomes = [(each, *OUTCOME_BADGES[each.status]) for each in row.outcomes]
    page |= {"row": row, "by_group": by_group, "outcomes": outcomes}
    return render(request, "hearings/statement.html", page)


@may(May.RESIDENT)
@require_safe
def vote_page(request: Request, slug: str) -> HttpResponse:
    """One sentence at a time."""
    return render(request, "hearings/vote.html", _card(request, slug))


@may(May.RESIDENT)
@require_POST
def vote(request: Request, slug: str) -> HttpResponse:
    """Take a vote; answer with the next sentence, or where the form says to go on."""
    assert request.who is not None
    try:
        services.cast_vote(
            slug=slug,
            person_id=request.who.person_id,
            statement=sent_number(request.POST.get("statement")),
            value=sent_number(request.POST.get("vote"), otherwise=2),
            at=timezone.now(),
        )
    except services.UnableToVote as unable:
        messages.error(request, REFUSALS[str(unable)])
    if request.headers.get("HX-Request"):
        return render(request, "hearings/_card.html", _card(request, slug))
    if not request.POST.get("stay"):
        return redirect("hearings:vote", slug)
    number = sent_number(request.POST.get("statement"))
    return redirect(f"{reverse('hearings:mine', args=[slug])}#statement-{number}")


@may(May.RESIDENT)
@never_cache
@require_safe
def mine(request: Request, slug: str) -> HttpResponse:
    """What the resident voted, to look at or change, and what became of what they wrote."""
    own = {"slug": slug, "voice": _voice(request, slug), "language": language()}
    page = {"votes": queries.own_votes(**own), "sentences": queries.own_sentences(**own)}
    return render(request, "hearings/mine.html", {**shown_hearing(request, slug), **page})


@may(May.RESIDENT)
@require_safe
def receipt(request: Request, slug: str, number: int) -> HttpResponse:
    """The proof that the journal holds the resident's own vote, to keep."""
    event = queries.event_of_vote(slug=slug, voice=_voice(request, slug), number=number)
    if event is None:
        raise Http404
    proof = receipt_for(event_id=event)
    if proof is None:
        messages.info(request, _("Your vote enters the journal within seconds; try again then."))
        return redirect("hearings:mine", slug)
    response = HttpResponse(str(proof), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.tlog-proof"'
    return response


@may(May.RESIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Request, slug: str) -> HttpResponse:
    """Write a sentence for others to vote on."""
    assert request.who is not None
    form = forms.SentenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            services.write_statement(
                slug=slug,
                person_id=request.who.person_id,
                text=text,
                language=language_of(text, otherwise=language()),
                at=timezone.now(),
            )
        except services.UnableToSpeak as unable:
            form.add_error("text", REFUSALS[str(unable)])
        else:
            messages.success(request, _("Thank you. A moderator reads it first; then others vote."))
            return redirect("hearings:hearing", slug)
    return render(request, "hearings/write.html", {**shown_hearing(request, slug), "form": form})


@may(May.EVERYONE)
@require_safe
def votes_csv(request: Request, slug: str) -> HttpResponse:
    """Every vote ever cast, in the columns of a Polis export, once the hearing is closed.

    While it is open, two downloads would tell what someone voted in between.
    """
    if shown_hearing(request, slug)["hearing"].takes_voices:
        raise Http404
    header = ["timestamp", "datetime", "comment-id", "voter-id", "vote"]
    rows = (
        (round(at.timestamp() * 1000), at.isoformat(), number, voter, value)
        for at, number, voter, value in queries.vote_history(slug=slug)
    )
    return open_data_csv(
        dataset="hearings.votes", name=f"{slug}-votes.csv", header=header, rows=rows
    )


@may(May.EVERYONE)
@require_safe
def comments_csv(request: Request, slug: str) -> HttpResponse:
    """Every moderated sentence, in the columns of a Polis export; a hidden one without text."""
    shown_hearing(request, slug)
    header = ["comment-id", "agrees", "disagrees", "moderated", "comment-body"]
    moderated = {Moderation.SHOWN: 1, Moderation.HIDDEN: -1}
    rows = (
        (row.number, row.agree, row.disagree, moderated[Moderation(row.moderation)], row.text)
        for row in queries.list_moderated(slug=slug, language=language())
    )
    return open_data_csv(
        dataset="hearings.statements", name=f"{slug}-comments.csv", header=header, rows=rows
    )


@may(May.EVERYONE)
@require_safe
def map_json(request: Request, slug: str) -> HttpResponse:
    """The newest map as it was stored, so that anyone can draw it again and compare."""
    shown_hearing(request, slug)
    told = queries.published_map(slug=slug)
    if told is None:
        raise Http404
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _map(request: Request, slug: str) -> dict[str, Any]:
    """The newest map as a picture and in words; the reader's own place where they have one."""
    drawn = queries.newest_map(slug=slug)
    if drawn is None:
        return {"map": None}
    texts = queries.texts_of(slug=slug, language=language())
    words = put_map_in_words(drawn.result, texts)
    number = None
    if request.who is not None:
        number = queries.own_number(slug=slug, voice=_voice(request, slug))
    return {
        "map": _picture(drawn.result, words, number),
        "words": words,
        "drawn": drawn,
        "letters": LETTERS,
    }


def _picture(result: dict[str, Any], words: MapInWords, you: int | None) -> OpinionMap:
    placed = [person for person in result["participants"] if person["x"] is not None]
    ids = [person["id"] for person in placed]
    return draw_opinion_map(
        points=[(person["x"], person["y"], person["group"]) for person in placed],
        labels=[
            _("Group %(letter)s") % {"letter": LETTERS[n]} for n in range(len(words.group_sizes))
        ],
        says=[[_stance(s.stance, s.text) for s in said[:2]] for said in words.of_groups],
        you=ids.index(you) if you in ids else None,
        unplaced=len(result["participants"]) - len(placed),
    )


def _stance(stance: str, text: str) -> str:
    pattern = _("Agrees: {text}") if stance == "agree" else _("Disagrees: {text}")
    return format_html(pattern, text=spoken(text))


def _card(request: Request, slug: str) -> dict[str, Any]:
    card = queries.next_card(slug=slug, voice=_voice(request, slug), language=language())
    # After an answer the next sentence takes the focus; a new page is read from the top.
    focus = request.method == "POST"
    return {**shown_hearing(request, slug), "card": card, "focus": focus}


def _voice(request: Request, slug: str) -> str:
    assert request.who is not None
    return services.voice_of(person_id=request.who.person_id, hearing=slug)


app_name = "hearings"
urlpatterns = [
    path("", hearings, name="list"),
    *desk.urlpatterns,
    path("<slug:slug>/", hearing, name="hearing"),
    path("<slug:slug>/map", opinion_map, name="map"),
    path("<slug:slug>/map.json", map_json, name="map-json"),
    path("<slug:slug>/votes.csv", votes_csv, name="votes-csv"),
    path("<slug:slug>/comments.csv", comments_csv, name="comments-csv"),
    path("<slug:slug>/statements", statements, name="statements"),
    path("<slug:slug>/statements/<int:number>", statement, name="statement"),
    path("<slug:slug>/vote", vote_page, name="vote"),
    path("<slug:slug>/votes", vote, name="cast"),
    path("<slug:slug>/mine", mine, name="mine"),
    path("<slug:slug>/mine/<int:number>.tlog-proof", receipt, name="receipt"),
    path("<slug:slug>/write", write, name="write"),
]
