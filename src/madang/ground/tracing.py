"""One trace from an act to all that followed of it, where the operator asks for traces.

Nothing of OpenTelemetry is imported before `trace_with` was called: without it a step costs
nothing. What stands in a trace is a name of ours, never a value.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_tracer: "Tracer | None" = None


def trace_with(tracer: "Tracer | None") -> None:
    """Trace every step from now on; None ends it."""
    global _tracer
    _tracer = tracer


def step(name: str, *, follows: str = "") -> AbstractContextManager[None]:
    """Return what the step is done in. follows: what `carried` said where it was asked for."""
    return nullcontext() if _tracer is None else _traced(_tracer, name, follows)


def carried() -> dict[str, str]:
    """Return what a job takes along to follow this step; empty where nothing is traced."""
    told: dict[str, str] = {}
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(told)
    return {"traceparent": told["traceparent"]} if "traceparent" in told else {}


@contextmanager
def _traced(tracer: "Tracer", name: str, follows: str) -> Iterator[None]:
    from opentelemetry.trace import Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    before = TraceContextTextMapPropagator().extract({"traceparent": follows}) if follows else None
    # OpenTelemetry would write down a fault's message, where values stand.
    with tracer.start_as_current_span(
        name, context=before, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as fault:
            span.set_status(Status(StatusCode.ERROR, type(fault).__name__))
            raise
