# SPDX-License-Identifier: Apache-2.0
# Every target brings about what it needs itself; `make` alone lists them.
# PYTHON=, HOST=, PORT=, PUBLIC_URL=, DATA= and T= are given on the command line: `make demo PORT=9000`.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help init demo serve test check bench lint fix types lock

PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
ADDRESS := --port "$(PORT)" $(if $(HOST),--host "$(HOST)") $(if $(PUBLIC_URL),--public-url "$(PUBLIC_URL)")
STATIC := src/trueorigin/static
TEMPLATES := src/trueorigin/templates
FRONTEND := frontend/build.mjs frontend/package.json frontend/tsconfig.json $(wildcard frontend/src/*.ts frontend/src/*/*.ts)

# Stamps live inside what they vouch for, so deleting that deletes the stamp as well.
DEPENDENCIES := .venv/.dependencies
INSTALLED := .venv/.installed
MODULES := frontend/node_modules/.installed
BUILT := $(STATIC)/fonts/.built

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

init: $(INSTALLED) $(BUILT) ## Set everything up in .venv and build the page scripts; instant the second time
	@:

demo: init ## Fill a demo data centre and serve it on http://127.0.0.1:8000 (PORT=, DATA=)
	@exec $(BIN)/trueorigin demo --data "$(or $(DATA),data/demo)" $(ADDRESS)

serve: init ## Serve an own data centre, empty at first (PORT=, DATA=)
	@exec $(BIN)/trueorigin serve --data "$(or $(DATA),data/main)" $(ADDRESS)

test: init ## Run all tests, on SQLite and PostgreSQL and in Chromium; T=path runs one file
	@$(BIN)/python tools/install_debian.py
	@$(if $(T),,cd frontend && npm test --silent)
	@$(BIN)/pytest $(or $(T),--numprocesses=auto --dist=loadfile --no-loadscope-reorder)

check: lint types ## Everything CI checks besides the tests: format, rules, rings, types, translations, templates
	@$(BIN)/python tools/check_translations.py
	@$(BIN)/djlint --check --lint --quiet $(TEMPLATES)

bench: init ## Measure the hot paths beside their floors and rivals; T=row measures one
	@$(BIN)/python tools/install_debian.py
	@$(BIN)/python -m bench $(T)

lint: init ## Check format, rules and the rings
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

types: init ## Check types, Python's and TypeScript's
	@$(BIN)/mypy
	@cd frontend && npm run check --silent

fix: init ## Mend format and what rules can mend themselves
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(BIN)/djlint --reformat --quiet $(TEMPLATES)

lock: init ## Renew the hashed locks from pyproject.toml
	@$(BIN)/python tools/lock.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python names another one." >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(DEPENDENCIES): requirements-dev.txt | $(BIN)/python
	@echo "Installing the locked Python packages into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(INSTALLED): pyproject.toml $(DEPENDENCIES)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(MODULES): frontend/package-lock.json
	@command -v npm > /dev/null \
	  || { echo "Node.js 20 or newer with npm is needed to build the page scripts." >&2; exit 1; }
	@echo "Installing the locked packages of the page scripts"
	@cd frontend && npm ci --silent
	@touch $@

$(BUILT): $(MODULES) $(FRONTEND)
	@echo "Building page scripts and label fonts"
	@cd frontend && npm run build --silent
	@touch $@
