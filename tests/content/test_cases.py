"""Chains that cases are made of: every way to spoil one, told at its place; a sound one makes cases that fit."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.chat.render.sizes import too_large
from bot.content.loader import load_bank
from bot.content.schema import FileKind, schema_text
from bot.domain.scenarios.generating import generate, has_cases
from tests.content.sample import LESSON, LESSON_FILE, Sample, write_sample
from tests.content.test_schemas import typed

LOOK_ALIKES = """\
look_alikes:
  - {control: Latch, does: "Holds", not_the_answer: "Anyone lifts it", option: "A latch", fix: "Fit a latch"}
  - {control: Bell, does: "Rings", not_the_answer: "It only tells", option: "A bell", fix: "Hang a bell"}
"""

CHAIN = """\
chain:
  outcome: Nobody gets in.
  cases:
    scenes: ["A house by the sea."]
    failing: ["Things disappear."]
    review: ["Somebody looks at the house."]
    event: ["A thief comes."]
    working: "None fails: the thief goes home."
  links:
    - id: door
      title: Door
      configure: "Hang the door"
      result: "The door shuts"
      evidence: The door is shut.
      option: "A door that shuts"
      objective: "1.2"
      sources: [LOCK]
      faults:
        - {id: open, name: It is open, quiet: false, symptom: Wind., evidence: You see through., fix: "Shut it"}
    - id: lock
      title: Lock
      configure: "Fit the lock"
      result: "The lock holds"
      evidence: The handle does not move.
      faults:
        - {id: unlocked, name: Not locked, quiet: true, symptom: Thieves., evidence: It moves., trap: key-as-lock}
        - {id: rusty, name: It is rusty, quiet: true, symptom: Noise., evidence: It creaks., fix: "Oil it"}
    - id: key
      title: Key
      configure: "Keep the key"
      result: "Only you have the key"
      evidence: The key is in your pocket.
      option: "A key in your pocket"
      faults:
        - {id: lost, name: It is lost, quiet: false, symptom: Tears., evidence: The pocket is empty., fix: "Find it"}
"""


def lesson() -> str:
    """The sample lesson with a chain that cases are made of."""
    head, _, rest = LESSON.partition("look_alikes:\n")
    return head + LOOK_ALIKES + CHAIN + "monitor:\n" + rest.partition("monitor:\n")[2]


def problems_of(sample: Sample) -> list[str]:
    """What is wrong with the sample's lesson, as `line:column: message`."""
    return [f"{wrong.line}:{wrong.column}: {wrong.message}" for wrong in load_bank(sample.folder).problems]


@pytest.fixture(name="lab")
def _lab(tmp_path: Path) -> Sample:
    """A sound bank with cases, that the test may spoil."""
    sample = write_sample(tmp_path)
    sample.write(LESSON_FILE, lesson())
    return sample


def test_a_sound_lab(lab: Sample) -> None:
    """Such a lesson loads, passes its schema, and makes cases that fit into a message."""
    found = load_bank(lab.folder, rendered=too_large)
    assert found.problems == ()
    assert found.bank is not None
    made = found.bank.lessons["1.1"]
    assert has_cases(made)
    assert generate(made, 1).stem.startswith("A house by the sea.")
    assert made.chain is not None
    door, lock, _ = made.chain.links
    assert (door.option, door.objective, door.sources) == ("A door that shuts", "1.2", ("LOCK",))
    assert (lock.faults[0].trap, lock.faults[1].fix) == ("key-as-lock", "Oil it")
    document = typed(yaml.load(lesson(), Loader=yaml.BaseLoader))  # noqa: S506 - builds texts only
    assert Draft202012Validator(json.loads(schema_text(FileKind.LESSON))).is_valid(document)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("It creaks.", "▶it  moves", "this evidence is the same as that of fault `unlocked` of link `lock`"),
        ("The key is in your pocket.", "▶The door is shut.", "this evidence is the same as that of link `door`"),
        ('option: "A latch"', 'option: ▶"A door that shuts"', "as an option this is the same as that of `door`"),
        ('"Fit the lock"', '▶"A door that shuts"', "as an option this is the same as that of `door`"),
        ('"Find it"', '▶"oil it."', "as an option this is the same as that of `lock`"),
        ('"Hang a bell"', '▶"Shut it"', "as an option this is the same as that of `door`"),
        ('"Only you have the key"', '▶"The lock holds"', "as an option this is the same as that of `lock`"),
        ('"None fails: the thief goes home."', '▶"The lock holds."', "as an option this is the same as that of `lock`"),
        (
            '"Fit the lock"',
            f'▶"{"x" * 151}"',
            "as an option of a case this is 151 characters long: at most 150 are possible",
        ),
        (
            '"Only you have the key"',
            f'▶"{"x" * 200}"',
            "as an option of a case this is 200 characters long: at most 150 are possible",
        ),
        ("[LOCK]\n      faults", "[▶LOK]\n      faults", "`LOK` is no source of sources.yaml: did you mean `LOCK`?"),
        ('"1.2"\n      sources', '▶"9.9"\n      sources', "`9.9` is no objective of the blueprint in bank.yaml"),
        ("key-as-lock}", "▶kee-as-lock}", "`kee-as-lock` is no trap of traps.yaml: did you mean `key-as-lock`?"),
        ('["A house by the sea."]', '[▶""]', "entry 1 of `scenes` is empty"),
    ],
)
def test_spoilt(lab: Sample, old: str, new: str, message: str) -> None:
    """One spoilt text gives its one sentence, at that text."""
    place = lab.replace(LESSON_FILE, old, new)
    assert problems_of(lab) == [f"{place}: {message}"]


