"""A request, what it recorded and what came of that are one trace, as a collector receives it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from madang.ground.jobs.queue import work_off
from madang.listen.hearings.services import close_hearing
from madang.site.operate import traces
from makers import NOW, make_official, make_open_hearing, make_resident

pytestmark = pytest.mark.django_db(transaction=True)


class Collector:
    """What takes traces by OTLP over HTTP and keeps them."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.processes: set[str] = set()
        taken = self

        class Takes(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.end_headers()

            def log_message(self, *told: object) -> None:
                """Say nothing on standard error."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, sent: ExportTraceServiceRequest) -> None:
        for resource in sent.resource_spans:
            about = {a.key: a.value.string_value for a in resource.resource.attributes}
            self.processes.add(about["madang.process"])
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def one(self, name: str) -> Span:
        (found,) = (span for span in self.spans if span.name == name)
        return found

    def above(self, span: Span) -> list[str]:
        """The names of the spans that this one is part of, the outermost last."""
        by_id = {each.span_id: each for each in self.spans}
        names = []
        while span.parent_span_id:
            span = by_id[span.parent_span_id]
            names.append(span.name)
        return names


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    connection.close()  # so that the next one is watched
    yield collector
    traces.trace(None)
    collector.server.shutdown()
    collector.server.server_close()


def test_one_trace_leads_from_the_request_to_what_came_of_it(
    collector: Collector, client: Client
) -> None:
    make_open_hearing()
    client.force_login(make_official(email="jeong@daon.example"))
    provider = traces.begin("pages")
    assert provider is not None
    answer = client.post("/en/hearings/after/run/close")
    assert answer.status_code == 302
    work_off()
    provider.shutdown()

    recorded = collector.one("record hearings.hearing-closed.v1")
    (request,) = (span for span in collector.spans if span.kind == Span.SPAN_KIND_SERVER)
    delivered = collector.one("deliver hearings.hearing-closed.v1")
    handled = next(s for s in collector.spans if s.name.startswith("handle by madang."))
    statement = next(
        s for s in collector.spans if collector.above(s)[:1] == [handled.name] and s.kind == 3
    )
    same = {each.trace_id for each in (request, recorded, delivered, handled, statement)}
    assert len(same) == 1
    assert collector.above(statement) == [handled.name, delivered.name, recorded.name, request.name]
    assert request.name == "POST hearings:act"
    assert collector.processes == {"pages"}


def test_a_trace_tells_nothing_that_anybody_wrote(collector: Collector, client: Client) -> None:
    make_open_hearing()
    client.force_login(make_resident(email="kim.minsu@daon.example"))
    provider = traces.begin("pages")
    assert provider is not None
    client.post("/en/hearings/after/write", {"text": "my-very-own-words"})
    client.post("/en/account/login/", {"login": "kim.minsu@daon.example", "password": "x"})
    client.get("/en/kim.minsu@daon.example/?q=my-very-own-words")
    provider.shutdown()
    told = "".join(str(span) for span in collector.spans)
    assert "INSERT" in told
    assert "kim.minsu" not in told
    assert "my-very-own-words" not in told


def test_a_fault_is_in_the_trace_without_its_message(collector: Collector) -> None:
    from madang.ground.tracing import step

    provider = traces.begin("jobs")
    assert provider is not None
    with pytest.raises(ValueError, match="minsu"), step("deliver something"):
        raise ValueError("kim.minsu@daon.example")
    provider.shutdown()
    span = collector.one("deliver something")
    assert span.status.message == "ValueError"
    assert "kim.minsu" not in str(span)


def test_without_an_address_nothing_is_traced_and_nothing_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert traces.begin("pages") is None
    make_open_hearing()
    close_hearing(slug="after", at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args ? 'traceparent'")
        assert cursor.fetchone() == (0,)
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, madang.ground.tracing, madang.site.operate.traces\n"
            "print([each for each in sys.modules if each.startswith('opentelemetry')])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout == "[]\n"
