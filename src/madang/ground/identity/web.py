"""My page, and where I live."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madang.ground.city.card import city
from madang.ground.consent.public import agrees
from madang.ground.identity.access import May, Request, may
from madang.ground.identity.consents import RESIDENCY
from madang.ground.identity.forms import ResidencyForm
from madang.ground.identity.services import declare_residency
from madang.ground.words import said


@may(May.SIGNED_IN)
@never_cache
@require_safe
def me(request: Request) -> HttpResponse:
    """What the city knows of the person, in one screen."""
    assert request.who is not None
    names = {each.code: said(each.words, get_language() or "ko") for each in city().districts}
    page = {"who": request.who, "district": names.get(request.who.district or "")}
    return render(request, "identity/me.html", page)


@may(May.SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def residency(request: Request) -> HttpResponse:
    """Say in which district one lives; needed once, before the first voice."""
    assert request.who is not None
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = reverse("identity:me")
    me, language = request.who.person_id, get_language() or "ko"
    is_agreed = agrees(person_id=me, purpose=RESIDENCY.purpose)
    initial = {"district": request.who.district}
    form = ResidencyForm(request.POST or None, initial=initial, is_agreed=is_agreed)
    if request.method == "POST" and form.is_valid():
        district = form.cleaned_data["district"]
        declare_residency(person_id=me, district=district, language=language, at=timezone.now())
        messages.success(request, _("Your district is recorded."))
        return redirect(onward)
    page = {"form": form, "next": onward, "consent": None if is_agreed else RESIDENCY}
    return render(request, "identity/residency.html", page)


app_name = "identity"
urlpatterns = [
    path("me", me, name="me"),
    path("residency", residency, name="residency"),
]
