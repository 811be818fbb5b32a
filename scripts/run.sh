#!/bin/sh
# Starts Trapwise: the bot when DISCORD_TOKEN is set in the environment or in .env, else the playground.
# Everything given here is passed on.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
export PATH

# .env is read the way the settings read it, so that quotes and comments mean the same in both places.
if python -c '
import os, sys
from dotenv import dotenv_values
sys.exit(not (os.environ.get("DISCORD_TOKEN") or dotenv_values(".env", interpolate=False).get("DISCORD_TOKEN")))
' 2>/dev/null; then
    exec trapwise run "$@"
fi
echo "No DISCORD_TOKEN is set, so this is the playground: the same bot in a browser, no account needed."
exec trapwise playground "$@"
