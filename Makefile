# Trapwise's few commands; the work is in scripts/. PYTHON=… names the Python to use.
.POSIX:
.PHONY: help run test format clean

help:
	@echo "make run     start the bot (DISCORD_TOKEN set) or the playground (not set); ARGS=\"--port 8800\" is passed on"
	@echo "make test    run every check that CI runs"
	@echo "make format  sort the imports and lay out the code"
	@echo "make clean   remove .venv and what the tools have cached; settings and databases stay"
	@echo "Set-up happens by itself the first time. PYTHON=/path/to/python3 chooses the Python (3.11 or newer)."

run:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/run.sh $(ARGS)

test:
	@PYTHON="$(PYTHON)" scripts/setup.sh && exec scripts/check.sh

format:
	@PYTHON="$(PYTHON)" scripts/setup.sh && .venv/bin/ruff check --quiet --select I --fix . && .venv/bin/ruff format .

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bot tests -type d -name __pycache__ -prune -exec rm -rf {} +
