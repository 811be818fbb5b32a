#!/bin/sh
# Measures every ratio of benchmarks/README.md, in less than ten minutes, and writes benchmarks/latest.json.
# Names given here are passed on: only those are measured then, and nothing is written.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export PATH
exec python -m benchmarks "$@"
