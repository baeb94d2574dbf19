# One command each. `make` alone shows them. Works with GNU make 3.81 (macOS) and later.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
CODE := bot adapters engine storage tests
# How many tests run at once: one worker per core unless told otherwise.
WORKERS ?= auto
# Handed to pytest as it stands, instead of the coverage gate.
PYTEST ?=
GATE := --cov --cov-report=term-missing:skip-covered

.DEFAULT_GOAL := help
.PHONY: help venv demo demo-reset test lint pytest bench soak lock browser clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: venv ## the whole product with an example company, in a browser, on this machine only
	@exec $(RUN) -m bot demo

demo-reset: venv ## forget everything the demo remembers
	@exec $(RUN) -m bot demo --reset

test: lint pytest ## everything that must hold: style, types, layers, tests, engine coverage

lint: venv ## style, types and layers
	$(RUN) -m ruff check $(CODE)
	$(RUN) -m ruff format --check $(CODE)
	$(RUN) -m mypy $(CODE)
	$(VENV)/bin/lint-imports --no-logo

# The browser is found (or installed) first, so that a missing one is known at once.
pytest: venv ## the tests alone, or some of them: make pytest PYTEST="-k outbox -x"
	@browser=$$(.ci/browser) || exit 1; \
	JIT_BROWSER="$$browser" $(RUN) -m pytest -n $(WORKERS) $(or $(PYTEST),$(GATE))

bench: venv ## how fast, with a table at the end
	@exec $(RUN) -m tests.bench

soak: venv ## the seeded simulation and the chaos for longer: make soak HISTORIES=1000000 ROUNDS=50
	$(RUN) -m tests.simulation $(HISTORIES)
	JIT_CHAOS_ROUNDS=$(or $(ROUNDS),10) $(RUN) -m pytest -q tests/chaos

venv: $(VENV)/made-from-lock ## the virtual environment, exactly as locked

$(VENV)/made-from-lock: requirements-dev.lock
	@.ci/venv "$(PYTHON)" "$(VENV)" requirements-dev.lock
	@touch $@

# Needs `uv`. The locks are universal (Linux, macOS; Python 3.11 to 3.13) and name no index.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: ## recompile both lock files: make lock UPGRADE=--upgrade
	$(LOCK) $(UPGRADE) pyproject.toml -o requirements.lock
	$(LOCK) $(UPGRADE) -c requirements.lock --extra demo --extra dev pyproject.toml -o requirements-dev.lock

browser: ## find a Chrome or Chromium for the browser story, or install one
	@.ci/browser

clean: ## forget what running and testing left behind (the demo's state stays)
	rm -rf build .cache .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
