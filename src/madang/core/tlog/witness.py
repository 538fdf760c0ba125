"""What a log asks of a witness, and by what rules a witness countersigns.

A witness remembers the newest head that it countersigned of each log, and countersigns another one
only if that begins with all of the former. Source: c2sp.org/tlog-witness. What carries requests and
answers, keeps the memory and holds the key is the caller's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from madang.core.tlog.checkpoint import Checkpoint, from_lines, number_in, parse_checkpoint
from madang.core.tlog.merkle import EMPTY_ROOT, check_consistency
from madang.core.tlog.note import (
    Key,
    Kind,
    Note,
    Signature,
    Verify,
    parse_note,
    signers,
    to_base64,
)
from madang.core.tlog.trouble import BadNote, NotProved, Untrue

MOST_STEPS = 63
LONGEST_REQUEST = 1 << 16  # bytes
LONGEST_ANSWER = 1 << 14
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Addition:
    """A new head, and the proof that it begins with all that the witness saw last."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __bytes__(self) -> bytes:
        steps = (f"{to_base64(step)}\n" for step in self.proof)
        return f"old {self.old_size}\n{''.join(steps)}\n{self.note}".encode()


class NotCosigned(Untrue):
    """status: what HTTP calls it. saw: how many entries were seen last, if that is the trouble."""

    def __init__(self, status: int, reason: str, saw: int | None = None, **values: object) -> None:
        self.status, self.saw = status, saw
        super().__init__(reason, **values)


def parse_addition(data: bytes) -> Addition:
    """Return what is asked. Nothing in it is believed yet. Raises BadNote."""
    above, _, below = data.partition(b"\n\n")
    try:
        old, *steps = above.decode().split("\n")
    except UnicodeDecodeError:
        raise BadNote("the proof is not in UTF-8") from None
    if not old.startswith("old "):
        raise BadNote("the request does not begin with an old size")
    if len(steps) > MOST_STEPS:
        raise BadNote("the proof has more than {most} steps", most=MOST_STEPS)
    return Addition(number_in(old.removeprefix("old ")), from_lines(steps), parse_note(below))


def check_addition(
    asked: Addition, seen: Checkpoint | None, keys: Iterable[Key], verify: Verify
) -> Checkpoint:
    """Return the head that the witness may countersign, after it wrote down that it did.

    seen: what it countersigned of this log last. keys: of all logs that it knows. Raises BadNote
    for what is no request, NotCosigned for what the witness must not sign.
    """
    head = parse_checkpoint(asked.note)
    known = [key for key in keys if key.name == head.origin and key.kind == Kind.NOTE]
    if not known:
        raise NotCosigned(404, "this witness does not know {origin}", origin=head.origin)
    if not _is_signed(asked.note, known, verify):
        raise NotCosigned(403, "no key at hand signed for {origin}", origin=head.origin)
    if asked.old_size > head.size:
        raise NotCosigned(400, "the log shrank from {old} to {new} entries", **_sizes(asked, head))
    old = seen or Checkpoint(head.origin, 0, EMPTY_ROOT)
    if asked.old_size != old.size:
        raise NotCosigned(409, "this witness saw {seen} entries last", old.size, seen=old.size)
    if old.size == head.size and old.root != head.root:
        raise NotCosigned(409, "two logs of {size} entries differ", old.size, size=old.size)
    try:
        check_consistency(
            old_size=old.size,
            old_root=old.root,
            new_size=head.size,
            new_root=head.root,
            proof=asked.proof,
        )
    except NotProved as broken:
        raise NotCosigned(422, broken.reason, None, **broken.values) from None
    return head


def _sizes(asked: Addition, head: Checkpoint) -> dict[str, int]:
    return {"old": asked.old_size, "new": head.size}


def _is_signed(note: Note, keys: Sequence[Key], verify: Verify) -> bool:
    try:
        return bool(signers(note, keys, verify))
    except BadNote:
        return False


def cosignature_in(answer: bytes, text: str, key: Key, verify: Verify) -> tuple[Signature, int]:
    """Return the witness's signature of this text, and its time in seconds. Raises BadNote.

    Signatures of other keys are passed over.
    """
    note = parse_note(text.encode() + b"\n" + answer)
    if note.text != text:
        raise BadNote("the answer holds more than signatures")
    for _, at in signers(note, [key], verify):
        assert at is not None, "a witness's key signs with its time"
        line = next(s for s in note.signatures if (s.name, s.key_id) == (key.name, key.id))
        return line, at
    raise BadNote("{name} did not countersign", name=key.name)
