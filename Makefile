# make serve: install and start · make test: everything that is checked · make install | lint | bench | lock | clean
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := serve

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-header --allow-unsafe
# Options of the service, as in: make serve ARGS="--port 9000"
ARGS ?=

.PHONY: install serve test bench debian-packages lint lock clean

install: $(VENV)/installed

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

# The stamp is written last: an interrupted installation starts again.
$(VENV)/installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV) from requirements.lock …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-test: requirements-test.lock $(VENV)/installed
	@echo "Installing what the tests need from requirements-test.lock …"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/installed-bench: requirements-bench.lock $(VENV)/installed
	@echo "Installing the peers that the benchmarks run beside, from requirements-bench.lock …"
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

serve: install
	@exec $(BIN)/mingzhang serve --sample $(ARGS)

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

debian-packages:
	@scripts/debian-packages

test: debian-packages lint
	$(BIN)/pytest

# Speed beside a peer or the raw limit, as ratios, and how far warnings can be believed; one JSON document each.
bench: $(VENV)/installed-bench
	$(BIN)/python -m bench.ingest --json
	$(BIN)/python -m bench.rules --json
	$(BIN)/python -m bench.quality --json

lock:
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --extra test --constraint requirements.lock --output-file requirements-test.lock pyproject.toml
	$(LOCK) --extra bench --constraint requirements.lock --output-file requirements-bench.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
