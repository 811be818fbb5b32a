"""Loading whole banks: what a sound one becomes, and every problem of every file in one pass."""

import errno
import os
from dataclasses import fields
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import schema
from bot.content.loader import load_bank, load_banks
from bot.domain import bank as bank_values
from bot.domain import chain, item, lesson, trap
from bot.domain.bank import Bank
from bot.domain.item import Difficulty, Image, ItemKind, MultipleRule
from tests.content.sample import FILES, LESSON, LESSON_FILE, Sample, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator


PUT_IN = ["", "no", "[]", "{}", "- ", "1:30", "&a ", "*a", '"', "\t", ": ", "\n", "~", "3.5"]


def problems_of(sample: Sample) -> list[str]:
    """The problems of a bank, each with its file's name inside the bank's folder."""
    return [str(problem).replace(f"{sample.folder}{os.sep}", "") for problem in load_bank(sample.folder).problems]


def test_sound_bank(sample: Sample) -> None:
    """A sound bank becomes domain values with the defaults of the format filled in."""
    result = load_bank(sample.folder)
    assert result.problems == ()
    bank = result.bank
    assert bank is not None
    assert (bank.id, bank.updated, bank.rule) == ("sample", date(2026, 11, 23), MultipleRule.EXAM)
    assert list(bank.traps) == ["door-as-lock", "key-as-lock"]
    assert bank.blueprint.objectives() == {"1.1": "Choose a lock", "1.2": "Fit a lock", "2.1": "Keep keys"}
    first, second = bank.items()
    assert first.stem == "A house has a door that shuts well, and still things disappear at night.\nWhat is missing?"
    assert (first.lesson, first.kind, first.difficulty) == ("1.1", ItemKind.SINGLE, Difficulty.EASY)
    assert (first.weight, second.weight) == (Fraction(1), Fraction(3, 2))
    assert (second.key, second.rule) == (frozenset({0, 1}), MultipleRule.EXAM)
    assert second.options[2].why == ""
    found = bank.lessons["1.1"].chain
    assert found is not None
    assert [(link.id, link.trap, [fault.quiet for fault in link.faults]) for link in found.links] == [
        ("door", None, [False]),
        ("lock", "key-as-lock", [True]),
    ]


def test_see_also(sample: Sample) -> None:
    """A trap lists others near it, or none."""
    sample.write("traps.yaml", FILES["traps.yaml"] + "    see_also: [door-as-lock]\n")
    bank = load_bank(sample.folder).bank
    assert bank is not None
    assert {trap.id: trap.see_also for trap in bank.traps.values()} == {
        "door-as-lock": (),
        "key-as-lock": ("door-as-lock",),
    }


def test_optional_parts(sample: Sample) -> None:
    """A lesson without workflow and chain, an item with its own rule and with an image are sound."""
    text = LESSON.replace("    weight: 1.5\n", '    rule: strict\n    image: {file: images/a.png, alt: "A bolt"}\n')
    before, after = text.split("workflow:")[0], text.split("look_alikes:")[1]
    head, tail = after.split("chain:")
    sample.write(LESSON_FILE, f"{before}look_alikes:{head}monitor:{tail.split('monitor:')[1]}")
    sample.write("images/a.png", "")
    bank = load_bank(sample.folder).bank
    assert bank is not None
    assert (bank.lessons["1.1"].workflow, bank.lessons["1.1"].chain) == ((), None)
    second = bank.item("1.1-002")
    assert second is not None
    assert (second.rule, second.image) == (MultipleRule.STRICT, Image(file="images/a.png", alt="A bolt"))


def test_lessons_by_number(sample: Sample) -> None:
    """Lessons come in the order of their numbers: 1.2 before 1.10, whatever the files are called."""
    for number in ("10", "2"):
        sample.write(f"lessons/a{number}.yaml", other_lesson(f"1.{number}"))
    bank = load_bank(sample.folder).bank
    assert bank is not None
    assert list(bank.lessons) == ["1.1", "1.2", "1.10"]


def other_lesson(number: str) -> str:
    """A further sound lesson with one item of its own."""
    head, items = LESSON.replace('"1.1"', f'"{number}"', 1).split("items:\n")
    item_text = items.split('  - id: "1.1-002"')[0].replace("1.1-001", f"{number}-001")
    return f"{head}items:\n{item_text.replace('A house', f'Number {number} of the houses in street {number}')}"


