"""Answers of the open data API where something is wrong: problem details, as RFC 9457 has them."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from madang.site.operate.served import fault_code


def problem(status: int, detail: Any, *, with_code: bool = False) -> JsonResponse:
    """Return the answer. detail: what is wrong; the log tells more under the code."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    told |= {"detail": detail} | ({"code": fault_code()} if with_code else {})
    return JsonResponse(told, status=status, content_type="application/problem+json")


def answer_problems(api: NinjaAPI) -> None:
    """Let the API answer so."""
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(HttpError, _refused)
    api.add_exception_handler(ValidationError, _unfit)


def _missing(request: HttpRequest, fault: Any) -> JsonResponse:
    return problem(404, "Not Found")


def _refused(request: HttpRequest, fault: Any) -> JsonResponse:
    return problem(fault.status_code, str(fault))


def _unfit(request: HttpRequest, fault: Any) -> JsonResponse:
    return problem(422, fault.errors)
