"""Traces of requests and their SQL, sent by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT says where to.

A request, the events it records, their delivery and what handlers do with them are one trace. SQL
stands in it with places instead of values; no address, no header, no message of a fault.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from madang import __version__
from madang.ground.tracing import trace_with
from madang.site.operate.served import Served

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

LONGEST_STATEMENT = 1000
LITERAL = re.compile(r"'(?:[^']|'')*'")

_tracer: "Tracer | None" = None


def begin(process: str) -> "TracerProvider | None":
    """Trace this process from now on, if the environment asks for it."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    from django.db.backends.signals import connection_created
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "madang")
    about = {"service.name": name, "service.version": __version__, "madang.process": process}
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace(provider.get_tracer("madang"))
    connection_created.connect(_watch_statements, dispatch_uid="madang traces")
    return provider


def trace(tracer: "Tracer | None") -> None:
    """Trace with this one; None ends it."""
    global _tracer
    _tracer = tracer
    trace_with(tracer)


def request(served: Served) -> AbstractContextManager[Callable[[int], None]]:
    """Return what a request is served in; it yields what is told the status at the end."""
    return nullcontext(_untold) if _tracer is None else _traced(_tracer, served)


def _untold(status: int) -> None:
    """Nobody asked."""


@contextmanager
def _traced(tracer: "Tracer", served: Served) -> Iterator[Callable[[int], None]]:
    from opentelemetry.trace import SpanKind, Status, StatusCode

    with tracer.start_as_current_span(served.method, kind=SpanKind.SERVER) as span:

        def ended(status: int) -> None:
            span.update_name(f"{served.method} {served.route}")
            span.set_attribute("http.request.method", served.method)
            span.set_attribute("http.route", served.route)
            span.set_attribute("http.response.status_code", status)
            span.set_attribute("madang.request", served.id)
            if status >= 500:
                span.set_status(Status(StatusCode.ERROR, served.code))

        yield ended


def _watch_statements(*, connection: Any, **told: object) -> None:
    if _trace_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_trace_statement)


def _trace_statement(
    execute: Callable[..., Any], sql: Any, values: Any, many: Any, context: Any
) -> Any:
    from opentelemetry.trace import SpanKind, get_current_span

    if _tracer is None or not get_current_span().is_recording():
        return execute(sql, values, many, context)
    statement = LITERAL.sub("'…'", str(sql))[:LONGEST_STATEMENT]
    told = {"db.system.name": "postgresql", "db.query.text": statement}
    name = statement.partition(" ")[0]
    with _tracer.start_as_current_span(
        name, kind=SpanKind.CLIENT, attributes=told, record_exception=False
    ):
        return execute(sql, values, many, context)