def test_models_mirror_the_domain() -> None:
    """Models that are carried over by `vars` have the same fields as their domain values."""
    same: dict[type[schema.Entry], type[object]] = {
        schema.SourceEntry: bank_values.Source,
        schema.ObjectiveEntry: bank_values.Objective,
        schema.ContrastEntry: trap.Contrast,
        schema.TrapEntry: trap.Trap,
        schema.SectionEntry: lesson.Section,
        schema.WorkflowEntry: lesson.WorkflowStep,
        schema.LookAlikeEntry: lesson.LookAlike,
        schema.WatchEntry: lesson.Watch,
        schema.FaultEntry: chain.Fault,
        schema.LinkEntry: chain.Link,
        schema.ImageEntry: item.Image,
    }
    for model, value in same.items():
        assert set(model.model_fields) == {field.name for field in fields(value)}  # type: ignore[arg-type]


def test_several_problems_in_several_files(sample: Sample) -> None:
    """Problems of every file, within fields and across files, are told in one sorted pass."""
    sample.replace("bank.yaml", "short_title: Sample", "short_title: no\nupdatd: red")
    sample.replace("sources.yaml", "https://example.org/keys", "nowhere")
    sample.replace("traps.yaml", "sources: [LOCK]", "sources: [LOK]")
    sample.replace(LESSON_FILE, "title: Locks and doors\n", "")
    sample.replace(LESSON_FILE, "difficulty: hard", "difficulty: hrad")
    sample.replace(LESSON_FILE, "    trap: door-as-lock\nlook_alikes", "    trap: dor-as-lock\nlook_alikes")
    sample.replace(LESSON_FILE, '"A second door"', '"A lock"')
    sample.write("lessons/1.2.yaml", 'id: "1.2"\ntitle: "open')
    assert problems_of(sample) == [
        "bank.yaml:3:14: YAML reads `no` as a boolean here; put it in quotes",
        "bank.yaml:4:1: unknown key `updatd`: did you mean `updated`?",
        "lessons/1.1.yaml:1:1: `title` is missing",
        "lessons/1.1.yaml:19:11: `dor-as-lock` is no trap of traps.yaml: did you mean `door-as-lock`?",
        "lessons/1.1.yaml:69:15: this option is the same as entry 1 of `options`",
        "lessons/1.1.yaml:80:17: `difficulty` must be easy, medium or hard, not `hrad`",
        "lessons/1.2.yaml:2:8: the quote that opens here is never closed",
        "sources.yaml:8:10: `url` must be a web address that begins with https://, not `nowhere`",
        "traps.yaml:11:15: `LOK` is no source of sources.yaml: did you mean `LOCK`?",
    ]


def test_count_and_entries_together(sample: Sample) -> None:
    """Too few entries and a wrong entry among them are both told."""
    sample.replace(LESSON_FILE, '  - "A key is not a lock."\n  - "A lock needs both."\n', "  - no\n")
    assert problems_of(sample) == [
        "lessons/1.1.yaml:7:3: `takeaways` needs 3 to 7 entries, has 2",
        "lessons/1.1.yaml:8:5: YAML reads `no` as a boolean here; put it in quotes",
    ]


def test_too_many_entries(sample: Sample) -> None:
    """A list without a limit of its own ends at 999 entries; what is wrong in the others is not looked for."""
    sample.write("traps.yaml", "traps:\n" + "  - a\n" * 2000)
    found = [problem for problem in problems_of(sample) if problem.startswith("traps")]
    assert found[0] == "traps.yaml:2:3: `traps` can have 999 entries, has 2000"
    assert len(found) == 201
    assert found[-1] == "traps.yaml:2002:1: 800 more problems of this file are not listed"


@pytest.mark.parametrize("name", ["bank.yaml", "sources.yaml", "traps.yaml"])
def test_missing_file(sample: Sample, name: str) -> None:
    """A missing file is one problem: what refers to it is not blamed as well."""
    (sample.folder / name).unlink()
    assert problems_of(sample) == [f"{name}:1:1: the file is missing"]


