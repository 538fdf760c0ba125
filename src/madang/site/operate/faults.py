"""Pages for when something went wrong, with a code that people can quote and the log knows.

Here nothing can be relied on: no session, no database, perhaps no template. Whatever happens, the
visitor gets a sentence and the code.
"""

import sys
from collections.abc import Iterator
from errno import EDQUOT, ENOSPC

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import (
    get_language_from_path,
    get_language_from_request,
    gettext,
    override,
)
from django.views.defaults import page_not_found

from madang.ground.words import marked
from madang.site.operate.problems import problem
from madang.site.operate.served import fault_code

AGAIN_S = "30"
# SQLSTATEs: connections fail (08), too many of them, shut down or not up yet, disk full.
AWAY = ("08", "53300", "53100", "57P01", "57P02", "57P03")
AWAY_SENTENCE = marked("The city cannot answer at the moment. Please try again shortly.")
FAULT_SENTENCE = marked("Something went wrong on our side.")
# Said when not even the templates and the catalogue can be read, so it is in neither.
LAST_WORDS = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>마당 · Madang</title></head><body>
<h1>문제가 생겼습니다</h1>
<p>마지막에 입력하신 것이 저장되지 않았을 수 있습니다. 몇 분 뒤에 다시 시도해 주십시오.</p>
<div lang="en"><h1>Something went wrong on our side</h1>
<p>What you entered last may not have been saved. Please try again in a few minutes.</p></div>
<p>오류 코드 · <span lang="en">Code</span>: <strong>{code}</strong></p></body></html>
"""


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that a fault ended: 503 where the database or the disk is at fault."""
    status = 503 if is_away(sys.exc_info()[1]) else 500
    if _is_api(request):
        sentence = AWAY_SENTENCE if status == 503 else FAULT_SENTENCE
        with override(get_language_from_request(request)):
            answer: HttpResponse = problem(status, gettext(sentence), with_code=True)
    else:
        answer = _page(request, f"{status}.html", status)
    if status == 503:
        answer["Retry-After"] = AGAIN_S
    return answer


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer that there is no such page."""
    return problem(404, "Not Found") if _is_api(request) else page_not_found(request, exception)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that was refused before any page or even its language was looked for."""
    if _is_api(request):
        return problem(400, "The request cannot be read.")
    return _page(request, "400.html", 400)


def is_away(fault: BaseException | None) -> bool:
    """Return whether it will pass by itself once the database, or room on the disk, is back."""
    for each in _causes(fault):
        if isinstance(each, OSError) and each.errno in (ENOSPC, EDQUOT):
            return True
        if isinstance(each, DatabaseError | InterfaceError):
            state = getattr(each.__cause__, "sqlstate", None)
            is_lost = type(each).__name__ in ("OperationalError", "InterfaceError")
            return state.startswith(AWAY) if state else is_lost
    return False


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if fault is None:
            return
        yield fault
        fault = fault.__cause__ or fault.__context__


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    try:
        with override(get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
            page = {"home": reverse("home"), "code": fault_code() if status >= 500 else ""}
            text = str(render_to_string(template, page))
    except Exception:
        text = LAST_WORDS.format(code=fault_code())
    return HttpResponse(text, status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
