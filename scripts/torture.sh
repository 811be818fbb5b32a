#!/bin/sh
# Tries for about three quarters of an hour to make the bot lose or repeat something: the whole crash matrix, then the soak.
# Everything given here is passed on: --only matrix or soak, --doubles, --seed, --minutes.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export PATH
exec python -m tests.wire.torture "$@"
