"""The head of a log as text, and a proof that an entry is in it as a file of its own.

Source: c2sp.org/tlog-checkpoint and c2sp.org/tlog-proof.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from madang.core.tlog.merkle import HASH_BYTES
from madang.core.tlog.note import Note, from_base64, parse_note, to_base64
from madang.core.tlog.trouble import BadNote

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MOST_STEPS = 64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log commits to: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text to sign."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry is in a log: what its owner keeps, and shows to whom they like.

    steps: from the entry's neighbour to the child of the root.
    extra: what else is needed to make the entry again; no signature covers it.
    """

    index: int
    steps: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        steps = [to_base64(step) for step in self.steps]
        lines = [PROOF_HEADER, *extra, f"index {self.index}", *steps, "", str(self.checkpoint)]
        return "\n".join(lines)


def parse_checkpoint(note: Note) -> Checkpoint:
    """Return the checkpoint that the note holds; lines after the third are passed over.

    Raises BadNote.
    """
    lines = note.text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]):
        raise BadNote("a checkpoint has three lines: origin, size, root")
    origin, size, root = lines[:3]
    return Checkpoint(origin, number_in(size), _hash(root))


def parse_proof(data: bytes) -> Proof:
    """Return the proof in a file. Nothing in it is believed yet. Raises BadNote."""
    head, blank, below = data.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        raise BadNote("the proof is not in UTF-8") from None
    if lines.pop(0) != PROOF_HEADER or not blank:
        raise BadNote("this is no proof: its first line should be {header}", header=PROOF_HEADER)
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise BadNote("the proof does not say which entry it is for")
    index = number_in(lines.pop(0).removeprefix("index "))
    if len(lines) > MOST_STEPS:
        raise BadNote("the proof has more than {most} steps", most=MOST_STEPS)
    return Proof(index, from_lines(lines), parse_note(below), extra)


def number_in(text: str) -> int:
    """Return the number, written as these formats want it. Raises BadNote."""
    if not NUMBER.fullmatch(text):
        raise BadNote("this is no number: {text}", text=text[:40])
    return int(text)


def from_lines(lines: Iterable[str]) -> tuple[bytes, ...]:
    """Return the hashes of a proof, one a line. Raises BadNote."""
    return tuple(_hash(line) for line in lines)


def _hash(text: str) -> bytes:
    found = from_base64(text)
    if len(found) != HASH_BYTES:
        raise BadNote(
            "this hash has {found} bytes, not {wanted}: {text}",
            found=len(found),
            wanted=HASH_BYTES,
            text=text[:60],
        )
    return found
