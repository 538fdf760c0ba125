# The whole development loop. `make demo` shows Madang, `make test` proves it.
.DEFAULT_GOAL := help
.PHONY: help demo setup test nightly check bench lock messages docs wheel clean
.DELETE_ON_ERROR:
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
UV := .cache/uv/bin/uv
VENDOR := src/madang/web/static/vendor

help:  ## Say what can be made.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup  ## Set up, load the sample city and serve it (PORT=8500; ONCE=1: run the loop once, print it, stop).
	@$(BIN)/madang demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

setup: .venv/.ready $(VENDOR)/.ready .venv/.messages  ## Prepare .venv, after which .venv/bin/madang runs.

# uv comes by pip into a folder of its own, for Debian's Python has no venv module and guards its own packages.
$(UV): requirements/uv.txt
	@echo "Setting up: uv"
	@rm -rf .cache/uv
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  --root-user-action=ignore --target .cache/uv -r requirements/uv.txt
	@touch $@

.venv/.ready: $(UV) requirements/dev.txt pyproject.toml
	@echo "Setting up: Python packages (.venv)"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# Scripts and fonts of others: installed by npm, put beside ours, never committed.
$(VENDOR)/.ready: .venv/.ready package.json package-lock.json
	@echo "Setting up: scripts and fonts"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)/pretendard
	@cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/
	@cp -r node_modules/pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css \
	  node_modules/pretendard/dist/web/variable/woff2-dynamic-subset $(VENDOR)/pretendard/
	@touch $@

.venv/.messages: .venv/.ready $(wildcard src/madang/locale/*/LC_MESSAGES/django.po)
	@$(BIN)/pybabel --quiet compile --use-fuzzy -D django -d src/madang/locale
	@touch $@

test: setup check  ## Everything CI runs: check, then all tests.
	@bash tests/install_packages.sh
	@$(BIN)/pytest

nightly: setup  ## The browser journeys once more, with each block in a process of its own.
	@bash tests/install_packages.sh
	@$(BIN)/pytest --apart tests/browser/test_journeys.py

check: setup  ## Style, types and import contracts.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup  ## Measure speed and memory beside the peers, as ratios.
	@bash benchmarks/run.sh

lock: $(UV)  ## Pin every dependency anew, with hashes.
	@for name in uv run dev bench; do $(MAKE) --no-print-directory lock-$$name; done

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
lock-uv:
	@echo "uv>=0.9" | $(COMPILE) - -o requirements/uv.txt
lock-run:
	@$(COMPILE) pyproject.toml -o requirements/run.txt
lock-dev:
	@$(COMPILE) pyproject.toml --group dev -c requirements/run.txt -c requirements/uv.txt -o requirements/dev.txt
lock-bench:
	@$(COMPILE) --group bench -o requirements/bench.txt

messages: setup  ## Gather the texts to translate into src/madang/locale.
	@$(BIN)/python -m madang.site.messages

docs: setup  ## Write docs/reference from the code.
	@$(BIN)/python -m madang.site.reference

wheel: setup  ## Build the wheel into dist/.
	@$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

clean:  ## Remove what set-up and builds made; the city's data (.madang) stays.
	rm -rf .venv .venv-bench .cache build dist node_modules $(VENDOR)
