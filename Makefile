# A machine needs Python 3.11-3.14 (with venv), make and git; everything else is set up here.
PYTHON ?= python3
# One more worker than two cores: tests wait for browsers and kernels.
JOBS ?= 3
KILLS ?= 20
ASSESSMENTS ?= final-2022 midterm-2021 demo-final-2022 demo-midterm-2021 demo-annual-2021 demo-consortia-final-2022 demo-consortia-midterm-2021 prop99 min-wage

OTHERS = $(wordlist 2,$(words $(ASSESSMENTS)),$(ASSESSMENTS))

BIN := .venv/bin
INSTALLED := .venv/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
NOTEBOOKS = $(wildcard notebooks/*.ipynb bench/*.ipynb)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: reports test test-all coverage lab docs docs-site lint screenshots bench bench-national bench-hosts calibrate faults lock clean help

# Several regions and test workers run at once; a numerical thread pool in each would only make them wait.
reports test test-all coverage faults bench bench-national bench-hosts calibrate: export OMP_NUM_THREADS = 1
reports test test-all coverage faults bench bench-national bench-hosts calibrate: export OPENBLAS_NUM_THREADS = 1

reports: $(INSTALLED)  ## evaluate every region of every assessment and publish the pages
	@status=0; \
	$(BIN)/evalkit run $(firstword $(ASSESSMENTS)) $(OTHERS:%=--also %) || status=$$?; \
	if [ -f reports/index.html ]; then echo "Open $(CURDIR)/reports/index.html"; fi; \
	exit $$status

test: $(INSTALLED)  ## run the tests (JOBS=3 workers; ARGS="-k attainment" goes to pytest)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-all: $(INSTALLED)  ## run all tests: also long simulations, and the short form of `make faults`
	$(BIN)/python -m pytest -n $(JOBS) -m "" $(ARGS)

coverage: $(INSTALLED)  ## run the tests and report which lines of evalkit they run (slower)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS) $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lab: $(INSTALLED)  ## open the guided tour in JupyterLab; the other notebooks stand beside it
	$(BIN)/jupyter lab notebooks/start_here.ipynb

docs: $(INSTALLED)  ## write docs/reference/ and the calibration table of docs/methods.md from the code
	$(BIN)/python docs/write_reference.py

docs-site: $(INSTALLED)  ## build the documentation as a site in build/site/, with the tour and a gallery of reports
	$(BIN)/python docs/site/build.py

lint: $(INSTALLED)  ## style, types, import contract, stripped notebooks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify --keep-id $(NOTEBOOKS))

screenshots: $(INSTALLED)  ## pictures of published pages (screens, phones, paper) into screenshots/
	$(BIN)/python bench/screenshots.py

bench: $(INSTALLED)  ## time batches (beside naive commands, growing), one region, programme, one assessment, pages, index, workbooks
	$(BIN)/python bench/batch.py
	$(BIN)/python bench/batch.py growth 50 200 800
	$(BIN)/python bench/region.py
	$(BIN)/python bench/programme.py speed
	$(BIN)/python bench/run.py
	$(BIN)/python bench/pages.py
	$(BIN)/python bench/index.py
	$(BIN)/python bench/ingest.py
	$(BIN)/python bench/records.py

bench-national: $(INSTALLED)  ## time a whole nation of 2,850 counties beside smaller ones (long)
	$(BIN)/python bench/batch.py growth 50 200 800 2850

bench-hosts: $(INSTALLED)  ## a run on two hosts of which one is lost (network namespaces: Linux, as root)
	$(BIN)/python bench/two_hosts.py

calibrate: $(INSTALLED)  ## measure false alarms, coverage and power of every method (minutes); the page shows the table
	$(BIN)/python bench/calibrate.py
	$(BIN)/python bench/programme.py coverage 200
	$(BIN)/python bench/null_indicators.py 200

faults: $(INSTALLED)  ## kill processes of a run at random moments, KILLS=20 times with and without forks; cells, signals, disks
	$(if $(KILLS),EVALKIT_KILLS=$(KILLS)) $(BIN)/python -m pytest -n 2 -m faults $(ARGS)

lock:  ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--custom-compile-command "make lock" -q -o requirements.lock

clean:  ## remove caches and what `make reports` wrote; .venv stays
	rm -rf $(addprefix reports/,$(ASSESSMENTS)) reports/index*.html
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* build dist
	find bench data notebooks src tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] < (3, 15) else "evalkit needs Python 3.11 to 3.14; name one: make PYTHON=python3.12")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Setting up .venv; a first time takes a few minutes."; $(PYTHON) -m venv .venv; }
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
