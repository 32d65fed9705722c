# The commands of this repository; `make` alone lists them.
# Everything lives in .venv; nothing outside the clone changes, but for the Debian packages that
# `make test` installs when it runs as root and they are missing.

# The distribution's Python where it will do: on one that was built without a profile of real
# programs, as version managers do it, the office takes a tenth longer (docs/decisions/0034).
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
  2>/dev/null && echo /usr/bin/python3 || echo python3)
endif
VENV := .venv
BIN := $(VENV)/bin
# How many processes share the tests: more than cores, because many tests wait.
WORKERS ?= 4
# What the demonstration is, unless the environment says otherwise.
DEMO := ACOGIDA_DEMO=$${ACOGIDA_DEMO-1} ACOGIDA_LOG_LEVEL=$${ACOGIDA_LOG_LEVEL-WARNING}

# What was compiled is kept: a start, or one of the many of a test run, would compile it all again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run dev lint test test-embedded test-containers chaos fuzz servers bench bench-peers migration

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: $(VENV)/.runtime ## Prepare .venv with what the office needs to run

run: $(VENV)/.runtime ## Serve the whole office on http://127.0.0.1:8000 (PORT, DATOS)
	@$(DEMO) exec $(BIN)/acogida run --con-su-padre

dev: $(VENV)/.dev ## The same, started again at every change of the code
	@$(DEMO) exec $(BIN)/acogida run --con-su-padre --recargar

lint: $(VENV)/.dev ## Style, types, dependency rules, contracts; no network
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m oficina.bus.catalogue check
	$(BIN)/python -m acogida.definitions check
	$(BIN)/python -m acogida.texts check
	$(BIN)/python -m oficina.feriados check

test: $(VENV)/.dev servers ## Every test; as root it installs the servers that are missing
	$(BIN)/pytest -n $(WORKERS) -m "not containers"

test-embedded: $(VENV)/.dev ## The tests that need no server and no browser
	$(BIN)/pytest -n $(WORKERS) -m "not servers and not browser and not containers"

test-containers: $(VENV)/.dev servers ## Build the image, run deploy/compose.yaml, walk the story; the bus on its broker
	$(BIN)/pytest -m containers tests/containers

chaos: $(VENV)/.dev servers ## Kill whoever carries facts, at random, for some minutes, and count
	CHAOS_FACTS=$${CHAOS_FACTS-60000} $(BIN)/pytest tests/chaos/test_bus.py

fuzz: $(VENV)/.dev ## Ask the API what nobody would (FUZZ_REQUESTS=100000, FUZZ_TEXTS of SMS, FUZZ_SEED repeats a round)
	FUZZ_REQUESTS=$${FUZZ_REQUESTS-100000} FUZZ_TEXTS=$${FUZZ_TEXTS-100000} $(BIN)/pytest -s -p no:randomly tests/fuzz

servers: ## Install PostgreSQL, RabbitMQ, Redis and Chromium from Debian's packages, as root
	@deploy/test-servers

# Libraries look for what the tests need (rich, Pygments) and load it: an office has none of it.
BENCH := TEST_ACOGIDA=$(CURDIR)/.venv-office/bin/acogida PYTHONPATH=tests $(BIN)/python -m bench

bench: $(VENV)/.dev .venv-office/.ready ## Run the benchmarks (ONLY=area for a part) and write bench.json
	$(BENCH)

bench-peers: $(VENV)/.dev .venv-office/.ready .venv-peers/.ready ## The same, with the peers that each benchmark is compared with
	$(BENCH) --peers

.venv-office/.ready: requirements.lock pyproject.toml
	@$(MAKE) --no-print-directory setup VENV=.venv-office
	@touch $@

.venv-peers/.ready: requirements-peers.txt
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/pip install --quiet -r requirements-peers.txt
	@touch $@

migration: $(VENV)/.dev ## Write a migration from the models: make migration SERVICE=casos M="A case has a colour"
	$(BIN)/python -m acogida.migration "$(SERVICE)" "$(M)"

# The stamps: what is installed is what the locks say. A second start has nothing to do.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "Preparing the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
