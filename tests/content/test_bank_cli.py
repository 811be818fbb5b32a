"""The command line's work on banks: what it prints and its exit codes; and the figures it prints."""

import io
import json
from pathlib import Path

import pytest

from bot.content import cli
from bot.content.loader import load_bank
from bot.content.stats import bank_stats
from tests.content.sample import LESSON_FILE, TRAPS, Sample


@pytest.fixture
def out() -> io.StringIO:
    """Where the functions print."""
    return io.StringIO()


def test_check_sound(sample: Sample, out: io.StringIO) -> None:
    """A sound bank, named itself or by the folder it is in, is one line and exit code 0."""
    assert cli.check([sample.folder], out) == 0
    assert cli.check([sample.folder.parent], out) == 0
    assert out.getvalue() == "sample: 1 lesson, 2 items, 2 traps: no problems\n" * 2


def test_check_problems(sample: Sample, out: io.StringIO) -> None:
    """Problems are a line each, then a line with their number; exit code 1."""
    sample.replace("bank.yaml", "id: sample", "id: simple")
    sample.replace(LESSON_FILE, "revision: 2", "revision: 0")
    sample.replace(LESSON_FILE, "quiet: true", "quiet: yes")
    assert cli.check([sample.folder], out) == 1
    *problems, summary = out.getvalue().splitlines()
    assert problems == [str(problem) for problem in load_bank(sample.folder).problems]
    assert summary == "3 problems in 2 files"


def test_check_rendered(sample: Sample, out: io.StringIO) -> None:
    """A size check that is handed in takes part."""
    assert cli.check([sample.folder], out, rendered=lambda _: [("item", "1.1-001", "is too long")]) == 1
    assert out.getvalue().endswith("1.1.yaml:58:9: is too long\n1 problem in 1 file\n")


@pytest.mark.parametrize("name", ["none", "sample/bank.yaml"])
def test_wrong_use(sample: Sample, out: io.StringIO, name: str) -> None:
    """A path that is no folder is wrong use: one sentence and exit code 2."""
    path = sample.folder.parent / name
    sentence = f"{path}: there is no such folder: name the folder of a bank, or a folder of banks\n"
    assert cli.check([path], out) == 2
    assert cli.stats(path, out, as_json=True) == 2
    assert out.getvalue() == sentence * 2


def test_no_path(out: io.StringIO) -> None:
    """No path at all is wrong use."""
    assert cli.check([], out) == 2
    assert out.getvalue() == "name the folder of a bank, or a folder of banks\n"


def test_folder_without_a_bank(tmp_path: Path, out: io.StringIO) -> None:
    """A folder in which there is no bank has a problem."""
    assert cli.check([tmp_path], out) == 1
    assert out.getvalue() == f"{tmp_path}:1:1: there is no bank in this folder\n1 problem in 1 file\n"


def test_unfinished_bank(sample: Sample, out: io.StringIO) -> None:
    """A folder that has lessons but no bank.yaml yet is checked as the bank it is meant to be."""
    for name in ("bank.yaml", "traps.yaml", "sources.yaml"):
        (sample.folder / name).unlink()
    assert cli.check([sample.folder], out) == 1
    assert out.getvalue().endswith("3 problems in 3 files\n")


def test_figures(sample: Sample) -> None:
    """The figures count what is there; an item counts once for a trap, a domain by its objectives."""
    bank = load_bank(sample.folder).bank
    assert bank is not None
    figures = bank_stats(bank)
    assert (figures.lessons, figures.items, figures.traps, figures.sources) == ({"1.1": 2}, 2, 2, 2)
    assert figures.labs == ()
    assert figures.kinds == {"single": 1, "multiple": 1}
    assert figures.difficulties == {"easy": 1, "medium": 0, "hard": 1}
    assert figures.items_per_trap == {"door-as-lock": 2, "key-as-lock": 1}
    assert figures.lonely_traps == ("door-as-lock", "key-as-lock")
    assert [(domain.id, domain.items, domain.share, domain.low, domain.high) for domain in figures.domains] == [
        ("locks", 1, 50.0, 60, 70),
        ("keys", 1, 50.0, 30, 40),
    ]
    assert [objective.items for objective in figures.domains[0].objectives] == [1, 0]


