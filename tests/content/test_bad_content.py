"""Every way to spoil a bank that the format names: the exact sentence at the exact place."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.content.loader import load_bank
from tests.content.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """One block of spoilt.txt."""

    name: str
    file: str
    old: str
    new: str
    message: str


def spoilt() -> list[Spoilt]:
    """The blocks of spoilt.txt, which explains itself."""
    _, *blocks = Path(__file__).with_name("spoilt.txt").read_text(encoding="utf-8").split("\n\n")
    return [_block(block.splitlines()) for block in blocks]


def _block(lines: list[str]) -> Spoilt:
    parts = {mark: "\n".join(line[2:] for line in lines if line[0] == mark) for mark in "#@-+!"}
    return Spoilt(name=parts["#"], file=parts["@"], old=parts["-"], new=parts["+"], message=parts["!"])


@pytest.mark.parametrize("case", spoilt(), ids=lambda case: case.name)
def test_spoilt(sample: Sample, case: Spoilt) -> None:
    """One spoilt place gives its one sentence, with the line and column of the token that is to blame."""
    place = sample.replace(case.file, case.old, case.new)
    result = load_bank(sample.folder)
    expected = f"{sample.folder}/{case.file}:{place}: {case.message.replace('…', f'{sample.folder}')}"
    assert expected in [str(problem) for problem in result.problems]
    assert result.bank is None
