# One door for people and for CI. Each target only calls tools; pyproject.toml configures them.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without .pyc files each start of the program takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo run test static check fix bench campaign campaign-bugs campaign-old-folder campaign-bombs campaign-reading wheel requirements
help:  ## list these targets
	@sed -n 's/^\([a-z -]*\):.*## /make \1\t/p' Makefile | expand -t 28
setup: .venv/.ready  ## make .venv with all that is needed, once
.venv/.ready: requirements-dev.txt pyproject.toml
	@tests/setup/virtualenv.sh "$(PYTHON)"
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
demo run: setup  ## the whole service on this machine, nothing to configure; the daemon itself
	@$(BIN)/triage $@ $(ARGS)
test: setup  ## every test, on a private Dovecot and PostgreSQL among others
	@tests/setup/debian_packages.sh clamav-daemon dovecot-imapd dovecot-lmtpd openssl postfix systemd postgresql
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=term:skip-covered $(ARGS)
static: setup  ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
check: static test  ## all that CI checks
fix: setup  ## mend what a tool can mend
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
bench: setup  ## figures of docs/measurements.md
	$(BIN)/python benchmarks/latency.py $(ARGS)
campaign: setup  ## random kills, added up in one ledger
	$(BIN)/python tests/campaigns/kills.py $(ARGS)
campaign-bugs: setup  ## every planted bug, each must be caught
	CAMPAIGN_BUGS=all $(BIN)/python -m pytest tests/integration/test_seeded_bugs_are_caught.py $(ARGS)
campaign-old-folder: setup  ## an inbox of 200,000 old messages
	$(BIN)/python tests/campaigns/old_folder.py $(ARGS)
campaign-bombs: setup  ## mails made to be expensive, into a running daemon
	$(BIN)/python tests/campaigns/bombs.py $(ARGS)
campaign-reading: setup  ## 20,000 mails by a grammar, damaged on the way
	$(BIN)/python tests/campaigns/reader.py $(ARGS)
wheel: setup  ## dist/*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
requirements:  ## pin anew, with hashes and without addresses
	$(UV) $(COMPILE) pyproject.toml --output-file requirements.txt
	$(UV) $(COMPILE) pyproject.toml --extra dev --output-file requirements-dev.txt
