"""The city and its witnesses: what grew is countersigned before it is published, what was rewritten
or set back never is, and nobody outside can keep the city from publishing."""

import logging
import shutil
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from ground.gates import open_gates
from ground.witness_servers import KEY, NAME, SECRET, answering, dripping, honest, serving
from madang.core.tlog.check import check_head
from madang.core.tlog.note import parse_key, parse_note, signers
from madang.ground.events.models import OutboxEvent
from madang.ground.journal import files, queries, witnesses
from madang.ground.journal.keys import city_key, verify, witness_key
from madang.ground.journal.models import Cosignature, SignedHead, WitnessState
from madang.ground.journal.services import extend_journal
from madang.ground.journal.witnesses import Fault, configured_witnesses, health_of_witnesses

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)
ORIGIN = "127.0.0.1/journal"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def data(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MADANG_DATA = tmp_path / "data"
    return tmp_path


@pytest.fixture
def witness(data: Path) -> HTTPServer:
    return honest(data / "witness", str(city_key(ORIGIN)))


def named(settings: LazySettings, *urls: str) -> None:
    settings.MADANG_WITNESSES = [f"{KEY} {url}" for url in urls]


def extend(*gates: str, at: datetime = AT) -> None:
    open_gates(*gates)
    extend_journal(at=at)


def countersigned() -> tuple[int, list[str]]:
    """The size of the published head, and who countersigned it."""
    note = parse_note(files.read("checkpoint"))
    head = check_head(note, [parse_key(files.read("key").decode())], verify)
    return head.size, [key.name for key, _ in signers(note, [parse_key(KEY)], verify)]


def fault() -> Fault | None:
    (health,) = health_of_witnesses()
    return health.fault


def start_anew() -> None:
    """Forget the whole log, as whoever has database and key could."""
    Cosignature.objects.all().delete()
    SignedHead.objects.all().delete()
    OutboxEvent.objects.all().delete()
    shutil.rmtree(files.folder())


def test_each_head_is_published_with_the_witness_s_signature(
    settings: LazySettings, witness: HTTPServer
) -> None:
    with serving(witness) as url:
        named(settings, url)
        for count in (1, 255, 44):
            extend(*[f"{count}/{number}" for number in range(count)])
            assert countersigned()[1] == [NAME]
    assert countersigned()[0] == 300
    (health,) = health_of_witnesses()
    assert (health.name, health.size, health.fault) == (NAME, 300, None)


def test_a_receipt_holds_the_signatures_of_witnesses(
    settings: LazySettings, witness: HTTPServer
) -> None:
    with serving(witness) as url:
        named(settings, url)
        extend("east")
    proof = queries.proof_of(0)
    assert proof is not None
    assert [key.name for key, _ in signers(proof.checkpoint, [parse_key(KEY)], verify)] == [NAME]


def test_a_city_without_an_answer_publishes_and_asks_again_later(
    settings: LazySettings, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = str(city_key(ORIGIN))
    with serving(honest(data / "witness", log)) as url:
        named(settings, url)
    extend("east")  # the witness is gone
    assert countersigned() == (1, [])
    assert (fault(), "It does not answer" in caplog.text) == (Fault.SILENT, True)
    with serving(honest(data / "witness", log, port=int(url.rpartition(":")[2]))):
        extend("west", at=AT + timedelta(seconds=10))
        assert countersigned() == (2, [])  # it is left alone for a while
        extend(at=AT + timedelta(seconds=30))
        assert countersigned() == (2, [NAME])
    assert fault() is None


def test_a_rewritten_log_is_not_countersigned_and_the_city_is_told(
    settings: LazySettings, witness: HTTPServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(witness) as url:
        named(settings, url)
        extend("east", "south", "west")
        start_anew()
        extend("east", "south", "north")  # as many entries
        assert (countersigned(), fault()) == ((3, []), Fault.FORKED)
        extend("and one more", at=AT + timedelta(minutes=1))
        assert (countersigned(), fault()) == ((4, []), Fault.FORKED)
    assert len(list((data / "witness").glob("*.refused"))) == 1
    assert logging.ERROR in {
        r.levelno for r in caplog.records if r.name.startswith("madang.ground")
    }


def test_a_log_that_was_set_back_is_not_countersigned(
    settings: LazySettings, witness: HTTPServer
) -> None:
    with serving(witness) as url:
        named(settings, url)
        extend("east", "south", "west")
        start_anew()
        extend("east")
    assert (countersigned(), fault()) == ((1, []), Fault.AHEAD)


def test_a_city_that_forgot_how_far_a_witness_saw_learns_it_from_the_witness(
    settings: LazySettings, witness: HTTPServer
) -> None:
    with serving(witness) as url:
        named(settings, url)
        extend("east", "south")
        WitnessState.objects.all().delete()
        extend("west")
        assert (countersigned(), fault()) == ((3, [NAME]), None)
        # As if the answer had been lost on its way: the witness has signed this head already.
        WitnessState.objects.all().delete()
        Cosignature.objects.all().delete()
        extend(at=AT)
        assert (countersigned(), fault()) == ((3, [NAME]), None)


def test_a_witness_that_does_not_watch_this_log_says_so(settings: LazySettings, data: Path) -> None:
    with serving(honest(data / "witness", str(city_key("other.example/journal")))) as url:
        named(settings, url)
        extend("east")
    assert fault() is Fault.UNKNOWN
    settings.MADANG_JOURNAL_KEY, key = "another key", settings.MADANG_JOURNAL_KEY
    theirs = str(city_key(ORIGIN))
    settings.MADANG_JOURNAL_KEY = key
    with serving(honest(data / "other", theirs)) as url:
        named(settings, url)
        extend(at=AT + timedelta(minutes=1))
    assert fault() is Fault.REFUSED


@pytest.mark.parametrize(
    ("server", "fault_is"),
    [
        (lambda: answering(200, b"no signature\n"), Fault.UNSIGNED),
        (lambda: answering(200, b"x" * 100_000), Fault.SILENT),
        (lambda: answering(500), Fault.ANSWER),
        (lambda: answering(409, b"many\n", Content_Type="text/x.tlog.size"), Fault.ANSWER),
        (lambda: answering(409, b"0\n", Content_Type="text/x.tlog.size"), Fault.ANSWER),
        (lambda: answering(409, b"99\n", Content_Type="text/x.tlog.size"), Fault.AHEAD),
        (lambda: answering(404), Fault.UNKNOWN),
        (lambda: answering(422), Fault.FORKED),
        (lambda: dripping(0.05), Fault.SILENT),
    ],
    ids=["nonsense", "endless", "broken", "no size", "denies", "ahead", "404", "422", "slow"],
)
def test_a_lying_or_slow_witness_harms_nobody(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, server: object, fault_is: Fault
) -> None:
    monkeypatch.setattr(witnesses, "PATIENCE_S", 0.5)
    with serving(server()) as url:  # type: ignore[operator]
        named(settings, url)
        extend("east")
    assert (countersigned(), fault()) == ((1, []), fault_is)


def test_no_redirect_is_followed(settings: LazySettings) -> None:
    elsewhere = answering(200)
    with serving(elsewhere) as url, serving(answering(307, Location=f"{url}/inside")) as first:
        named(settings, first)
        extend("east")
    assert (fault(), elsewhere.asked_for) == (Fault.ANSWER, [])  # type: ignore[attr-defined]


def test_a_signature_of_another_time_is_not_taken(
    settings: LazySettings, witness: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "CLOCKS_DIFFER_S", -1)  # as if even this second were another
    with serving(witness) as url:
        named(settings, url)
        extend("east")
    assert (countersigned(), fault()) == ((1, []), Fault.CLOCK)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "this is no key"),
        (KEY, "should begin with https://"),
        (f"{KEY} ftp://ngo.example", "should begin with https://"),
        (f"{KEY} https://me:secret@ngo.example", "no name"),
        (f"{KEY} https://ngo.example:port", "Port could not be cast"),
    ],
)
def test_a_misspelt_witness_is_named(settings: LazySettings, text: str, reason: str) -> None:
    settings.MADANG_WITNESSES = [text]
    with pytest.raises(ImproperlyConfigured, match=reason):
        configured_witnesses()


