# Everything a fresh machine needs is Python 3.11 or later and make; each target sets up what it uses.
# Kept to what GNU make 3.81 (macOS) understands.  Without make, see the README.

PYTHON ?= python3
VENV    = .venv
BIN     = $(VENV)/bin
STAMP   = $(VENV)/.installed
# how many processes the tests use
WORKERS ?= 2
# a process that is done takes over tests of the other; until then each keeps to its half, and to its servers
PYTEST  = $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal
# pytest's exit status when it finds no test to run
NONE    = 5

# notebooks run on this environment's kernel, not on one that the user keeps under the same name
export JUPYTER_PREFER_ENV_PATH = 1

# compiled modules are kept: without them every command here starts two to three times slower
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup report explore app test types engine test-long bench format pins clean

help:
	@echo "make report     set up, compute and write the report (outputs/)"
	@echo "make explore    set up, and open the explorer in JupyterLab, on this machine alone"
	@echo "make app        set up, and open the explorer as a page without code"
	@echo "make test       set up, then style, types and the tests that take seconds"
	@echo "make test-long  the tests that make test leaves out"
	@echo "make bench      how fast the engines are here (BENCH=--record keeps the figures)"
	@echo "make format     put code and notebooks in the house style"
	@echo "make pins       remake constraints.txt after a change of dependencies"
	@echo "                (PINS=--upgrade takes the newest of everything)"
	@echo "make clean      remove the environment and the caches; outputs/ stays"
	@echo "PYTHON=python3.12 before or after the target chooses another Python."

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or later is needed, and \"$(PYTHON)\" is not that: $$($(PYTHON) --version 2>&1 | head -n 1)."; \
	  echo "Install one, or name one you have: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make environments (on Debian and Ubuntu, install the package python3-venv)."; exit 1; }
	@echo "Setting up $(VENV): once, two or three minutes ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e ".[test]"
	@# pip compiles one file at a time, and packages' own tests too; some files no Python can read
	@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib >/dev/null 2>&1 || true
	@touch $(STAMP)

report: $(STAMP)
	$(BIN)/jobbtorg report

# Jupyter's own token keeps others on this machine out; the configuration asks no other machine for news.
explore: $(STAMP)
	JUPYTER_CONFIG_PATH="$(CURDIR)/sim/explorer/lab$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
	  $(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 --LabApp.news_url=None notebooks/explorer.ipynb

# The same without code, as a page of its own; the template asks nothing of other machines.
app: $(STAMP)
	JUPYTER_PATH="$(CURDIR)/sim/explorer/voila$${JUPYTER_PATH:+:$$JUPYTER_PATH}" $(BIN)/voila \
	  notebooks/explorer.ipynb --Voila.ip=127.0.0.1 --token --template=jobbtorg --HTMLExporter.language_code=sv

# Types are looked through on one core while the engine is compiled on another, for all test processes at once.
test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 types engine
	$(PYTEST) -m "not long and not browser"

types: $(STAMP)
	$(BIN)/mypy

engine: $(STAMP)
	@rm -rf $(VENV)/first-run
	@$(BIN)/jobbtorg run plan-2008 --runs 2 --no-store --out $(VENV)/first-run >/dev/null
	@rm -rf $(VENV)/first-run

# That there is no long test is no failure; anything else that pytest says is.
test-long: engine
	@$(PYTEST) -m "long or browser"; status=$$?; \
	  if [ $$status -eq $(NONE) ]; then echo "No test is marked long or browser."; exit 0; fi; exit $$status

bench: $(STAMP)
	$(BIN)/python -m benchmarks $(BENCH)

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/nbstripout $$(find notebooks -name '*.ipynb' -not -path '*/.*')

# Lines of name==version and a marker, for every system and Python at once; no address gets in.
# uv asks its own default index; tell it of another by its environment variable UV_DEFAULT_INDEX.
pins: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
	  $(PINS) --extra test --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) *.egg-info build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim tests benchmarks notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} + 2>/dev/null || true
