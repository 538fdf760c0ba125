"""Ask the city's witnesses to countersign each new head before it is published.

A witness may be slow, dead or lying: each is asked by itself, with little patience, and left alone
for longer after each failure; the head is published with the signatures that came.
Source: c2sp.org/tlog-witness.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import SplitResult

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from madang.core.tlog.check import tile_reader
from madang.core.tlog.checkpoint import Checkpoint, number_in, parse_checkpoint
from madang.core.tlog.note import Key, Kind, Note, parse_key, parse_note
from madang.core.tlog.proofs import Tree
from madang.core.tlog.trouble import BadNote
from madang.core.tlog.witness import LONGEST_ANSWER, SIZE_TYPE, Addition, cosignature_in
from madang.ground.journal import files
from madang.ground.journal.asking import Answer, NoAnswer, address, post
from madang.ground.journal.keys import verify
from madang.ground.journal.models import Cosignature, SignedHead, WitnessState
from madang.ground.words import marked as _

logger = logging.getLogger(__name__)

PATIENCE_S = 4.0  # for one witness, which is asked twice at most
LEFT_ALONE_S = (20, 3600)  # after a first failure; at most
CLOCKS_DIFFER_S = 600
LONGEST_KEY = 300  # characters


class Fault(Enum):
    """What can be wrong with a witness, or with us: English catalogue keys."""

    SILENT = _("It does not answer.")
    ANSWER = _("Its answer is none that the protocol knows.")
    UNKNOWN = _("It does not watch this log: its operator has to add our public key.")
    REFUSED = _("It knows this log by another key than ours.")
    UNSIGNED = _("The signature that it sent does not fit its key.")
    CLOCK = _("Its clock differs from ours by more than ten minutes.")
    AHEAD = _("It saw more entries than the log has now: the log was set back, or there are two.")
    FORKED = _("It saw another log than this one: the log was rewritten, or there are two.")


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody outside who countersigns our heads."""

    key: Key
    url: SplitResult


