# Trapwise's few commands; the work is in scripts/. PYTHON=… names the Python to use.
.POSIX:
.PHONY: help run test bench torture format clean

help:
	@echo "make run     start the bot (DISCORD_TOKEN set) or the playground (not set); ARGS=\"--port 8800\" is passed on"
	@echo "make test    run every check that CI runs"
	@echo "make bench   measure what the bot costs (ten minutes); ARGS=\"board_growth\" measures only that"
	@echo "make torture try for three quarters of an hour to make the bot lose or repeat something; ARGS=\"--seed 7\" is passed on"
	@echo "make format  sort the imports and lay out the code"
	@echo "make clean   remove .venv and what the tools have cached; settings and databases stay"
	@echo "Set-up happens by itself the first time. PYTHON=/path/to/python3 chooses the Python (3.11 or newer)."

run:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/run.sh $(ARGS)

test:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/check.sh

bench:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/bench.sh $(ARGS)

torture:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/torture.sh $(ARGS)

format:
	@PYTHON="$(PYTHON)" scripts/setup.sh && .venv/bin/ruff check --quiet --select I --fix . && .venv/bin/ruff format .

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bot tests -type d -name __pycache__ -prune -exec rm -rf {} +
