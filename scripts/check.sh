#!/bin/sh
# Runs every check that CI runs, cheapest first, and stops at the first that fails.
#
# Each check says its name and how long it took; what it prints is shown only when it fails. The tests speak for
# themselves while they run.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export PATH

total=6
number=0
begun=$(date +%s)
output=$(mktemp)
trap 'rm -f "$output"' EXIT
trap 'exit 130' INT TERM HUP

stopped() {
    echo
    echo "make test stopped at check $number of $total ($1); mend what is shown above and run it again." >&2
    exit 1
}

# check NAME COMMAND…: one line, "[3/6] types … 12 s".
check() {
    number=$((number + 1))
    name=$1
    shift
    printf '[%s/%s] %s … ' "$number" "$total" "$name"
    start=$(date +%s)
    if "$@" >"$output" 2>&1; then
        echo "$(($(date +%s) - start)) s"
    else
        echo "failed after $(($(date +%s) - start)) s: $*"
        cat "$output"
        stopped "$name"
    fi
}

check format ruff format --check .
check lint ruff check .
check types mypy
check imports lint-imports --no-logo
check content trapwise bank check --strict

number=$((number + 1))
echo "[$number/$total] tests …"
start=$(date +%s)
pytest || stopped tests
echo "      tests took $(($(date +%s) - start)) s"
echo "All $total checks passed in $(($(date +%s) - begun)) s."
