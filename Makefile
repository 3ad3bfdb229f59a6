# The front door. Needs make, and Python 3.11 or newer with venv and pip; the network only the first time.
# `make demo` and `make test` set up .venv themselves. Another Python: make test PYTHON=/path/to/python3.13

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
ARGS ?=
# Wheels only, where there are any, and no chatter.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install --prefer-binary

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: $(VENV)/.demo ## four years of Seattle weather: stored, loaded, described
	@echo "lading backfill, in examples/seattle_weather"
	@unset LADING_HOME; cd examples/seattle_weather && $(abspath $(BIN))/lading backfill && $(abspath $(BIN))/python demo.py

test: $(VENV)/.dev ## the whole test command
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

unit: $(VENV)/.dev ## the quick tests alone
	@$(BIN)/python -m pytest -n auto tests/unit $(ARGS)

crash: $(VENV)/.dev ## the tests that kill real processes
	@$(BIN)/python -m pytest -m crash $(ARGS)

lint: $(VENV)/.dev ## ruff: rules and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.dev ## pyright strict on the package, mypy on its public names
	@$(BIN)/basedpyright
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports

house: $(VENV)/.dev ## what no linter knows
	@$(BIN)/python -m docs.generate --check
	@$(BIN)/python -m pytest -q tests/house $(ARGS)

check: lint types contracts house test ## everything a change must pass

stub: $(VENV)/.dev ## write __init__.pyi and the reference pages from the code
	@$(BIN)/python -m docs.generate

bench: $(VENV)/.dev ## the numbers we promise, as ratios
	@$(BIN)/python -m benchmarks $(ARGS)

wheel: $(VENV)/.demo ## dist/lading-*.whl
	@rm -rf dist
	@$(BIN)/python -m pip --disable-pip-version-check --quiet wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove .venv and what tools left
	rm -rf $(VENV) .tools dist build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis

.PHONY: help demo test unit crash lint types contracts house check stub bench wheel clean

# The first Python that is new enough and can make an environment; else one line that says what is amiss.
$(BIN)/python:
	@chosen=; young=; \
	for candidate in $(or $(PYTHON),python3.13 python3.12 python3.11 python3.14 python3 python); do \
	  "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
	  young=$$candidate; \
	  "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
	  chosen=$$candidate; break; \
	done; \
	if [ -z "$$young" ]; then \
	  found=$$("$(or $(PYTHON),python3)" --version 2>&1) || found="no $(or $(PYTHON),python3)"; \
	  echo "lading needs Python 3.11 or newer; found $$found. Install one, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; \
	elif [ -z "$$chosen" ]; then \
	  echo "$$young cannot make an environment: it lacks venv or ensurepip. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "setting up $(VENV) with $$("$$chosen" --version) (once)"; \
	"$$chosen" -m venv $(VENV)

# Each stamp says: these extras are installed for the pyproject.toml as it is now.
$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "installing lading and what the example needs (once)"
	@$(PIP) -e '.[examples]' || { echo "pip could not install the packages: see its words above (offline? behind a proxy?)" >&2; exit 1; }
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "installing lading and the tools of its tests (once)"
	@$(PIP) -e '.[dev]' || { echo "pip could not install the packages: see its words above (offline? behind a proxy?)" >&2; exit 1; }
	@touch $(VENV)/.demo $@
