"""Signed notes and checkpoints: the specification's own examples, and what is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.logs import Log, numbered
from madang.core.tlog.checkpoint import Checkpoint, Proof, parse_checkpoint, parse_proof
from madang.core.tlog.merkle import leaf_hash, root_by_inclusion
from madang.core.tlog.note import Key, Kind, Note, parse_key, parse_note, signed, signers
from madang.core.tlog.trouble import BadNote

# From c2sp.org/signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501 one line of the example


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def make_key(name: str, kind: Kind = Kind.NOTE) -> tuple[Key, Callable[[bytes], bytes]]:
    secret = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
    return Key(name, kind, secret.public_key().public_bytes_raw()), secret.sign


def test_the_example_of_the_specification_is_signed_by_its_key() -> None:
    key, note = parse_key(VKEY), parse_note(NOTE.encode())
    assert (str(key), str(note)) == (VKEY, NOTE)
    assert note.text == "This is an example message.\n"
    assert signers(note, [key], verify) == [(key, None)]


def test_a_changed_text_is_not_signed() -> None:
    note = parse_note(NOTE.replace("example message", "another message").encode())
    with pytest.raises(BadNote, match=r"example\.com/foo does not fit"):
        signers(note, [parse_key(VKEY)], verify)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(0, 1 << 40))
def test_a_note_survives_as_text_with_all_its_signatures(text: str, seconds: int) -> None:
    log, log_sign = make_key("daon.example/journal")
    witness, witness_sign = make_key("witness.example/한글", Kind.COSIGNATURE)
    note = signed(Note(text + "\n"), log, log_sign)
    note = signed(note, witness, witness_sign, unix_time=seconds)
    again = parse_note(str(note).encode())
    assert again == note
    assert signers(again, [log, witness], verify) == [(log, None), (witness, seconds)]
    assert signers(again, [], verify) == []


def test_a_cosignature_stands_for_its_own_time_alone() -> None:
    witness, sign = make_key("witness.example", Kind.COSIGNATURE)
    note = signed(Note("daon.example\n"), witness, sign, unix_time=1590040800)
    (line,) = note.signatures
    bent = line._replace(value=(1590040801).to_bytes(8, "big") + line.value[8:])
    with pytest.raises(BadNote, match="does not fit"):
        signers(replace(note, signatures=(bent,)), [witness], verify)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text\n", "no signatures"),
        (b"text\n\n", "no signature"),
        (b"text\n\nno dash AAAAAAAA\n", "no signature"),
        ("text\n\n— name not-base64!\n".encode(), "not in Base64: not-base64!"),
        ("text\n\n— name AAAAAA==\n".encode(), "no signature"),
        ("te\txt\n\n— name AAAAAAAA\n".encode(), "control characters"),
        (b"\xff\n\n", "not in UTF-8"),
        (b"text\n\n" + "— name AAAAAAAA\n".encode() * 65, "more than 64"),
    ],
)
def test_what_is_no_note_is_refused_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_note(data)


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        ("", "no key"),
        ("name+00000000+AAAA", "no key"),
        (VKEY.replace("530d903a", "530d903b"), "does not fit its own id"),
        ("name+00000000+Av//////////////////////////////////////////", "type 2"),
    ],
)
def test_what_is_no_key_is_refused_in_a_sentence(vkey: str, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_key(vkey)


def test_the_example_checkpoint_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    found = parse_checkpoint(Note(text))
    assert (found.origin, found.size, len(found.root)) == (
        "example.com/behind-the-sofa",
        20852163,
        32,
    )
    assert found.text == text
    assert parse_checkpoint(Note(text + "an extension\n")) == found


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "\n1\nAAAA\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_checkpoint(Note(text))


@given(st.integers(1, 600), st.binary(max_size=40), st.data())
def test_a_proof_survives_as_a_file_and_still_proves(size: int, extra: bytes, data) -> None:
    log, index = Log(numbered(size)), data.draw(st.integers(0, size - 1))
    key, sign = make_key("daon.example/journal")
    head = Checkpoint(key.name, size, log.edge.root())
    note = signed(Note(head.text), key, sign)
    proof = parse_proof(str(Proof(index, tuple(log.tree().inclusion(index)), note, extra)).encode())
    assert (proof.index, proof.extra) == (index, extra)
    assert signers(proof.checkpoint, [key], verify) == [(key, None)]
    root = root_by_inclusion(
        leaf=leaf_hash(log.entries[index]), index=index, size=size, proof=proof.steps
    )
    assert root == parse_checkpoint(proof.checkpoint).root


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no proof"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "no proof"),
        (b"c2sp.org/tlog-proof@v1\n\nx", "which entry"),
        (b"c2sp.org/tlog-proof@v1\nindex 00\n\nx", "this is no number: 00"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx", "has 3 bytes, not 32"),
        (b"c2sp.org/tlog-proof@v1\nindex 0" + b"\nAAAA" * 65 + b"\n\nx", "more than 64"),
        (b"\xff\n\n", "not in UTF-8"),
    ],
)
def test_what_is_no_proof_is_refused_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(BadNote, match=reason):
        parse_proof(data)