@dataclass(frozen=True, slots=True)
class Health:
    """How it stands with a witness.

    size, at: of the newest head that it countersigned. fault: what was wrong when it was asked
    last; None where nothing was, or it was never asked.
    """

    name: str
    key: str
    url: str
    size: int | None
    at: datetime | None
    asked_at: datetime | None
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of asking. seen: how many entries the witness saw last, as far as we know."""

    seen: int
    line: str = ""
    at: datetime | None = None
    fault: Fault | None = None


def configured_witnesses() -> tuple[Witness, ...]:
    """Return the witnesses that MADANG_WITNESSES names. Raises ImproperlyConfigured."""
    return tuple(map(_witness, settings.MADANG_WITNESSES))


def _witness(text: str) -> Witness:
    coded, _, url = text.partition(" ")
    try:
        key, place = parse_key(coded), address(url.strip())
    except ValueError as wrong:
        raise ImproperlyConfigured(
            f"MADANG_WITNESSES: {text[:120]!r} is not a witness's key, a space and its address:"
            f" {wrong}."
        ) from None
    if len(str(key)) > LONGEST_KEY:
        raise ImproperlyConfigured(
            f"MADANG_WITNESSES: the key of {key.name[:40]}… is longer than {LONGEST_KEY}."
        )
    if key.kind != Kind.COSIGNATURE:
        raise ImproperlyConfigured(
            f"MADANG_WITNESSES: the key of {key.name} is one of a log, not of a witness."
        )
    return Witness(key, place)


def collect_cosignatures(*, at: datetime) -> int:
    """Ask each witness that is due to countersign the newest head; return how many did.

    Outside a transaction: it waits for others, but never for longer than a few seconds.
    """
    newest = SignedHead.objects.order_by("-size").first()
    if newest is None:
        return 0
    states = {state.witness: state for state in WitnessState.objects.all()}
    signed = set(newest.cosignature_set.values_list("witness", flat=True))
    due = [
        (witness, state.seen if (state := states.get(str(witness.key))) else 0)
        for witness in configured_witnesses()
        if str(witness.key) not in signed and _is_due(states.get(str(witness.key)), at)
    ]
    if not due:
        return 0
    note = parse_note(newest.note.encode())
    with ThreadPoolExecutor(max_workers=len(due)) as threads:
        asked = [threads.submit(_ask, witness, note, seen) for witness, seen in due]
    for (witness, _seen), answer in zip(due, asked, strict=True):
        _keep(witness, newest, answer.result(), at)
    return sum(answer.result().fault is None for answer in asked)


def _is_due(state: WitnessState | None, at: datetime) -> bool:
    if state is None or not state.failures:
        return True
    first, most = LEFT_ALONE_S
    return at >= state.tried_at + timedelta(seconds=min(first << min(state.failures - 1, 10), most))


def _ask(witness: Witness, note: Note, seen: int) -> _Told:
    """Ask one witness, once more if it saw another size than we thought. No SQL query: a thread."""
    head, ends = parse_checkpoint(note), time.monotonic() + PATIENCE_S
    for _attempt in range(2):
        proof = Tree(head.size, tile_reader(files.read)).consistency(min(seen, head.size))
        body = bytes(Addition(min(seen, head.size), tuple(proof), note))
        try:
            within_s = max(0.1, ends - time.monotonic())
            answer = post(
                witness.url, "/add-checkpoint", body, within_s=within_s, longest=LONGEST_ANSWER
            )
        except NoAnswer:
            return _Told(seen, fault=Fault.SILENT)
        told = _understood(answer, witness.key, head, seen)
        if told.fault is not None or told.line:
            return told
        seen = told.seen
    return _Told(seen, fault=Fault.ANSWER)


def _understood(answer: Answer, key: Key, head: Checkpoint, seen: int) -> _Told:
    """Return what the answer says; neither line nor fault where it names another size."""
    if answer.status == 200:
        return _cosigned(answer, key, head)
    if answer.status == 409 and answer.kind == SIZE_TYPE:
        try:
            size = number_in(answer.body.decode("ascii", "replace").removesuffix("\n"))
        except BadNote:
            return _Told(seen, fault=Fault.ANSWER)
        if size > head.size:
            return _Told(seen, fault=Fault.AHEAD)
        # It names the size that we thought: then what it saw is not what we have.
        return _Told(size, fault=Fault.FORKED if size == seen == head.size else None)
    faults = {404: Fault.UNKNOWN, 403: Fault.REFUSED, 409: Fault.FORKED, 422: Fault.FORKED}
    return _Told(seen, fault=faults.get(answer.status, Fault.ANSWER))


def _cosigned(answer: Answer, key: Key, head: Checkpoint) -> _Told:
    try:
        line, moment = cosignature_in(answer.body, head.text, key, verify)
    except BadNote:
        return _Told(head.size, fault=Fault.UNSIGNED)
    if abs(moment - time.time()) > CLOCKS_DIFFER_S:
        return _Told(head.size, fault=Fault.CLOCK)
    return _Told(head.size, str(line), datetime.fromtimestamp(moment, UTC))


@transaction.atomic
def _keep(witness: Witness, head: SignedHead, told: _Told, at: datetime) -> None:
    key = str(witness.key)
    state = WitnessState.objects.filter(witness=key).first() or WitnessState(witness=key)
    state.seen, state.tried_at = told.seen, at
    state.trouble = told.fault.name if told.fault else ""
    state.failures = state.failures + 1 if told.fault else 0
    state.save()
    if told.fault is not None:
        level = logging.ERROR if told.fault in {Fault.AHEAD, Fault.FORKED} else logging.WARNING
        logger.log(level, "witness %s: %s", witness.key.name, told.fault.value)
        return
    assert told.at is not None, "a cosignature has a time"
    Cosignature.objects.get_or_create(
        head=head, witness=key, defaults={"line": told.line, "cosigned_at": told.at}
    )


def with_cosignatures(head: SignedHead) -> str:
    """Return the signed head with the signatures of witnesses below the city's. One SQL query."""
    lines = head.cosignature_set.order_by("id").values_list("line", flat=True)
    return head.note + "".join(lines)


def health_of_witnesses() -> list[Health]:
    """Return how it stands with each witness. Two SQL queries."""
    newest = Cosignature.objects.order_by("witness", "-head_id").distinct("witness")
    return list(_health(configured_witnesses(), newest, WitnessState.objects.all()))


def _health(
    witnesses: Iterable[Witness], newest: Iterable[Cosignature], states: Iterable[WitnessState]
) -> Iterator[Health]:
    signed = {each.witness: each for each in newest}
    known = {state.witness: state for state in states}
    for witness in witnesses:
        last, state = signed.get(str(witness.key)), known.get(str(witness.key))
        yield Health(
            name=witness.key.name,
            key=str(witness.key),
            url=witness.url.geturl(),
            size=last.head_id if last else None,
            at=last.cosigned_at if last else None,
            asked_at=state.tried_at if state else None,
            fault=Fault[state.trouble] if state and state.trouble else None,
        )
