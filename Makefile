# `make demo` shows it, `make test` checks it. Only make and Python 3.11 or newer need to be on the machine.
PYTHON ?= python3
BIN := .venv/bin
UV := $(or $(shell command -v uv),.venv/.uv/bin/uv)
ARGS ?=

.PHONY: help demo test lint bench env clean
help:
	@echo "make demo   start everything here, with real challenges: http://127.0.0.1:8000"
	@echo "make test   run the whole suite against real PostgreSQL and Redis (ARGS='-k word' for a part)"
	@echo "make lint   check style, types and which part may import which"
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
