"""What a run of the benchmarks shows and leaves behind: progress, the table, and `latest.json`."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LATEST = Path(__file__).parent / "latest.json"
_HEADINGS = ("ratio of", "is", "goal", "", "spread", "seconds", "")
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured ratio; `seconds` is what its whole group took, on its first row."""

    name: str
    ratio: float
    goal: float
    holds: bool
    at_least: bool
    vital: bool
    spread: tuple[float, float] | None
    note: str
    seconds: float | None = None

    def cells(self) -> tuple[str, ...]:
        """Give what the table shows."""
        spread = "" if self.spread is None else " to ".join(short(each) for each in self.spread)
        seconds = "" if self.seconds is None else f"{self.seconds:.0f}"
        goal = f"{'≥' if self.at_least else '≤'} {short(self.goal)}"
        return (self.name, short(self.ratio), goal, "✓" if self.holds else "✗", spread, seconds, self.note)

    def entry(self) -> dict[str, Any]:
        """Give what `latest.json` keeps."""
        found: dict[str, Any] = {
            "name": self.name,
            "ratio": float(short(self.ratio)),
            "goal": self.goal,
            "holds": self.holds,
        }
        if self.spread is not None:
            found["spread"] = [float(short(each)) for each in self.spread]
        return found | ({"note": self.note} if self.note else {})


@dataclass(slots=True)
class Progress:
    """Says on standard error what is being done: in one line that changes on a terminal, else line by line."""

    total: int
    began: float = field(default_factory=time.monotonic)
    place: int = 0

    def show(self, name: str, text: str) -> None:
        """Tell how far one measurement is."""
        seconds = int(time.monotonic() - self.began)
        line = f"[{self.place}/{self.total}] {seconds // 60}:{seconds % 60:02} {name}: {text}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{line[:118]}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Make room for the table."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def table(rows: Sequence[Row]) -> str:
    """Lay the rows out in columns."""
    lines = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    numbers = (1, 2, 5)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def save(rows: Sequence[Row]) -> None:
    """Write `latest.json`, one ratio a line."""
    lines = ",\n".join("  " + json.dumps(row.entry(), ensure_ascii=False) for row in rows)
    LATEST.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def short(number: float) -> str:
    """Write a number with three digits that mean something."""
    return f"{number:.0f}" if abs(number) >= 10 ** (_DIGITS - 1) else f"{number:.{_DIGITS}g}"
