"""Leaving: see what goes and what stays, and be erased."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madang.ground.identity.access import May, Request, may
from madang.ground.identity.models import Person
from madang.ground.privacy import services
from madang.ground.privacy.forms import LeaveForm


@may(May.SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request) -> HttpResponse:
    """Erase one's own account, after a last look at what that means."""
    assert isinstance(request.user, Person)
    form = LeaveForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.leave(person_id=request.user.id, at=timezone.now())
        logout(request)
        messages.success(request, _("Your account and what it held are erased."))
        return redirect("home")
    return render(request, "privacy/leave.html", {"form": form})


app_name = "leaving"
urlpatterns = [path("", leave, name="leave")]
