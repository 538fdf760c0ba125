"""The core of the journal beside pymerkle 7: how fast a log grows, and what a proof costs. And a
city's whole journal, with the database around it.

    python benchmarks/journal.py [--entries 10000000] [--peer-entries 200000] [--events 100000]

Both in this process, on one thread. Ours appends in batches and keeps all tiles in memory, as
bytes; pymerkle's InmemoryTree appends the same entries one by one, which is the way it has, and
fewer of them. Printed: entries for each CPU second, the median CPU time of a proof of inclusion
made and checked, and the ratios. The roots over the peer's entries must agree.

The city's events are sealed votes and open ones, three to one, with a row of a watched table for
each; the time of PostgreSQL is in the seconds, and not in the CPU seconds, which are ours.
"""

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pymerkle

from madang.core.tlog.merkle import leaf_hash, root_by_inclusion
from madang.core.tlog.proofs import Tree
from madang.core.tlog.tiles import Edge, append

BATCH = 10_000
PROOFS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--peer-entries", type=int, default=200_000)
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    rate, proof_ms, roots = ours(asked.entries, asked.peer_entries)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peer_rate, peer_ms, peer_root = theirs(asked.peer_entries)
    print(f"journal: {asked.entries:,} entries in batches of {BATCH:,}")
    print(f"         beside pymerkle with {asked.peer_entries:,}, one by one")
    for name, mine, other, ratio in (
        ("append, entries a CPU second", rate, peer_rate, rate / peer_rate),
        ("a proof, CPU ms", proof_ms, peer_ms, peer_ms / proof_ms),
    ):
        print(f"  {name:30} madang {mine:12,.2f}  pymerkle {other:12,.2f}  ratio {ratio:5.1f}")
    print(f"  {'peak memory, MB':30} madang {peak_mb:12,.0f}")
    same = roots == peer_root
    print(f"  roots over {asked.peer_entries:,}: {'the same' if same else 'DIFFERENT'}")
    in_a_city(asked.events)
    return 0 if same else 1


def entry(number: int) -> bytes:
    return b'{"act":"bench","facts":{"number":%d}}' % number


def ours(entries: int, also: int) -> tuple[float, float, bytes]:
    """Return the rate, a proof's time and the root over the first `also` entries."""
    tiles: dict[tuple[int, int], bytes] = {}
    edge, root = Edge(), b""
    start = time.process_time()
    for first in range(0, entries, BATCH):
        leaves = [leaf_hash(entry(n)) for n in range(first, min(first + BATCH, entries))]
        edge, full = append(edge, leaves)
        for tile in full:
            tiles[tile.level, tile.number] = tile.hashes
        if edge.size == also:
            root = edge.root()
    rate = entries / (time.process_time() - start)
    for tile in edge.partial_tiles():
        tiles[tile.level, tile.number] = tile.hashes
    tree = Tree(entries, lambda level, number, width: tiles[level, number][: 32 * width])
    times, whole = [], edge.root()
    for place in random.Random(1).sample(range(entries), PROOFS):
        start = time.process_time()
        proof, leaf = tree.inclusion(place), leaf_hash(entry(place))
        assert root_by_inclusion(leaf=leaf, index=place, size=entries, proof=proof) == whole
        times.append(time.process_time() - start)
    return rate, statistics.median(times) * 1000, root


def theirs(entries: int) -> tuple[float, float, bytes]:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    start = time.process_time()
    for number in range(entries):
        tree.append_entry(entry(number))
    rate = entries / (time.process_time() - start)
    root, times = tree.get_root(), []
    for place in random.Random(1).sample(range(entries), PROOFS):
        start = time.process_time()
        proof = tree.prove_inclusion(place + 1)
        pymerkle.verify_inclusion(leaf_hash(entry(place)), root, proof)
        times.append(time.process_time() - start)
    return rate, statistics.median(times) * 1000, root


VOTES = """
INSERT INTO events_outboxevent (wire, payload, is_sealed, salt)
SELECT 'hearings.vote-cast.v1', jsonb_build_object(
    'hearing', 'next-year', 'value', n %% 3 - 1, 'statement', n %% 200,
    'participant', gen_random_uuid(), 'cast_at', now()
), true, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM generate_series(1, %s) n
"""
OPEN = """
INSERT INTO events_outboxevent (wire, payload, is_sealed)
SELECT 'hearings.statement-approved.v1', jsonb_build_object(
    'hearing', 'next-year', 'statement', n, 'text', '의견 ' || n || '번입니다.', 'at', now()
), false
FROM generate_series(1, %s) n
"""
ROWS = """
INSERT INTO identity_person (id, email, password, is_active)
SELECT gen_random_uuid(), n || '@bench.example', '', true FROM generate_series(1, %s) n
"""


def in_a_city(events: int) -> None:
    """Let a city's journal grow by so many events, and audit it."""
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as folder:
        os.environ |= {"MADANG_DATA": folder, "DJANGO_SETTINGS_MODULE": "madang.site.settings"}
        from madang.site.environment import keep_secrets
        from madang.site.postgres import running_database

        keep_secrets(Path(folder))
        with running_database(Path(folder)):
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            _measure_city(events)


def _measure_city(events: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from madang.ground.journal.audit import audit_journal
    from madang.ground.journal.services import extend_journal

    with connection.cursor() as cursor:
        for statement, count in ((VOTES, events * 3 // 4), (OPEN, events // 4)):
            cursor.execute(statement, [count])
        cursor.execute(ROWS, [events])
        cursor.execute("ANALYZE")
    print(f"a city with {events:,} events and as many rows, all at once")
    for name, run in (
        ("append", lambda: extend_journal(at=timezone.now())),
        ("audit", lambda: len(list(audit_journal()))),
    ):
        _time(name, events, run)


def _time(name: str, events: int, run: Callable[[], int]) -> None:
    began, own = time.monotonic(), time.process_time()
    run()
    own, whole = time.process_time() - own, time.monotonic() - began
    print(f"  {name:30} {events / own:12,.0f} events a CPU second of ours; {whole:.1f} s in all")


if __name__ == "__main__":
    raise SystemExit(main())
