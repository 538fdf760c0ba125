"""The witness's protocol: what it asks, what it refuses, and the example of its specification."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.logs import Log
from madang.core.tlog.checkpoint import Checkpoint
from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.note import Key, Kind, Note, parse_note, signed
from madang.core.tlog.proofs import Tree
from madang.core.tlog.trouble import BadNote
from madang.core.tlog.witness import (
    Addition,
    NotCosigned,
    check_addition,
    cosignature_in,
    parse_addition,
)

# c2sp.org/tlog-witness, the request that it shows.
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501 as the specification prints it
ORIGIN = "daon.example/journal"
LOG = Key(ORIGIN, Kind.NOTE, bytes(32))
STRANGER = Key("other.example/journal", Kind.NOTE, bytes(32))
WITNESS = Key("ngo.example", Kind.COSIGNATURE, b"w" * 32)


def sign(message: bytes) -> bytes:
    """A stand-in for Ed25519: the rules of a witness do not depend on how signatures are made."""
    return b"signed " + leaf_hash(message)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    return signature == sign(message)


def log(size: int, *, other_from: int | None = None) -> tuple[Checkpoint, Tree]:
    """A log of some size; one that was rewritten has other entries from there on."""
    other = size if other_from is None else other_from
    made = Log([b"%d" % n if n < other else b"other %d" % n for n in range(size)])
    return Checkpoint(ORIGIN, size, made.edge.root()), made.tree()


def asked(size: int, old_size: int, *, other_from: int | None = None) -> Addition:
    head, tree = log(size, other_from=other_from)
    proof = tree.consistency(old_size) if old_size <= size else []
    return Addition(old_size, tuple(proof), signed(Note(head.text), LOG, sign))


def refusal(addition: Addition, seen: Checkpoint | None) -> tuple[int, int | None]:
    with pytest.raises(NotCosigned) as refused:
        check_addition(addition, seen, [LOG], verify)
    return refused.value.status, refused.value.saw


def test_the_example_of_the_specification_is_read_and_written_again() -> None:
    request = parse_addition(EXAMPLE.encode())
    assert (request.old_size, len(request.proof)) == (20852014, 4)
    assert len(request.note.signatures) == 2
    assert bytes(request) == EXAMPLE.encode()


@given(st.integers(1, 600), st.integers(0, 600))
def test_what_grew_is_countersigned_whatever_its_sizes(size: int, old_size: int) -> None:
    old_size = min(size, old_size)
    seen = log(old_size)[0] if old_size else None
    request = parse_addition(bytes(asked(size, old_size)))
    assert check_addition(request, seen, [STRANGER, LOG], verify) == log(size)[0]


@given(st.integers(2, 600), st.integers(1, 600), st.data())
def test_what_was_rewritten_is_never_countersigned(
    size: int, old_size: int, data: st.DataObject
) -> None:
    old_size = min(size, old_size)
    rewritten = asked(size, old_size, other_from=data.draw(st.integers(0, old_size - 1)))
    status, saw = refusal(rewritten, log(old_size)[0])
    assert (status, saw) == ((409, size) if old_size == size else (422, None))


@given(st.integers(0, 300), st.integers(1, 300))
def test_what_shrank_is_never_countersigned(size: int, cut: int) -> None:
    seen = log(size + cut)[0]
    assert refusal(asked(size, size), seen) == (409, size + cut)
    assert refusal(asked(size, size + cut), seen) == (400, None)


def test_each_refusal_has_the_status_that_the_specification_gives_it() -> None:
    seen = log(5)[0]
    assert refusal(asked(9, 4), seen) == (409, 5)
    assert refusal(asked(9, 0), seen) == (409, 5)
    assert refusal(asked(9, 5), None) == (409, 0)
    unsigned = Addition(5, asked(9, 5).proof, Note(log(9)[0].text, asked(8, 5).note.signatures))
    assert refusal(unsigned, seen) == (403, None)
    foreign = Checkpoint("other.example/journal", 9, bytes(32))
    assert refusal(Addition(5, (), signed(Note(foreign.text), LOG, sign)), seen) == (404, None)
    missing = Addition(5, (), asked(9, 5).note)
    assert refusal(missing, seen) == (422, None)
    superfluous = Addition(0, (bytes(32),), asked(9, 0).note)
    assert refusal(superfluous, None) == (422, None)


def test_another_empty_log_is_no_log() -> None:
    empty = Checkpoint(ORIGIN, 0, bytes(32))
    assert refusal(Addition(0, (), signed(Note(empty.text), LOG, sign)), None) == (409, 0)


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"new 5\n\n",
        b"old 05\n\n",
        b"old -1\n\n",
        b"old 5\nshort\n\n",
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n",
        b"\xff\n\n",
        EXAMPLE.encode()[:40],
        EXAMPLE.partition("\n\n")[0].encode(),
    ],
)
def test_what_is_no_request_is_refused_in_one_sentence(request_: bytes) -> None:
    with pytest.raises(BadNote):
        check_addition(parse_addition(request_), None, [LOG], verify)


def test_of_an_answer_only_the_witness_s_own_true_signature_is_taken() -> None:
    text = log(5)[0].text
    cosigned = signed(Note(text), WITNESS, sign, unix_time=1_590_000_000)
    stranger = Key("stranger.example", Kind.COSIGNATURE, bytes(32))
    both = signed(cosigned, stranger, sign, unix_time=1_590_000_001)
    answer = str(both).removeprefix(f"{text}\n").encode()
    line, at = cosignature_in(answer, text, WITNESS, verify)
    assert (line, at) == (cosigned.signatures[0], 1_590_000_000)
    assert parse_note(f"{text}\n{line}".encode()) == cosigned
    for wrong in (b"", b"no\n", answer[:30], str(both.signatures[1]).encode(), b"\n\n" + answer):
        with pytest.raises(BadNote):
            cosignature_in(wrong, text, WITNESS, verify)
    with pytest.raises(BadNote):
        cosignature_in(answer, log(6)[0].text, WITNESS, verify)
