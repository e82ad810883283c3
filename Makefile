# make run: practise. make demo: a clinic of invented people. make test: all tests. make check: what a change must pass.
# Everything that is installed goes into .venv; to start afresh, delete that folder.

PORT ?= 8501
BIN := .venv/bin
# One more at once than there are cores, because tests in a browser mostly wait; what is timed runs by itself afterwards.
AT_ONCE = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')
TESTS = $(BIN)/python -m pytest -m "not alone" -n $(AT_ONCE) --dist worksteal && $(BIN)/python -m pytest -m alone
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run demo test check access accuracy warnings latency memory glance screenshot

run: .venv/run.stamp
	@exec $(BIN)/python -m coach run --port $(PORT)

demo: .venv/run.stamp
	@exec $(BIN)/python -m coach demo

test: .venv/test.stamp
	$(TESTS)

check: .venv/test.stamp
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(TESTS)

# What the engine reads, what it warns of, how soon it answers, how soon the page of all patients opens, and the README's
# pictures; on a quiet computer.
accuracy warnings latency memory glance screenshot: .venv/test.stamp
	$(BIN)/python benchmarks/$@.py

# Who may open what, found by opening everything; about half a minute.
access: .venv/test.stamp
	PYTHONPATH=. $(BIN)/python tests/access_table.py

# A stamp is written last: a broken-off installation is taken up again, a finished one is not repeated.
.venv/run.stamp: requirements.txt | $(BIN)/python
	@echo "Installing what the coach needs into .venv: once, a few minutes."
	@$(PIP) -r requirements.txt || { echo "The libraries could not be installed (the reason is above). Is there a network? Then run make again."; exit 1; }
	@touch $@

.venv/test.stamp: requirements-dev.txt .venv/run.stamp
	@echo "Installing what the tests need into .venv: once."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# A Python may be listed and still not start (a version manager's stand-in), so each one is asked.
$(BIN)/python:
	@case "$$(uname -sm)" in "Linux aarch64"|"Linux arm"*) \
	  echo "MediaPipe 0.10.21 is not built for Linux on ARM: please use a computer with an Intel or AMD processor, a Mac or Windows."; exit 1;; esac; \
	for python in $(or $(PYTHON),python3.12 python3.11 python3.10 python3 python); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  case "$$version" in \
	    3.10|3.11|3.12) \
	      if "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	        echo "Making .venv with Python $$version."; exec "$$python" -m venv --clear .venv; fi; \
	      bare="$$version";; \
	    *) other="$$version";; \
	  esac; \
	done; \
	if [ -n "$$bare" ]; then echo "Python $$bare has no venv module: please install it (on Debian and Ubuntu: sudo apt install python3-venv) and run make again."; \
	elif [ -n "$$other" ]; then echo "Found Python $$other, but MediaPipe needs Python 3.10, 3.11 or 3.12: please install 3.12 (python.org has it) and run make again, or name it: make run PYTHON=/path/to/python3.12"; \
	else echo "No Python found: please install Python 3.12 (python.org has it; on Debian: sudo apt install python3 python3-venv) and run make again."; fi; \
	exit 1