@pytest.mark.parametrize(("left", "gone"), [("fix", ', option: "A bell"'), ("option", ', fix: "Hang a bell"')])
def test_half_a_look_alike(lab: Sample, left: str, gone: str) -> None:
    """A look-alike is worded for both kinds of question or for none; two that are worded is the least."""
    lab.replace(LESSON_FILE, gone, "")
    lacking = "option" if left == "fix" else "fix"
    assert problems_of(lab) == [
        f"23:5: a look-alike with `{left}` needs its `{lacking}` as well",
        "27:5: cases need at least 2 look-alikes with `option` and `fix`, the lesson has 1",
    ]
    lab.replace(LESSON_FILE, ', option: "A bell"' if left == "option" else ', fix: "Hang a bell"', "")
    assert problems_of(lab) == ["27:5: cases need at least 2 look-alikes with `option` and `fix`, the lesson has 1"]


def test_a_chain_too_short(lab: Sample) -> None:
    """Two links are a chain, but too few to make cases of."""
    head, _, tail = lesson().partition("    - id: key\n")
    lab.write(LESSON_FILE, head + "monitor:\n" + tail.partition("monitor:\n")[2])
    assert problems_of(lab) == ["33:5: cases need a chain of at least 3 links, this has 2"]


def test_stems_too_long(lab: Sample) -> None:
    """The longest stem that the texts can make is measured, not one that happens to be drawn."""
    lab.replace(LESSON_FILE, "The door is shut.", "x" * 250)
    lab.replace(LESSON_FILE, "You see through.", "y" * 250)
    lab.replace(LESSON_FILE, "The key is in your pocket.", "z" * 250)
    assert problems_of(lab) == []
    lab.replace(LESSON_FILE, '["A house by the sea."]', f'["Short.", "{"v" * 190}"]')
    lab.replace(LESSON_FILE, '["Things disappear."]', f'["{"w" * 190}"]')
    (problem,) = problems_of(lab)
    assert problem.startswith("27:5: the longest stem of a case is 1")
    assert problem.endswith("characters long: at most 900 are possible")


def test_cases_too_large_once_shown(lab: Sample) -> None:
    """Stems and options may each be within their limits and still not fit into one message."""
    lab.replace(LESSON_FILE, "The door is shut.", "x" * 250)
    lab.replace(LESSON_FILE, "The key is in your pocket.", "z" * 250)
    parts = ("option: {}A latch", "option: {}A bell", "option: {}A door that shuts", "configure: {}Fit the lock")
    rattle = LOOK_ALIKES.splitlines()[2].replace("Bell", "Rattle").replace("A bell", "A rattle").replace("Hang", "Lay")
    lab.replace(LESSON_FILE, "chain:\n", f"{rattle}\nchain:\n")
    lab.replace(LESSON_FILE, "The handle does not move.", "y" * 215)
    for number, part in enumerate((*parts, "option: {}A key in your pocket", "option: {}A rattle")):
        field = part.partition("{}")[0]
        lab.replace(LESSON_FILE, part.format('"') + '"', f'{field}"{number} {"x" * 148}"')
    assert problems_of(lab) == []
    (problem,) = load_bank(lab.folder, rendered=too_large).problems
    assert (problem.line, problem.column) == (28, 5)
    assert problem.message.startswith("its longest question is 2,")
    assert problem.message.endswith("characters once shown; Discord takes 2,000")


def test_equal_evidence_matters_without_cases(lab: Sample) -> None:
    """Two links that show the same cannot be told apart, whatever the chain is used for."""
    before, _, after = lesson().partition("  cases:\n")
    lab.write(LESSON_FILE, before + "  links:\n" + after.partition("  links:\n")[2])
    assert problems_of(lab) == []
    lab.replace(LESSON_FILE, "The pocket is empty.", "It moves.")
    (problem,) = problems_of(lab)
    assert "this evidence is the same as that of fault `unlocked` of link `lock`" in problem


def test_further_wordings_are_evidence_as_well(lab: Sample) -> None:
    """Evidence in other words must tell links apart like the first, and makes the longest case longer."""
    lab.replace(LESSON_FILE, "evidence: It creaks.", 'evidence: It creaks., evidence_also: ["It grates.", "It moves."]')
    (problem,) = problems_of(lab)
    assert "this evidence is the same as that of fault `unlocked` of link `lock`" in problem
    lab.replace(LESSON_FILE, '"It moves."]', '"It squeaks."]')
    assert problems_of(lab) == []
    bank = load_bank(lab.folder).bank
    assert bank is not None
    chains = (lesson.chain for lesson in bank.lessons.values())
    assert ("It creaks.", "It grates.", "It squeaks.") in {
        fault.sightings for chain in chains if chain is not None for link in chain.links for fault in link.faults
    }
