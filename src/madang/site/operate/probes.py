"""Addresses that programs ask: does this process answer, can the city serve?"""

import time
from threading import Lock

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.ground.identity.access import May, may
from madang.site.operate.health import Health, look

FRESH_S = 5.0  # so that strangers who ask without end do not wear the city out

_looking = Lock()
_seen: tuple[float, Health] | None = None


@may(May.EVERYONE)
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" where this process answers at all; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@may(May.EVERYONE)
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the city can serve, check by check; 503 where it cannot."""
    health = _look(time.monotonic())
    checks = {check.name: check.state.value for check in health.checks}
    status = 200 if health.is_ready else 503
    return JsonResponse({"ready": health.is_ready, "checks": checks}, status=status)


def _look(now: float) -> Health:
    global _seen
    if _seen is None or now - _seen[0] > FRESH_S:
        _seen = (now, look())
    return _seen[1]
