"""One page for each person: what is held about them, who looked, and what they can ask for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from madang.ground.consent.queries import consents_of, find_consent
from madang.ground.consent.services import UnableToConsent, give_consent
from madang.ground.consent.texts import newest_texts
from madang.ground.identity.access import May, Request, may
from madang.ground.identity.models import Person
from madang.ground.journal.public import receipt_for
from madang.ground.rights import desk, queries, services
from madang.ground.rights.desk import language, refuse, row_of
from madang.ground.rights.forms import LOOKERS, AskForm
from madang.ground.rights.held import find_held, held_about_person
from madang.ground.rights.models import Request as Asked
from madang.ground.rights.papers import consent_receipt, held_paper
from madang.ground.rights.rules import DAYS_TO_ANSWER


@may(May.SIGNED_IN)
@never_cache
@require_safe
def mine(request: Request) -> HttpResponse:
    """Everything that is held about the person, who looked, what was agreed and asked."""
    me = _me(request)
    agreed = consents_of(person_id=me)
    holding = {each.text.purpose for each in agreed if each.holds}
    page = {
        "rooms": held_about_person(person_id=me, language=language()),
        "korean": language() == "ko",
        "looks": [(row, LOOKERS[row.by]) for row in queries.looks_at(person_id=me)],
        "consents": agreed,
        "offers": [t for t in newest_texts() if not t.is_needed and t.purpose not in holding],
        "requests": [row_of(card) for card in queries.requests_of(person_id=me)],
        "days": DAYS_TO_ANSWER,
    }
    return render(request, "rights/mine.html", page)


@may(May.SIGNED_IN)
@never_cache
@require_safe
def held_json(request: Request) -> HttpResponse:
    """Everything that is held about the person, to take along."""
    rooms = held_about_person(person_id=_me(request), language=language())
    return _paper(held_paper(rooms, at=timezone.now(), language=language()), "my-data.json")


@may(May.SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request) -> HttpResponse:
    """Ask for something that is held to be corrected, erased, or not used."""
    me, about = _me(request), {name: request.GET.get(name, "") for name in ("field", "thing")}
    found = find_held(person_id=me, language=language(), **about)
    if found is None:
        raise Http404
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = {**form.cleaned_data, "language": language()}
        try:
            made = services.ask(person_id=me, **about, **sent, at=timezone.now())
        except services.UnableToAsk as unable:
            refuse(form, str(unable))
        else:
            messages.success(request, _("Your request is recorded."))
            return redirect("rights:request", made.id)
    page = {"form": form, "about": found[0], "held": found[1], "days": DAYS_TO_ANSWER}
    return render(request, "rights/ask.html", page)


@may(May.SIGNED_IN)
@never_cache
@require_safe
def asked(request: Request, request_id: UUID) -> HttpResponse:
    """One's own request: where it stands, and its answer."""
    card = queries.find_request(request_id=request_id, person_id=_me(request))
    if card is None:
        raise Http404
    return render(request, "rights/request.html", row_of(card))


@may(May.SIGNED_IN)
@require_POST
def take_back(request: Request, request_id: UUID) -> HttpResponse:
    """Take an own request back."""
    try:
        services.take_back(person_id=_me(request), request_id=request_id, at=timezone.now())
    except Asked.DoesNotExist as missing:
        raise Http404 from missing
    return redirect("rights:request", request_id)


@may(May.SIGNED_IN)
@never_cache
@require_safe
def request_proof(request: Request, request_id: UUID) -> HttpResponse:
    """The proof that the journal holds one's request, and its answer once there is one."""
    card = queries.find_request(request_id=request_id, person_id=_me(request))
    if card is None:
        raise Http404
    proof = receipt_for(event_id=card.answered or card.asked)
    if proof is None:
        messages.info(request, _("It enters the journal within seconds; try again then."))
        return redirect("rights:request", request_id)
    response = HttpResponse(str(proof), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request_id}.tlog-proof"'
    return response


@may(May.SIGNED_IN)
@require_POST
def agree(request: Request, purpose: str) -> HttpResponse:
    """Agree to something that is asked today."""
    me, now = _me(request), timezone.now()
    try:
        give_consent(person_id=me, purpose=purpose, language=language(), at=now)
    except UnableToConsent as unable:
        raise Http404 from unable
    return redirect(f"{reverse('rights:mine')}#consents")


@may(May.SIGNED_IN)
@require_POST
def withdraw(request: Request, purpose: str) -> HttpResponse:
    """Take a consent back, with what stands on it alone."""
    if services.end_consent(person_id=_me(request), purpose=purpose, at=timezone.now()):
        messages.success(request, _("Your consent is taken back."))
    return redirect(f"{reverse('rights:mine')}#consents")


@may(May.SIGNED_IN)
@never_cache
@require_safe
def receipt(request: Request, consent_id: UUID) -> HttpResponse:
    """The receipt of an own consent, with the journal's proof of it, to keep."""
    assert isinstance(request.user, Person)
    consent = find_consent(person_id=request.user.id, consent_id=consent_id)
    if consent is None:
        raise Http404
    events = {"given": consent.event, "withdrawn": consent.withdrawal}
    proofs = {name: receipt_for(event_id=event) for name, event in events.items() if event}
    paper = consent_receipt(
        consent,
        email=request.user.email,
        policy_url=request.build_absolute_uri(reverse("privacy")),
        proofs={name: str(proof) for name, proof in proofs.items() if proof},
    )
    return _paper(paper, f"consent-{consent_id}.json")


def _paper(paper: dict[str, object], name: str) -> HttpResponse:
    response = JsonResponse(paper, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _me(request: Request) -> UUID:
    assert request.who is not None
    return request.who.person_id


app_name = "rights"
urlpatterns = [
    path("", mine, name="mine"),
    path("my-data.json", held_json, name="held-json"),
    path("ask", ask, name="ask"),
    path("requests/<uuid:request_id>", asked, name="request"),
    path("requests/<uuid:request_id>/take-back", take_back, name="take-back"),
    path("requests/<uuid:request_id>.tlog-proof", request_proof, name="request-proof"),
    path("consents/<str:purpose>/agree", agree, name="agree"),
    path("consents/<str:purpose>/withdraw", withdraw, name="withdraw"),
    path("consents/<uuid:consent_id>/receipt.json", receipt, name="receipt"),
    *desk.urlpatterns,
]
