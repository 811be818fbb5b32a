"""`python -m benchmarks [NAME …]`: measures every ratio, or some, and prints a table.

A whole run writes `latest.json`. A missed goal is shown as missed; the exit code is 1 only after an error or a loss.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks.index import groups
from benchmarks.one import PROFILES
from benchmarks.report import LATEST, Progress, Row, save, table

_ROOT = Path(__file__).parent.parent


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the measurements with these ratios")
    wanted = frozenset(parser.parse_args(argv).names)
    try:
        asked = groups(wanted)
    except LookupError as trouble:
        parser.error(str(trouble))
    rows, failed = _run_all(asked)
    print(table(rows))  # noqa: T201 - the point of it
    for row in rows:
        if not row.holds and (PROFILES / f"{row.name}.txt").exists():
            print(f"{row.name} missed its goal: benchmarks/profiles/{row.name}.txt says why")  # noqa: T201
    if not wanted and not failed:
        save(rows)
        print(f"written: {LATEST.relative_to(_ROOT)}")  # noqa: T201
    return int(bool(failed) or any(row.vital and not row.holds for row in rows))


def _run_all(asked: Sequence[tuple[str, ...]]) -> tuple[list[Row], list[str]]:
    """Run groups one after the other; gives what was measured, and the names of what failed."""
    progress = Progress(total=len(asked))
    rows: list[Row] = []
    failed: list[str] = []
    for number, names in enumerate(asked, start=1):
        progress.place = number
        for name in names:
            (PROFILES / f"{name}.txt").unlink(missing_ok=True)
        try:
            rows += _run(names, progress)
        except ChildProcessError as trouble:
            failed += names
            progress.show(", ".join(names), f"{trouble}\n")
    progress.done()
    return rows, failed


def _run(names: tuple[str, ...], progress: Progress) -> list[Row]:
    began, found = time.monotonic(), None
    command = [sys.executable, "-m", "benchmarks.one", names[0]]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own words
        assert process.stdout is not None
        for line in process.stdout:
            told = orjson.loads(line)
            if "rows" in told:
                found = told["rows"]
            else:
                progress.show(names[0], told["say"])
    if process.returncode or found is None:
        raise ChildProcessError(f"failed with exit code {process.returncode}")
    rows = [Row(**{**row, "spread": row["spread"] and tuple(row["spread"])}) for row in found]
    return [replace(rows[0], seconds=time.monotonic() - began), *rows[1:]]


if __name__ == "__main__":
    sys.exit(main())
