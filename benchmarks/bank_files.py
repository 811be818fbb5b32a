"""Writes a bank of any size that is like the shipped one: in letters, options and sources an item, and in style.

Texts are folded, some mappings stand on one line, and lines of comment stand here and there.
"""

import textwrap
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from random import Random

LESSONS = 20
"""So that each file is nearly as large as one may be."""
SOURCES = 100
TRAPS = 200
OBJECTIVES = 20

_COMMENTED = 10
"""Before every so many items stands a line of comment."""

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvw" for vowel in "aeiou"]
_WORDS = 4_000
_BEGINNINGS = ("The admin", "A laptop", "The user", "A policy", "The team", "One device", "The report", "A setting")


class _Prose:
    """Sentences of made-up words, frequent ones more often, as in a language."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._words = ["".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(_WORDS)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(_WORDS)))

    def text(self, least: int) -> str:
        """One or more sentences of at least that many characters, and a word or two more at most."""
        parts: list[str] = []
        length = 0
        while length < least:
            words = self._rng.choices(self._words, cum_weights=self._weights, k=12)
            sentence = f"{self._rng.choice(_BEGINNINGS)} {' '.join(words)}"[: max(least - length, 30)].rstrip()
            parts.append(f"{sentence}.")
            length += len(sentence) + 2
        return " ".join(parts)


def write_bank(folder: Path, *, items: int, rng: Random) -> None:
    """Write a sound bank of so many items, at most 999 for each of its `LESSONS` lessons, into a new folder."""
    prose = _Prose(rng)
    (folder / "lessons").mkdir(parents=True)
    (folder / "bank.yaml").write_text(_bank(folder.name, prose), encoding="utf-8")
    (folder / "sources.yaml").write_text("\n".join(_sources(prose)), encoding="utf-8")
    (folder / "traps.yaml").write_text("\n".join(_traps(prose)), encoding="utf-8")
    for lesson in range(1, LESSONS + 1):
        lines = [f"# Lesson {lesson}: {prose.text(60)}", *_lesson(lesson, prose), "items:"]
        for number in range(1, items // LESSONS + 1):
            if number % _COMMENTED == 1:
                lines += ["", f"  # {prose.text(60)}"]
            lines += _item(f"{lesson}.1-{number:03}", prose, rng)
        (folder / "lessons" / f"{lesson}.1.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _bank(name: str, prose: _Prose) -> str:
    head = f"""\
# {prose.text(60)}
id: {name}
title: "A generated bank"
short_title: Generated
description: >-
  {prose.text(100)}
  {prose.text(80)}
updated: 2026-11-23
multiple_rule: exam
blueprint:
  as_of: 2026-10-27
  domains:
    - id: everything
      title: Everything
      weight: {{low: 90, high: 100}}
      objectives:
"""
    objectives = (f'        - {{id: "1.{each}", title: "{prose.text(60)}"}}\n' for each in range(1, OBJECTIVES + 1))
    return head + "".join(objectives)


def _sources(prose: _Prose) -> Iterator[str]:
    yield f"# {prose.text(60)}"
    yield "sources:"
    for each in range(SOURCES):
        yield f"  - id: S{each}"
        yield f'    title: "{prose.text(60)}"'
        yield f"    url: https://example.org/pages/{each}"
        yield "    checked: 2026-05-18"


def _traps(prose: _Prose) -> Iterator[str]:
    yield "traps:"
    for each in range(TRAPS):
        yield f"  # {prose.text(40)}"
        yield f"  - id: trap-{each}"
        yield f"    left: {prose.text(30)}"
        yield f"    right: {prose.text(30)}"
        yield from _folded("    ", "belief", prose.text(100))
        yield from _folded("    ", "why_tempting", prose.text(160))
        yield "    contrast:"
        for _ in range(3):
            yield f'      - {{left: "{prose.text(60)}", right: "{prose.text(60)}"}}'
        yield from _folded("    ", "tell_apart", prose.text(90))
        yield f"    sources: [S{each % SOURCES}]"


def _lesson(lesson: int, prose: _Prose) -> Iterator[str]:
    yield f'id: "{lesson}.1"'
    yield f"title: {prose.text(40)}"
    yield from _folded("", "summary", prose.text(170))
    yield 'objectives: ["1.1"]'
    yield "updated: 2026-11-23"
    yield "takeaways:"
    for _ in range(4):
        yield "  - >-"
        yield from _wrapped("    ", prose.text(190))
    yield "sections:"
    for _ in range(4):
        yield f"  - title: {prose.text(40)}"
        yield "    text: |"
        yield from (f"      {prose.text(300)}" for _ in range(4))
    yield "look_alikes:"
    for place in range(3):
        yield f'  - control: "{prose.text(30)}"'
        yield f'    does: "{prose.text(70)}"'
        yield from _folded("    ", "not_the_answer", prose.text(150))
        yield f"    trap: trap-{(lesson + place) % TRAPS}"
    yield "monitor: []"
    yield f"sources: [S{lesson % SOURCES}]"


def _item(id_: str, prose: _Prose, rng: Random) -> Iterator[str]:
    """One item: five options, every third time two of them right; each text about as long as the shipped ones."""
    right = set(rng.sample(range(5), 2 if rng.random() < 1 / 3 else 1))
    yield f'  - id: "{id_}"'
    yield "    revision: 1"
    yield f"    kind: {'single' if len(right) == 1 else 'multiple'}"
    yield f"    difficulty: {rng.choice(('easy', 'medium', 'hard'))}"
    yield f'    objective: "1.{rng.randint(1, OBJECTIVES)}"'
    yield from _folded("    ", "stem", prose.text(rng.randint(200, 300)))
    yield "    options:"
    for place in range(5):
        yield f'      - text: "{prose.text(50)}"'
        yield f"        correct: {'true' if place in right else 'false'}"
        yield from _folded("        ", "why", prose.text(rng.randint(70, 130)))
        if place not in right and rng.random() < 0.6:  # noqa: PLR2004 - as often as in the shipped bank
            yield f"        trap: trap-{rng.randrange(TRAPS)}"
    yield f"    sources: [{', '.join(f'S{each}' for each in rng.sample(range(SOURCES), 3))}]"


def _folded(indent: str, key: str, text: str) -> list[str]:
    if len(text) < 100:  # noqa: PLR2004 - what fits a line stands on it, in quotes
        return [f'{indent}{key}: "{text}"']
    return [f"{indent}{key}: >-", *_wrapped(f"{indent}  ", text)]


def _wrapped(indent: str, text: str) -> list[str]:
    return textwrap.wrap(text, 120, initial_indent=indent, subsequent_indent=indent)
