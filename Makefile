# Needlepoint needs python3 (3.11 or newer) and the LIBRARIES below; uv is used where it is there, never required.
PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
WORKERS ?= auto
ARGS ?=

SHELL := bash

VENV := .venv
BIN := $(VENV)/bin
BENCH := tests/bench
FHIR := tests/fhir
LIBRARIES := apt-get install python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
COMPILE := uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --custom-compile-command "make lock"

# $(1): a lock file. Every package is checked against the hashes it holds.
define install
	@echo "Installing from $(1)"
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
endef

.DEFAULT_GOAL := help
.PHONY: help run test bench types lint contracts lock

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */make \1\t/' | expand -t 18

run: $(VENV)/.runtime  ## set everything up and serve the product with demo data on ADDRESS
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py demo
	@echo; echo "Needlepoint is at http://$(ADDRESS)/   (Ctrl-C stops it)"
	@exec $(BIN)/gunicorn clinic.wsgi --bind $(ADDRESS) --worker-class gthread --threads 8 --timeout 60 \
		--no-control-socket --log-level warning

test: $(VENV)/.dev  ## the whole suite, on SQLite or on what DATABASE_URL names; ARGS go to pytest
	@command -v npm >/dev/null && $(MAKE) --no-print-directory $(FHIR)/node_modules/.package-lock.json || true
	@$(BIN)/pytest --numprocesses $(WORKERS) $(ARGS)

bench: $(VENV)/.dev  ## weigh and time pages, records and long lists, and run Lighthouse (Chromium; node and npm; some twenty minutes)
	@command -v npm >/dev/null && $(MAKE) --no-print-directory $(BENCH)/node_modules/.package-lock.json || true
	@$(BIN)/python -m tests.bench

types: $(VENV)/.dev  ## mypy, strict
	@$(BIN)/mypy

lint: $(VENV)/.dev  ## ruff, and djlint over the templates
	@$(BIN)/ruff check
	@$(BIN)/djlint --quiet --lint templates

contracts: $(VENV)/.dev  ## imports never go up
	@$(BIN)/lint-imports

lock:  ## write the lock files anew from pyproject.toml (needs uv)
	@PATH="$(CURDIR)/$(BIN):$$PATH"; export PATH; unset $${!UV_*}; set -e; \
	command -v uv >/dev/null || { echo "make lock needs uv: $(BIN)/pip install uv" >&2; exit 1; }; \
	$(COMPILE) --output-file requirements.txt pyproject.toml; \
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Needlepoint needs Python 3.11 or newer; name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing. On Debian or Ubuntu: $(LIBRARIES)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Stamps: packages are installed again only when a lock file is newer.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(call install,requirements.txt)
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null \
		|| { echo "The libraries that draw PDFs are missing. On Debian or Ubuntu: $(LIBRARIES)" >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	$(call install,requirements-dev.txt)
	@touch $@

$(BENCH)/node_modules/.package-lock.json $(FHIR)/node_modules/.package-lock.json: %/node_modules/.package-lock.json: %/package-lock.json
	@cd $* && npm ci --no-audit --no-fund --loglevel error