def test_nothing_there(tmp_path: Path) -> None:
    """An empty folder lacks all its files; a folder that is not there is said to be missing."""
    assert [str(problem) for problem in load_bank(tmp_path / "none").problems] == [
        f"{tmp_path}/none:1:1: there is no such folder"
    ]
    (tmp_path / "new").mkdir()
    assert [problem.message for problem in load_bank(tmp_path / "new").problems] == [
        "the file is missing",
        "there is no lesson here: a bank needs at least one",
        "the file is missing",
        "the file is missing",
    ]


def test_unreadable_files(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a pipe and a forbidden file in the place of a file are told, none of them waited for."""
    (sample.folder / "lessons" / "2.yaml").mkdir()
    os.mkfifo(sample.folder / "lessons" / "3.yaml")
    opened = Path.open

    def refuse(path: Path, mode: str = "r") -> object:
        if path.name == "traps.yaml":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", refuse)  # an administrator's tests could read a forbidden file
    assert problems_of(sample) == [
        "lessons/2.yaml:1:1: cannot be read: it is not an ordinary file",
        "lessons/3.yaml:1:1: cannot be read: it is not an ordinary file",
        "traps.yaml:1:1: cannot be read: Permission denied",
    ]


def test_strays(sample: Sample) -> None:
    """What is hidden or not YAML is left alone; YAML that nothing would read is told."""
    for name in ("README.md", "lessons/notes.txt", "lessons/.1.1.yaml.swp", "lessons/_draft.yaml", ".old.yaml"):
        sample.write(name, "a: [")
    assert problems_of(sample) == []
    sample.write("trap.yaml", "")
    sample.write("lessons/1.2.yml", "")
    assert problems_of(sample) == [
        "lessons/1.2.yml:1:1: nothing reads this file: the name of a lesson ends in .yaml",
        "trap.yaml:1:1: nothing reads this file: a bank has bank.yaml, sources.yaml, traps.yaml and `lessons/*.yaml`",
    ]


def test_unused(sample: Sample) -> None:
    """A source or trap that nothing names is a problem, at its id."""
    text = FILES["traps.yaml"]
    extra = text.split("traps:\n")[1].split("  - id: key-as-lock")[0].replace("door-as-lock", "wind-as-thief")
    # Being mentioned by another trap is no use.
    sample.write("traps.yaml", text + "    see_also: [wind-as-thief]\n" + extra)
    sample.replace(
        "sources.yaml",
        "  - id: KEY",
        '  - id: WIND\n    title: "Wind"\n    url: https://x.org\n    checked: 2026-01-01\n  - id: KEY',
    )
    assert problems_of(sample) == [
        "sources.yaml:6:9: no trap, lesson or item names this source",
        "traps.yaml:23:9: no option, workflow step, look-alike, link or fault names this trap",
    ]


def test_unused_waits_for_every_file(sample: Sample) -> None:
    """While a lesson cannot be read nothing is called unused: that lesson may use it."""
    sample.write(LESSON_FILE, LESSON + "\t'")
    assert [problem.split(":")[0] for problem in problems_of(sample)] == ["lessons/1.1.yaml"]


def test_ids_twice_across_files(sample: Sample) -> None:
    """Ids are unique in the whole bank, and the problem says where the other one is."""
    sample.write("lessons/1.2.yaml", LESSON.replace("A house", "A barn in the hills of the north"))
    here = f"{sample.folder}{os.sep}"
    found = [problem.replace(here, "") for problem in problems_of(sample)]
    assert "lessons/1.2.yaml:1:5: the lesson id `1.1` is already given in lessons/1.1.yaml:1:5" in found
    assert "lessons/1.2.yaml:58:9: the item id `1.1-001` is already given in lessons/1.1.yaml:58:9" in found


def test_near_duplicate_stems(sample: Sample) -> None:
    """A stem that says nearly the same as another one, in any lesson, is a problem that names the other."""
    copy = other_lesson("1.2")
    start = copy.index("Number")
    sample.write("lessons/1.2.yaml", f"{copy[:start]}A house{copy[copy.index(' has a door') :]}")
    assert problems_of(sample) == [
        "lessons/1.2.yaml:63:11: this stem is nearly the same as that of `1.1-001` (lessons/1.1.yaml:58:5)"
    ]


def test_rules_need_no_bank_file(sample: Sample) -> None:
    """Items are held against every rule that can be known, even while bank.yaml and a neighbour are broken."""
    sample.write("bank.yaml", "a: [b")
    sample.replace(LESSON_FILE, 'text: "A bell"\n        correct: false', 'text: "A bell"\n        correct: true')
    sample.replace(LESSON_FILE, "revision: 2", "revision: two")
    assert problems_of(sample) == [
        "bank.yaml:1:4: the list in square brackets that opens here is not closed, or lacks a comma",
        "lessons/1.1.yaml:67:7: a single item needs exactly one right option, has 2",
        "lessons/1.1.yaml:79:15: `revision` must be a whole number, not `two`",
    ]


def test_rendered_sizes(sample: Sample) -> None:
    """What a size check finds is a problem at the id it names, and there is no bank then."""

    def rendered(bank: Bank) -> "Iterator[tuple[str, str, str]]":
        yield "trap", next(iter(bank.traps)), "does not fit into a card"
        yield "item", "1.1-002", "has 2,100 characters: at most 2,000 fit"
        yield "lesson", "1.1", "does not fit"
        yield "page", "7", "does not fit"

    result = load_bank(sample.folder, rendered=rendered)
    assert result.bank is None
    assert [str(problem).replace(str(sample.folder), "…") for problem in result.problems] == [
        "…:1:1: page `7`: does not fit",
        "…/lessons/1.1.yaml:1:5: does not fit",
        "…/lessons/1.1.yaml:78:9: has 2,100 characters: at most 2,000 fit",
        "…/traps.yaml:2:9: does not fit into a card",
    ]


def test_rendered_sizes_need_a_whole_bank(sample: Sample) -> None:
    """Nothing is rendered while an id leads nowhere, but a slip that does no harm there hides no size."""
    calls: list[str] = []

    def rendered(bank: Bank) -> list[tuple[str, str, str]]:
        calls.append(bank.id)
        return []

    sample.replace(LESSON_FILE, '"A second door"', '"A lock"')
    load_bank(sample.folder, rendered=rendered)
    assert calls == ["sample"]
    sample.replace(LESSON_FILE, "        trap: key-as-lock", "        trap: nothing")
    load_bank(sample.folder, rendered=rendered)
    assert calls == ["sample"]


def test_folder_of_banks(tmp_path: Path) -> None:
    """Every bank is loaded by itself; schemas and what is hidden are skipped, other folders must be banks."""
    write_sample(tmp_path)
    for name in ("schema", ".git", "_drafts", "empty"):
        (tmp_path / name).mkdir()
    loaded = load_banks(tmp_path)
    assert list(loaded.results) == ["empty", "sample"]
    assert list(loaded.banks) == ["sample"]
    assert f"{tmp_path}/empty/bank.yaml:1:1: the file is missing" in map(str, loaded.all_problems)


def test_no_banks(tmp_path: Path) -> None:
    """A folder without a bank, and none at all, are problems."""
    assert list(map(str, load_banks(tmp_path).problems)) == [f"{tmp_path}:1:1: there is no bank in this folder"]
    gone = load_banks(tmp_path / "gone").problems
    assert list(map(str, gone)) == [f"{tmp_path}/gone:1:1: the folder cannot be read: No such file or directory"]


def test_shipped_content() -> None:
    """The banks that ship are sound."""
    loaded = load_banks(Path(__file__).parents[2] / "content")
    assert loaded.all_problems == ()
    assert loaded.banks


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FILES)), st.data())
def test_never_raises(sample: Sample, name: str, data: st.DataObject) -> None:
    """Whatever is cut from a file or put into it, loading gives a bank or problems in that folder."""
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    put = data.draw(
        st.sampled_from(["", "no", "[]", "{}", "- ", "1:30", "&a ", "*a", '"', "\t", ": ", "\n", "~", "3.5"])
    )
    sample.write(name, text[:start] + put + text[start + length :])
    result = load_bank(sample.folder)
    sample.write(name, text)
    assert (result.bank is None) == bool(result.problems)
    assert all(problem.file.startswith(str(sample.folder)) for problem in result.problems)
