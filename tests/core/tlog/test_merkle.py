"""Trees and proofs: against RFC 9162's own words, published roots and another implementation."""

from hashlib import sha256

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tlog.logs import Log, numbered
from madang.core.tlog.merkle import (
    EMPTY_ROOT,
    check_consistency,
    leaf_hash,
    node_hash,
    root_by_inclusion,
    root_of,
)
from madang.core.tlog.trouble import NotProved

# The entries and the roots of the first 1 to 8 of them, as the tests of Certificate Transparency
# (github.com/google/certificate-transparency, Apache-2.0) publish them.
ENTRIES = [
    bytes.fromhex(digits)
    for digits in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_that_certificate_transparency_publishes(size: int) -> None:
    assert root_of([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size - 1]
    assert Log(ENTRIES[:size]).edge.root().hex() == ROOTS[size - 1]


def test_a_tree_of_three_worked_by_hand() -> None:
    a, b, c = (sha256(b"\x00" + entry).digest() for entry in (b"a", b"b", b"c"))
    ab = sha256(b"\x01" + a + b).digest()
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()
    assert root_of([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")]) == node_hash(ab, c)
    log = Log([b"a", b"b", b"c"])
    assert log.tree().inclusion(0) == [b, c]
    assert log.tree().inclusion(2) == [ab]
    assert log.tree().consistency(1) == [b, c]
    assert log.tree().consistency(2) == [c]


sizes = st.integers(1, 700)


@settings(max_examples=60)
@given(sizes, st.data())
def test_a_proof_leads_from_its_entry_to_the_root_and_from_no_other(size: int, data) -> None:
    index = data.draw(st.integers(0, size - 1))
    log = Log(numbered(size))
    proof, root = log.tree().inclusion(index), log.edge.root()
    leaf = leaf_hash(log.entries[index])
    assert root_by_inclusion(leaf=leaf, index=index, size=size, proof=proof) == root
    assert root_by_inclusion(leaf=leaf_hash(b"no"), index=index, size=size, proof=proof) != root
    for at in range(len(proof)):
        bent = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert root_by_inclusion(leaf=leaf, index=index, size=size, proof=bent) != root
    for wrong in (proof[:-1], [*proof, bytes(32)]):
        if wrong != proof:
            with pytest.raises(NotProved):
                root_by_inclusion(leaf=leaf, index=index, size=size, proof=wrong)
    with pytest.raises(NotProved, match="not within"):
        root_by_inclusion(leaf=leaf, index=size, size=size, proof=proof)


@settings(max_examples=60)
@given(sizes, sizes, st.data())
def test_a_log_that_grew_proves_it_and_one_that_was_changed_cannot(one, two, data) -> None:
    old_size, new_size = sorted((one, two))
    log = Log(numbered(new_size))
    old, proof = Log(numbered(old_size)), log.tree().consistency(old_size)
    new_root = log.edge.root()
    check_consistency(
        old_size=old_size,
        old_root=old.edge.root(),
        new_size=new_size,
        new_root=new_root,
        proof=proof,
    )
    changed = data.draw(st.integers(0, old_size - 1))
    forged = Log([b"forged" if n == changed else entry for n, entry in enumerate(old.entries)])
    for old_root, root, steps in (
        (forged.edge.root(), new_root, proof),
        (old.edge.root(), bytes(32), proof),
        (old.edge.root(), new_root, [*proof, bytes(32)]),
        *[(old.edge.root(), new_root, proof[:-1])] * bool(proof),
    ):
        with pytest.raises(NotProved):
            check_consistency(
                old_size=old_size,
                old_root=old_root,
                new_size=new_size,
                new_root=root,
                proof=steps,
            )


def test_a_log_that_shrank_is_told_so() -> None:
    with pytest.raises(NotProved, match="shrank from 3 to 2"):
        check_consistency(old_size=3, old_root=b"", new_size=2, new_root=b"", proof=[])


@settings(max_examples=30)
@given(sizes, st.data())
def test_roots_and_proofs_are_those_of_another_implementation(size: int, data) -> None:
    log, other = Log(numbered(size)), pymerkle.InmemoryTree(algorithm="sha256")
    for entry in log.entries:
        other.append_entry(entry)
    assert log.edge.root() == other.get_root()
    index, old_size = (data.draw(st.integers(low, size - 1 + low)) for low in (0, 1))
    told = other.prove_inclusion(index + 1, size)
    assert [step for step in told.path if step != leaf_hash(log.entries[index])] == (
        log.tree().inclusion(index)
    )
    pymerkle.verify_inclusion(leaf_hash(log.entries[index]), log.edge.root(), told)
    assert log.tree(old_size).root() == other.get_root(old_size)
