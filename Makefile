# `make demo` shows it, `make test` checks it. Only make and Python 3.11 or newer need to be on the machine.
PYTHON ?= python3
BIN := .venv/bin
UV := $(or $(shell command -v uv),.venv/.uv/bin/uv)
ARGS ?=

.PHONY: help demo test lint audit bench env clean
help:
	@echo "make demo   start everything here, with real challenges: http://127.0.0.1:8000"
	@echo "make test   run the whole suite against real PostgreSQL and Redis (ARGS='-k word' for a part)"
	@echo "make lint   check style, types, risky calls and which part may import which"
	@echo "make audit  look for known weaknesses of the libraries in uv.lock (asks pypi.org)"
	@echo "make bench  measure again every number that is stated here (FULL=1 for the large sizes, ARGS=http for one)"
	@echo "make env    make or renew .venv from uv.lock (PYTHON=python3.12 chooses the interpreter)"
	@echo "make clean  remove the environment, the demo's data and all caches"

demo: env
	@$(BIN)/ideation demo $(ARGS)

test: env
	@OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 $(ARGS)

lint: env
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml api ideation workers scoring migrations

# Advisories are known to the network alone, so this is no part of lint; it says so when it cannot ask. It sends the name
# and version of every locked package. --strict: a package that the database does not know must not pass for a safe one.
audit: env
	@$(BIN)/python -c "import urllib.request as r; r.urlopen('https://pypi.org/pypi/msgspec/json', timeout=10)" 2>/dev/null \
	  || { echo "The advisory database at pypi.org cannot be reached from here: nothing was audited." >&2; exit 2; }
	@$(UV) export --frozen --quiet --extra local --no-emit-project --no-hashes --output-file .audit.txt >/dev/null
	@$(UV) tool run pip-audit --requirement .audit.txt --strict --no-deps --disable-pip; code=$$?; rm -f .audit.txt; exit $$code

bench: env
	@$(BIN)/python -m benchmarks $(if $(FULL),--full) $(ARGS)

env: .venv/.made-from-lock
.venv/.made-from-lock: uv.lock pyproject.toml $(UV)
	@$(UV) sync --frozen --quiet --extra local $(if $(filter file,$(origin PYTHON)),,--python $(PYTHON))
	@touch $@

# Beside the project's packages, not among them: `uv sync` removes what is not in the lock, also uv itself.
.venv/.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "This Python cannot make environments; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making .venv (a minute or two, once) ..."
	@$(PYTHON) -m venv --clear --without-pip .venv
	@$(PYTHON) -m venv .venv/.uv
	@.venv/.uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.8,<1'

clean:
	@rm -rf "$$(readlink -f .ideation/postgres)" .ideation .venv dist .*_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
