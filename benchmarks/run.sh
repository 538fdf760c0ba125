#!/bin/bash
# Every benchmark beside its peer, as ratios of one run. Peers live in a venv of their own.
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
if [ ! -e .venv-bench/.ready ] || [ requirements/bench.txt -nt .venv-bench/.ready ]; then
  echo "Setting up: peers to compare with (.venv-bench)"
  .cache/uv/bin/uv venv --quiet --allow-existing --python .venv/bin/python .venv-bench
  .cache/uv/bin/uv pip sync --quiet --python .venv-bench/bin/python --require-hashes requirements/bench.txt
  touch .venv-bench/.ready
fi
for bench in opinion_map ballot_count disclosure; do
  echo; echo "== $bench"
  .venv/bin/python "benchmarks/$bench.py" --peer-python .venv-bench/bin/python
done
echo; echo "== journal"
.venv/bin/python benchmarks/journal.py
echo; echo "== reach"
.venv/bin/python benchmarks/reach.py
echo; echo "== voting"
.venv/bin/python benchmarks/voting.py
