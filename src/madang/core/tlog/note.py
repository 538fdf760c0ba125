"""Signed notes: a text and, below it, the signatures of one or more keys.

Source: c2sp.org/signed-note and c2sp.org/tlog-cosignature, for Ed25519. How to sign and how to
verify is passed in.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from madang.core.tlog.trouble import BadNote

Sign = Callable[[bytes], bytes]  # message → signature
Verify = Callable[[bytes, bytes, bytes], bool]  # public key, signature, message

NAME = re.compile(r"[^\s+]+")
MOST_SIGNATURES = 64
PUBLIC_BYTES = 32


class Kind(IntEnum):
    """What a key signs: the text alone, or the time at which a witness saw it with the text."""

    NOTE = 1
    COSIGNATURE = 4


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with the name under which it signs; as text it is a "vkey"."""

    name: str
    kind: Kind
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


class Signature(NamedTuple):
    """One line below a note. The value of a cosignature begins with its time, in 8 bytes."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {to_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """text: ends with a newline."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


def parse_key(text: str) -> Key:
    """Return the key of a vkey. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    claimed, _, coded = rest.partition("+")
    material = from_base64(coded)
    if not NAME.fullmatch(name) or len(material) != 1 + PUBLIC_BYTES:
        raise BadNote("this is no key: it should read name+id+key")
    if material[0] not in tuple(Kind):
        raise BadNote(
            "the key of {name} is of type {kind}; only Ed25519 is known here",
            name=name,
            kind=material[0],
        )
    key = Key(name, Kind(material[0]), material[1:])
    if key.id.hex() != claimed:
        raise BadNote("the key of {name} does not fit its own id {id}", name=name, id=claimed)
    return key


def parse_note(data: bytes) -> Note:
    """Return the note. Says nothing of whether anybody signed it. Raises BadNote."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise BadNote("the note is not in UTF-8") from None
    if any(character < " " and character != "\n" for character in whole):
        raise BadNote("the note has control characters in it")
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise BadNote("the note has no signatures below a blank line")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("the note has more than {most} signatures", most=MOST_SIGNATURES)
    return Note(text + "\n", tuple(map(_parse_signature, lines)))


def _parse_signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, coded = rest.partition(" ")
    value = from_base64(coded)
    if dash != "—" or not NAME.fullmatch(name) or len(value) <= 4:
        raise BadNote("this is no signature: {line}", line=line[:80])
    return Signature(name, value[:4], value[4:])


def signed(note: Note, key: Key, sign: Sign, *, unix_time: int | None = None) -> Note:
    """Return the note with one more signature. unix_time: for a cosignature, in seconds."""
    assert (unix_time is None) == (key.kind == Kind.NOTE), "a cosignature has a time, others none"
    stamp = b"" if unix_time is None else unix_time.to_bytes(8, "big")
    value = stamp + sign(_message(note.text, key.kind, stamp))
    return replace(note, signatures=(*note.signatures, Signature(key.name, key.id, value)))


def signers(note: Note, keys: Iterable[Key], verify: Verify) -> list[tuple[Key, int | None]]:
    """Return which of these keys signed, in order, each with the time of its cosignature, if any.

    Signatures of others are passed over. Raises BadNote if one of these keys' is wrong.
    """
    known = {(key.name, key.id): key for key in keys}
    found = list[tuple[Key, int | None]]()
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        stamp = signature.value[:8] if key.kind == Kind.COSIGNATURE else b""
        value, message = signature.value[len(stamp) :], _message(note.text, key.kind, stamp)
        if not verify(key.public, value, message):
            raise BadNote("the signature of {name} does not fit", name=key.name)
        found.append((key, int.from_bytes(stamp, "big") if stamp else None))
    return found


def _message(text: str, kind: Kind, stamp: bytes) -> bytes:
    if kind == Kind.NOTE:
        return text.encode()
    return f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n{text}".encode()


def to_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes. Raises BadNote."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise BadNote("this is not in Base64: {text}", text=text[:60]) from None
