"""Reading without a parser gives what the parser gives, or nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import shipped_content
from bot.content import plain
from bot.content.reader import _parse
from bot.content.values import Value
from tests.content.sample import LESSON

KEYS = st.sampled_from(["a", "b", "no", "why", "true", "A", "a b", '"a"', "<<", "1"])
PLAIN = [
    "x",
    "x y",
    "x ",
    "x:y",
    "x: y",
    "x#y",
    "x #y",
    "1",
    "01",
    "1:30",
    "6.2",
    "true",
    "no",
    "null",
    "~",
    "é",
    "-1",
    "- x",
    "# c",
    "%x",
    "x\ty",
    "x\ufeffy",
]
QUOTED = [
    '"x"',
    '""',
    '"a: b # c"',
    '"a\\n"',
    '"x" y',
    "'x'",
    '"x \\"y\\""',
    '"\\""',
    '"x\\\\"',
    '"x\\\\\\""',
    '"x\\"',
    "[a, b]",
    "[]",
    '["6.2", no]',
    "[a,b]",
    "[ a ]",
    "[a, [b]]",
    "{a: b}",
    "{}",
    '{a: "x, y", why: no}',
    "{a: b, a: c}",
    "{a: b,why: c}",
    "{a:b}",
    "{a: {b: c}}",
    '{a: "' + "y" * 1100 + '", b: x}',
    "{a: b} # c",
    "# c",
]
MARKED = ["", "|", ">", "|-", ">-", ">+", "|2", "*a", "&a x", "!a x"]
VALUES = st.sampled_from([*PLAIN, *QUOTED, *MARKED, "y" * 1100])
TEXTS = st.sampled_from(
    ["x", "x y", "x: y", "- x", "# x", '"x"', "  x", "x ", "", " ", "a:", "---", "...", "x\xa0y", "# x", "#", "#x: y"]
)
INDENTS = st.integers(0, 6).map(lambda width: width * " ")
LINES = st.one_of(
    st.builds("{}{}{}: {}".format, INDENTS, st.sampled_from(["", "", "- "]), KEYS, VALUES).map(str.rstrip),
    st.builds("{}- {}".format, INDENTS, VALUES),
    st.builds("{}{}".format, INDENTS, TEXTS),
)


@st.composite
def blocks(draw: st.DrawFn, column: int = 0) -> list[str]:
    """Lines that are mostly indented as YAML wants them, with what they hold below them."""
    lines: list[str] = []
    for key in draw(st.lists(KEYS, min_size=1, max_size=3)):
        below = column + draw(st.sampled_from([2, 2, 2, 0, 4, 1]))
        match draw(st.integers(0, 4 if column < 8 else 2)):
            case 0 | 1:
                lines.append(f"{column * ' '}{key}: {draw(VALUES)}".rstrip())
            case 2:
                lines.append(f"{column * ' '}{key}: {draw(st.sampled_from(['|', '>', '|-', '>-']))}")
                lines += [f"{below * ' '}{text}" for text in draw(st.lists(TEXTS, max_size=3))]
            case 3:
                lines += [f"{column * ' '}{key}:", *draw(blocks(below))]
            case _:
                if draw(st.booleans()):
                    lines.append(f"{draw(INDENTS)}# {draw(TEXTS)}")
                lines.append(f"{column * ' '}{key}:")
                for inner in draw(st.lists(blocks(below + 2) | VALUES, max_size=3)):
                    first, *more = inner if isinstance(inner, list) else [inner]
                    lines += [f"{below * ' '}- {first.lstrip()}", *more]
    return lines


def alike(one: Value, other: Value) -> bool:
    """Whether two values are equal in type and order too: 1, 1.0 and true are not alike."""
    return repr(one) == repr(other)


@settings(max_examples=500, deadline=None)
@given(blocks() | st.lists(LINES, max_size=6), st.sampled_from(["\n", "\n", "\n\n", ""]))
def test_never_otherwise(lines: list[str], end: str) -> None:
    """Whatever the text, either the parser is needed, or it finds the same values and no problem."""
    text = "\n".join(lines) + end
    value = plain.read(text)
    if value is not None:
        parsed = _parse(text)
        assert not parsed.problems
        assert alike(value, parsed.value)


@pytest.mark.parametrize("file", sorted((shipped_content() / "md-102").rglob("*.yaml")), ids=lambda file: file.name)
def test_shipped_files(file: Path) -> None:
    """The shipped bank is read without a parser, so the bot starts without loading one; and as the parser reads it."""
    text = file.read_text(encoding="utf-8")
    value = plain.read(text)
    assert value is not None
    assert alike(value, _parse(text).value)


@pytest.mark.parametrize(
    "text",
    [
        "# c\na: b\n",
        "#\n\n  # c: d\na:\n    # c\n  - b\n # c\n  - c\n# c\n",
        "a: |\n  x\n  # text\n# c\nb: c\n",
        'a: {b: "x, }: #", c: 1.5, d: true}\nb:\n  - {a: b}\n  - c\n',
    ],
)
def test_comments_and_short_mappings(text: str) -> None:
    """Lines of comment mean nothing wherever they stand, but in a block of text; a mapping may stand on one line."""
    value = plain.read(text)
    assert value is not None
    assert alike(value, _parse(text).value)


ODD = ["a: &b c", "a: *b", "a: !b c", "'a': b", "title: x", "  b: c", "? a", "- a", "---", "...", "a: b\t"]
ODD_COMMENTS = ["a: b # c", "a: # c", "- # c"]
ODD_MAPPINGS = ["a: {b: c, b: d}", "a: {b: [c]}", "a: {b}", "a: {}"]


@pytest.mark.parametrize("line", [*ODD, *ODD_COMMENTS, *ODD_MAPPINGS])
def test_left_to_the_parser(line: str) -> None:
    """One line of another form, a key given twice or a wrong indentation leaves the whole file to the parser."""
    assert plain.read(LESSON) is not None
    assert plain.read(f"{LESSON}{line}\n") is None


@pytest.mark.parametrize("text", ["", "\n", "x\n", "- x\n", "a: b", "a: |\n  b"])
def test_no_lines(text: str) -> None:
    """What is no mapping, or breaks off without a line end, needs a parser."""
    assert plain.read(text) is None
