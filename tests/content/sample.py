"""A small sound bank in a folder, and ways to spoil it."""

from dataclasses import dataclass
from pathlib import Path

BANK = """\
id: sample
title: "A sample bank"
short_title: Sample
description: Two questions about locks.
updated: 2026-11-23
multiple_rule: exam
blueprint:
  as_of: 2026-10-27
  domains:
    - id: locks
      title: Locks
      weight: {low: 60, high: 70}
      objectives:
        - {id: "1.1", title: "Choose a lock"}
        - {id: "1.2", title: "Fit a lock"}
    - id: keys
      title: Keys
      weight: {low: 30, high: 40}
      objectives:
        - {id: "2.1", title: "Keep keys"}
"""

SOURCES = """\
sources:
  - id: LOCK
    title: "All about locks"
    url: https://example.org/locks
    checked: 2026-05-18
  - id: KEY
    title: "All about keys"
    url: https://example.org/keys
    checked: 2026-05-19
"""

TRAPS = """\
traps:
  - id: door-as-lock
    left: Door
    right: Lock
    belief: A door that is shut is locked.
    why_tempting: Both keep the wind out.
    contrast:
      - {left: "Shuts", right: "Locks"}
      - {left: "Has hinges", right: "Has a key"}
    tell_apart: Try the handle.
    sources: [LOCK]
  - id: key-as-lock
    left: Key
    right: Lock
    belief: Whoever has a key has a lock.
    why_tempting: They are sold together.
    contrast:
      - {left: "Is carried", right: "Is fitted"}
      - {left: "Gets lost", right: "Stays"}
    tell_apart: Look into your pocket.
    sources: [LOCK, KEY]
"""

LESSON = """\
id: "1.1"
title: Locks and doors
summary: What keeps a door shut.
objectives: ["1.1", "2.1"]
updated: 2026-11-23
takeaways:
  - "A door is not a lock."
  - "A key is not a lock."
  - "A lock needs both."
sections:
  - title: "Doors"
    text: |
      Doors **shut**.

      Locks lock.
workflow:
  - step: Fit the lock
    configuration: "Four screws"
    result: "It holds"
    trap: door-as-lock
look_alikes:
  - control: Latch
    does: "Holds the door"
    not_the_answer: "Anyone can lift it"
    trap: door-as-lock
chain:
  outcome: Nobody gets in.
  links:
    - id: door
      title: Door
      configure: "Hang it"
      result: "It shuts"
      evidence: It is shut.
      faults:
        - id: open
          name: It stands open
          quiet: false
          symptom: Wind.
          evidence: You see through.
    - id: lock
      title: Lock
      configure: "Fit it"
      result: "It locks"
      evidence: The handle does not move.
      trap: key-as-lock
      faults:
        - id: unlocked
          name: It is not locked
          quiet: true
          symptom: Thieves.
          evidence: The handle moves.
monitor:
  - what: The handle
    where: On the door
    tells: "Whether it is locked"
sources: [LOCK]
items:
  - id: "1.1-001"
    revision: 1
    kind: single
    difficulty: easy
    objective: "1.1"
    stem: |
      A house has a door that shuts well, and still things disappear at night.
      What is missing?
    options:
      - text: "A lock"
        correct: true
        why: "Only a lock keeps people out."
      - text: "A second door"
        correct: false
        why: "It can be opened as well."
        trap: door-as-lock
      - text: "A bell"
        correct: false
        why: "A bell only tells."
    sources: [LOCK]
  - id: "1.1-002"
    revision: 2
    kind: multiple
    difficulty: hard
    objective: "2.1"
    stem: Which of these belong to a lock that works?
    options:
      - text: "A bolt"
        correct: true
        why: "It holds."
      - text: "A barrel"
        correct: true
        why: "It turns."
      - text: "A lost key"
        correct: false
        trap: key-as-lock
      - text: "A hinge"
        correct: false
        why: "It belongs to the door."
        trap: door-as-lock
    sources: [LOCK, KEY]
    weight: 1.5
"""

LESSON_FILE = "lessons/1.1.yaml"
FILES = {"bank.yaml": BANK, "sources.yaml": SOURCES, "traps.yaml": TRAPS, LESSON_FILE: LESSON}

HERE = "▶"
"""Marks, in a text to be written, the place where a problem is expected; it is taken out before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample bank in a folder of its own."""

    folder: Path

    def replace(self, name: str, old: str, new: str) -> str:
        """Change a text that stands in a file exactly once, and give `line:column` of the mark in the new text."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        return self.write(name, text.replace(old, new))

    def write(self, name: str, text: str) -> str:
        """Write a file without the mark, and give `line:column` of it (1:1 where there is none)."""
        before, mark, after = text.partition(HERE)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(before + after, encoding="utf-8")
        return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}" if mark else "1:1"


def write_sample(root: Path) -> Sample:
    """The sample bank, written into the folder `sample` of a root."""
    sample = Sample(folder=root / "sample")
    for name, text in FILES.items():
        sample.write(name, text)
    return sample