def test_a_key_that_is_too_long_to_keep_is_refused(settings: LazySettings) -> None:
    settings.MADANG_WITNESSES = [f"{witness_key('x' * 300, SECRET)} https://ngo.example"]
    with pytest.raises(ImproperlyConfigured, match="is longer than 300"):
        configured_witnesses()


def test_the_key_of_a_log_is_no_witness_s(settings: LazySettings) -> None:
    settings.MADANG_WITNESSES = [f"{city_key(ORIGIN)} https://ngo.example"]
    with pytest.raises(ImproperlyConfigured, match="one of a log"):
        configured_witnesses()


@pytest.mark.parametrize(
    ("prefix", "none", "silent"),
    [("/en", "None yet", "It does not answer."), ("", "아직 없음", "답이 없습니다")],
)
def test_the_page_shows_who_countersigned_and_when(
    settings: LazySettings, client: Client, witness: HTTPServer, prefix: str, none: str, silent: str
) -> None:
    other = witness_key("paper.example", SECRET)
    with serving(witness) as url:
        settings.MADANG_WITNESSES = [f"{KEY} {url}", f"{other} http://127.0.0.1:1"]
        extend("east")
    page = client.get(f"{prefix}/about/journal").content.decode()
    for shown in (NAME, "paper.example", none, silent, KEY):
        assert shown in page
