"""Every request gets an id, and how it ended is noted: in the log, as metrics, as a trace."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from madang.site.operate import metrics, traces
from madang.site.operate.served import SERVED, Served, new_id

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)


def note_requests(get_response: GetResponse) -> GetResponse:
    """Stand around all other middleware, so that whatever fails inside has the request's code."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        served = Served(new_id(), request)
        before, started = SERVED.set(served), time.perf_counter()
        try:
            with traces.request(served) as ended:
                response = get_response(request)
                ended(response.status_code)
            seconds = time.perf_counter() - started
            metrics.count(served, response.status_code, seconds)
            told = {"status_code": response.status_code, "ms": round(seconds * 1000)}
            logger.info("answered", extra=told)
            response["X-Request-ID"] = served.id
        finally:
            SERVED.reset(before)
        return response

    return middleware