def test_stats_as_text(sample: Sample, out: io.StringIO) -> None:
    """The table shows every figure beside its name."""
    assert cli.stats(sample.folder, out) == 0
    lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    for line in (
        "sample: A sample bank",
        "items 2",
        "multiple 1",
        "door-as-lock 2",
        "Keys: 1 (50 %; the blueprint: 30 to 40 %)",
        "1.2 0 Fit a lock",
        "keys by letter as written (by chance): A 2 (0.8), B 1 (0.8), C 0 (0.8), D 0 (0.5)",
        "stems that are alike: none",
        "Traps near fewer than 2 others (see_also brings them closer)",
    ):
        assert line in lines
    assert lines[-2:] == ["door-as-lock", "key-as-lock"]


def test_coverage_as_markdown(sample: Sample, out: io.StringIO) -> None:
    """For a README there is a table of the blueprint's domains below a sentence about the bank."""
    assert cli.stats(sample.folder, out, as_markdown=True) == 0
    assert out.getvalue().splitlines() == [
        "**A sample bank**: 1 lesson, 2 items (1 multi-select), 2 traps.",
        "",
        "| domain | weight | items | share | objectives |",
        "|---|---|---|---|---|",
        "| Locks | 60 to 70 % | 1 | 50 % | 1 of 2 |",
        "| Keys | 30 to 40 % | 1 | 50 % | 1 of 1 |",
    ]


def test_stats_as_json(sample: Sample, out: io.StringIO) -> None:
    """As JSON there are the figures of each bank, and the problems."""
    assert cli.stats(sample.folder, out, as_json=True) == 0
    result = json.loads(out.getvalue())
    bank = load_bank(sample.folder).bank
    assert bank is not None
    # What JSON makes of tuples are lists.
    assert result == {"banks": [json.loads(json.dumps(bank_stats(bank).as_json()))], "problems": []}
    assert result["banks"][0]["domains"][1]["objectives"] == [{"id": "2.1", "title": "Keep keys", "items": 1}]


def test_a_well_knit_bank_has_no_lonely_traps(sample: Sample, out: io.StringIO) -> None:
    """With two others near each of them, no trap is listed, and neither is the heading."""
    door, key = TRAPS.index("  - id: door"), TRAPS.index("  - id: key")
    gate = TRAPS[door:key].replace("door-as-lock", "gate-as-lock")
    sample.write("traps.yaml", f"{TRAPS}{gate}    see_also: [door-as-lock, key-as-lock]\n")
    latch = '    not_the_answer: "Anyone can lift it"\n    trap: {}-as-lock'
    sample.replace(LESSON_FILE, latch.format("door"), latch.format("gate"))
    assert cli.stats(sample.folder, out) == 0
    assert "Traps near fewer" not in out.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_stats_of_a_broken_bank(sample: Sample, out: io.StringIO, as_json: bool) -> None:
    """A broken bank cannot be counted: its problems are told instead, and the exit code is 1."""
    sample.replace("bank.yaml", "id: sample", "id: simple")
    assert cli.stats(sample.folder, out, as_json=as_json) == 1
    assert "but the folder is called `sample`" in out.getvalue()
    if as_json:
        assert json.loads(out.getvalue())["banks"] == []


def test_schema(tmp_path: Path, out: io.StringIO) -> None:
    """The schemas are written and named; where they cannot be, that is wrong use."""
    assert cli.schema(tmp_path / "schema", out) == 0
    assert len(list((tmp_path / "schema").iterdir())) == len(out.getvalue().splitlines()) == 4
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cli.schema(tmp_path / "file" / "schema", out) == 2
    assert out.getvalue().splitlines()[-1].endswith("the schemas cannot be written there: Not a directory")
