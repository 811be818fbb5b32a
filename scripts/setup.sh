#!/bin/sh
# Makes .venv with Trapwise and everything its playground and tests need; does nothing when that is done.
#
# PYTHON=… names the Python to use. "Done" means that .venv/setup.stamp tells of the same folder, the same
# requirements and a Python that still answers. The stamp is written last and a marker stands while pip works,
# so a set-up cut short at any point is noticed and begun afresh.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
stamp=$venv/setup.stamp
unfinished=$venv/setup.unfinished
log=$venv/setup.log
pip_id=

say() { printf '%s\n' "$*"; }

fail() {
    say "$*" >&2
    exit 1
}

# What is wanted: the folder (scripts in .venv carry its path), the Python asked for, and the sums of what decides
# the installation. The tools' own settings, at the end of pyproject.toml, do not.
wanted() {
    pwd -P
    awk '/^\[tool\./ && !/^\[tool\.hatch/ { exit } { print }' pyproject.toml | cat - constraints.txt scripts/setup.sh | cksum
}

# Prints "3.12.1 /usr/bin/python3.12" for a Python that runs, nothing for one that does not.
describe() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys.executable)' 2>/dev/null || true
}

new_enough() {
    case $1 in
        3.[0-9].* | 3.10.* | [012].*) return 1 ;;
        *) return 0 ;;
    esac
}

version() {
    "$venv/bin/python" -ISc 'import sys; print("%d.%d" % sys.version_info[:2])'
}

# .venv's Python answers and is the one of the installation: a newer one would not find the packages.
healthy() {
    [ "$(version 2>/dev/null)" = "$(sed -n 3p "$stamp")" ]
}

# .venv was finished once in this folder, with the Python asked for, and that Python still answers.
sound() {
    [ -f "$stamp" ] && [ ! -e "$unfinished" ] &&
        [ "$(sed -n 1p "$stamp")" = "$(pwd -P)" ] &&
        { [ -z "${PYTHON-}" ] || [ "$PYTHON" = "$(sed -n 4p "$stamp")" ]; } &&
        healthy
}

# Sets $python to the first that will do; or says what was found instead.
find_python() {
    old='' bare=''
    if [ -n "${PYTHON-}" ]; then
        set -- "$PYTHON"
        [ -n "$(describe "$PYTHON")" ] || fail "PYTHON=$PYTHON does not run; set it to a Python 3.11 or newer, or leave it out."
    else
        set -- python3.14 python3.13 python3.12 python3.11 python3 python
    fi
    for candidate in "$@"; do
        found=$(describe "$candidate")
        [ -n "$found" ] || continue
        if ! new_enough "$found"; then
            old=${old:-$found}
        elif ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            bare=${bare:-$found}
        else
            python=$candidate
            return
        fi
    done
    if [ -n "$bare" ]; then
        fail "Python ${bare%% *} at ${bare#* } lacks its venv module; install it (on Debian and Ubuntu:" \
            "apt install python3-venv) and run the same command again."
    elif [ -n "$old" ]; then
        fail "Trapwise needs Python 3.11 or newer; found ${old%% *} at ${old#* };" \
            "install a newer one or set PYTHON=/path/to/python3."
    else
        fail "Trapwise needs Python 3.11 or newer and found none; install one or set PYTHON=/path/to/python3."
    fi
}

make_venv() {
    find_python
    say "[1/2] making .venv with Python ${found%% *} (a few seconds)"
    problem=$("$python" -m venv --clear "$venv" 2>&1) ||
        fail "could not make .venv with ${found#* }: $(say "$problem" | tail -n 3)"
}

# Shows that pip is alive: a counter on a terminal, a line now and then elsewhere.
watch_pip() {
    seconds=0
    about=$(grep -c == constraints.txt)
    while kill -0 "$pip_id" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        fetched=$(grep -c '^Collecting' "$log" || true)
        if [ -t 1 ]; then
            printf '\r      %s s, found %s of about %s packages ' "$seconds" "$fetched" "$about"
        elif [ $((seconds % 20)) = 0 ]; then
            say "      $seconds s, found $fetched of about $about packages"
        fi
    done
    [ ! -t 1 ] || printf '\r%60s\r' ''
}

no_network() {
    grep -Eq 'NewConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded|name resolution|Name or service not known|Connection refused|Connection reset|unreachable|timed out|ProxyError|SSLError|getaddrinfo' "$log" &&
        grep -Eq '^ *(ERROR|error): .*(find a version|ResolutionImpossible|conflicting|No matching distribution|Max retries|OSError|Could not install|subprocess|timed out|Connection)' "$log"
}

# Installs what constraints.txt says. A pip that ended by itself has left .venv sound, one that was killed has not.
install() {
    say "[2/2] installing Trapwise and its dependencies (about half a minute the first time)"
    : >"$unfinished"
    PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
        "$venv/bin/python" -m pip install --progress-bar off -c constraints.txt -e '.[playground,test]' >"$log" 2>&1 &
    pip_id=$!
    watch_pip
    code=0
    wait "$pip_id" || code=$?
    pip_id=
    [ "$code" -gt 128 ] || rm -f "$unfinished"
    [ "$code" = 0 ] && return
    if no_network; then
        fail "could not reach the package index; check the network and run the same command again (details: $log)."
    fi
    { grep 'ERROR: ' "$log" || tail -n 5 "$log"; } | tail -n 5 >&2
    fail "the installation failed: see the lines above (all of it: $log); mend that and run the same command again."
}

interrupted() {
    trap '' INT TERM HUP
    [ -z "$pip_id" ] || kill "$pip_id" 2>/dev/null || true
    say
    fail "set-up interrupted; run the same command again and it starts afresh."
}

if sound; then
    [ "$(sed -n 1,2p "$stamp")" != "$(wanted)" ] || exit 0
    trap interrupted INT TERM HUP
    say "[1/2] keeping .venv: only what goes into it has changed"
else
    trap interrupted INT TERM HUP
    make_venv
fi
install
{
    wanted
    version
    say "${PYTHON-}"
} >"$stamp.new"
mv "$stamp.new" "$stamp"
say "      ready"
