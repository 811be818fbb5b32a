#!/bin/sh
# Starts Trapwise: the bot when DISCORD_TOKEN is set in the environment or in .env, else the playground.
# Everything given here is passed on.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export PATH

# .env is read the way the settings read it, so that quotes and comments mean the same in both places.
# A file that cannot be read may hold a token: `trapwise run` says what is wrong with it.
status=0
python -c '
import os, sys
from dotenv import dotenv_values
try:
    found = os.environ.get("DISCORD_TOKEN") or dotenv_values(".env", interpolate=False).get("DISCORD_TOKEN")
except (OSError, ValueError):
    found = True
sys.exit(0 if found else 3)
' 2>/dev/null || status=$?
if [ "$status" -ne 3 ]; then
    exec trapwise run "$@"
fi
echo "No DISCORD_TOKEN is set, so this is the playground: the same bot in a browser, no account needed."
exec trapwise playground "$@"
