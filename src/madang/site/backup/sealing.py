"""Close a stream for the holders of age identities, and open it again: gzip inside, age outside.

Only public keys are needed to close, so whoever breaks into the city cannot read old backups. Data
are closed while they stream; nothing open is ever written to a disk on the way.
"""

import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, TypeVar

import pyrage
from pyrage.x25519 import Identity, Recipient

T = TypeVar("T")

CHUNK = 1 << 20  # bytes
FASTEST = 1  # log segments are mostly zeros, and a city waits for this
GZIP = 16 + zlib.MAX_WBITS


class UnableToSeal(Exception):
    """What was to be closed did not come to an end; the message is the system's own."""


class UnableToOpen(Exception):
    """The file cannot be opened. The message is a stable code: "wrong-identity", "altered"."""

    def __init__(self, why: str, path: Path) -> None:
        super().__init__(why)
        self.path = path


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was written: sizes in bytes; hashes are SHA-256, in hexadecimal digits."""

    size: int
    sha256: str
    plain_size: int
    plain_sha256: str


def make_identity() -> tuple[str, str]:
    """Return a new secret identity and the public key that closes for it."""
    identity = Identity.generate()
    return str(identity), str(identity.to_public())


def parse_recipients(keys: Iterable[str]) -> list[Recipient]:
    """Return the public keys. Raises ValueError with the text that is none."""
    return [_parsed(Recipient.from_str, key) for key in keys]


def parse_identities(text: str) -> list[Identity]:
    """Return the identities of an age identity file. Raises ValueError with a line that is none."""
    lines = (line.strip() for line in text.splitlines())
    return [_parsed(Identity.from_str, line) for line in lines if line and not line.startswith("#")]


def _parsed(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except (pyrage.RecipientError, pyrage.IdentityError):
        raise ValueError(text) from None


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def seal(chunks: Iterable[bytes], path: Path, recipients: Sequence[Recipient]) -> Sealed:
    """Write the chunks to a new file, closed; it is on disk when this returns.

    Raises UnableToSeal, OSError, and whatever the chunks themselves raise.
    """
    with path.open("xb") as file:
        done = seal_into(file, chunks, recipients)
        os.fsync(file.fileno())
    return done


def seal_into(file: BinaryIO, chunks: Iterable[bytes], recipients: Sequence[Recipient]) -> Sealed:
    """Write the chunks into this file, closed. Raises as `seal` does."""
    plain, closed = _Plain(chunks), _Closed(file)
    try:
        pyrage.encrypt_io(plain, closed, recipients)
        file.flush()
    except (pyrage.EncryptError, OSError) as failed:
        # The library tells only the name of what its streams raised.
        raise plain.trouble or closed.trouble or UnableToSeal(str(failed)) from None
    return Sealed(closed.size, closed.digest.hexdigest(), plain.size, plain.digest.hexdigest())


@contextmanager
def opened(path: Path, identities: Sequence[Identity]) -> Iterator[BinaryIO]:
    """Yield what was closed, as a stream that is opened while it is read.

    Raises UnableToOpen after the block, whatever the block made of a stream that broke off.
    """
    source, sink = os.pipe()
    trouble: list[BaseException] = []

    def work() -> None:
        with os.fdopen(sink, "wb") as out:
            try:
                _open_into(path, out, identities)
            except (OSError, UnableToOpen) as failed:
                trouble.append(failed)

    thread = threading.Thread(target=work)
    with os.fdopen(source, "rb") as stream:
        thread.start()
        try:
            yield stream
            for _ in chunks_of(stream):  # what nobody asked for is checked too
                pass
        except Exception:
            # Whoever read a stream that broke off says so in words of its own.
            stream.close()
            thread.join()
            if found := _first(trouble):
                raise found from None
            raise
        finally:
            with suppress(OSError):
                stream.close()
            thread.join()
    if found := _first(trouble):
        raise found


def _first(trouble: list[BaseException]) -> BaseException | None:
    return next((each for each in trouble if not isinstance(each, BrokenPipeError)), None)


def _open_into(path: Path, out: BinaryIO, identities: Sequence[Identity]) -> None:
    plain = _Opened(out)
    with path.open("rb") as file:
        try:
            pyrage.decrypt_io(file, plain, identities)
        except (pyrage.DecryptError, OSError) as failed:
            if plain.trouble:
                raise plain.trouble from None
            is_strange = "No matching keys" in str(failed)
            raise UnableToOpen("wrong-identity" if is_strange else "altered", path) from None
    if not plain.gzip.eof:
        raise UnableToOpen("altered", path)


class _Plain:
    """The chunks as a stream of gzip data that the library reads."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.size, self.digest = 0, sha256()
        self.trouble: Exception | None = None
        self._left = b""
        self._squeezed = self._squeeze(chunks)

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                self._left = next(self._squeezed)
        except StopIteration:
            return b""
        except Exception as failed:
            self.trouble = failed
            raise
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def _squeeze(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        gzip = zlib.compressobj(FASTEST, wbits=GZIP)
        for chunk in chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            if squeezed := gzip.compress(chunk):
                yield squeezed
        yield gzip.flush()


class _Closed:
    """The file, with its size and hash."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size, self.digest = file, 0, sha256()
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self.file.write(data)
        except OSError as failed:
            self.trouble = failed
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


class _Opened:
    """Where the library writes gzip data, which go on as what they were."""

    def __init__(self, out: BinaryIO) -> None:
        self.out, self.gzip = out, zlib.decompressobj(wbits=GZIP)
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self.out.write(self.gzip.decompress(data))
        except (OSError, zlib.error) as failed:
            self.trouble = failed
            raise
        return len(data)

    def flush(self) -> None:
        self.out.flush()
