"""The reader: what is refused and where, what plain scalars mean, and positions that hold."""

import string
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import parser
from bot.content.parser import MAX_DEPTH
from bot.content.reader import MAX_BYTES, read
from bot.content.scalars import Misread, resolve
from bot.content.values import MAX_PROBLEMS, UNREAD
from tests.content.sample import HERE

MISFIT = "this does not fit here: look for a quote left open, text after a closing quote, or wrong indentation"
NO_COLON_HERE = "a colon cannot stand here: put the text in quotes, or mend the indentation"
RESOLVER: Callable[..., str] = yaml.SafeLoader("").resolve
PLAIN = "not possible: write the plain value"


def problems_of(data: bytes) -> list[str]:
    """The problems of a file as `line:column: message`."""
    document = read(data)
    places = [(document.position(offset), message) for offset, message in document.problems]
    return [f"{line}:{column}: {message}" for (line, column), message in places]


def expected(text: str, message: str) -> tuple[bytes, str]:
    """A marked text as bytes without the mark, and the problem at the place of the mark."""
    before, _, after = text.partition(HERE)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return (before + after).encode(), f"{line}:{column}: {message}"


REFUSED = [
    ("a: ▶'b", "the quote that opens here is never closed"),
    ("a: ▶'b\n--- c'", "the quote that opens here is never closed"),
    ('a: "b\nc: "▶d"', MISFIT),
    ('a: "b" ▶c', MISFIT),
    ("a: 1\n b▶: 2", NO_COLON_HERE),
    ("a: b▶: c", NO_COLON_HERE),
    ("a: ▶? b", "a question mark cannot stand here: put the text in quotes"),
    ("a: ▶!important!", "text cannot begin with `!`: put it in quotes"),
    ("a: ▶- b", "a list cannot begin here: put it on lines of its own, or the text in quotes"),
    ("a: ▶* b", "text cannot begin with `*`: put it in quotes"),
    ("a: ▶& b", "text cannot begin with `&`: put it in quotes"),
    ("▶% b", "text cannot begin with `%`: put it in quotes"),
    ("- a\n▶b: c", "the list above goes on without a `-` here: look for wrong indentation"),
    ("▶\ta: b", "a tab cannot indent: use spaces"),
    ("a:\n  b: c\n▶\td: e", "a tab cannot indent: use spaces"),
    ("a: ▶@b", "text cannot begin with `@`: put it in quotes"),
    ("a: ▶`b`", "text cannot begin with ```: put it in quotes"),
    ("a: ▶[b, c\nd: e", "the list in square brackets that opens here is not closed, or lacks a comma"),
    ("a: ▶{b: c\n- d", "the mapping in braces that opens here is not closed, or lacks a comma"),
    ("a: [b, ▶, c]", "a value is missing here"),
    ("a: b\n▶c\nd: e", "a key needs a colon after it"),
    ('a: "C:▶\\d"', "a backslash in double quotes must be doubled: `\\\\`"),
    ("a: |▶b\n  c", "text after `|` or `>` begins on the next line"),
    ("a: b\n▶---\nc: d", "a file holds one document: `---` begins another"),
    ("a: b\n...\n▶c: d", "nothing may follow the end of the document"),
    ("a: 1\nb: 2\n▶a: 3", "`a` is given twice: the first is in line 1"),
    ('a: 1\n▶"a": 3', "`a` is given twice: the first is in line 1"),
    ("a: {b: 1, ▶b: 2}", "`b` is given twice: the first is in line 1"),
    ("▶<<: {a: b}", "merge keys (`<<`) are not possible: write the keys out"),
    ("▶'': b", "a key is missing before the colon"),
    ("? ▶[a]\n: b", "a key must be a word, not a list or a mapping"),
    ("▶*a : b", f"aliases (`*a`) are {PLAIN}"),
    ("a: ▶*b", f"aliases (`*b`) are {PLAIN}"),
    ("a: ▶&b c", f"anchors (`&b`) are {PLAIN}"),
    ("▶&b a: c", f"anchors (`&b`) are {PLAIN}"),
    ("a: ▶&b [c]", f"anchors (`&b`) are {PLAIN}"),
    ("a: ▶!!str c", f"tags (`!!str`) are {PLAIN}"),
    ("a: ▶! c", f"tags (`!`) are {PLAIN}"),
    ("a: ▶!!python/object:os.system {}", f"tags (`!!python/object:os.system`) are {PLAIN}"),
    ("a: b\nc: ▶\x07", "the control character U+0007 cannot stand in a content file"),
    ("a: ▶\u2028", "the control character U+2028 cannot stand in a content file"),
    ('a: ▶"\\e"', "the control character U+001B cannot stand in a text"),
    ("[" * MAX_DEPTH + "▶[", "lists and mappings are nested more than 16 levels deep"),
    ("", "the file is empty"),
    ("▶# nothing but a comment", "the file is empty"),
    ("▶---\n", "the file is empty"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    """What the format does not allow is refused in one sentence, at the place of the token to blame."""
    data, problem = expected(text, message)
    assert problem in problems_of(data)


@pytest.mark.parametrize("text", [text for text, _ in REFUSED])
def test_pure_python_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the same texts are refused, if not always in the same words."""
    monkeypatch.setattr(parser, "_LOADER", yaml.SafeLoader)
    assert problems_of(expected(text, "")[0])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a: b\n" * (MAX_BYTES // 5 + 1), "1:1: the file is larger than 1024 KiB: split it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "1:1: this is not a text file"),
        ("a: b".encode("utf-16"), "1:1: this is not a text file"),
        ("a: b\nc: é".encode("latin-1"), "2:4: this is not UTF-8 text: save the file in that encoding"),
    ],
)
def test_no_text(data: bytes, problem: str) -> None:
    """What is huge or no text at all gets one sentence and is not parsed."""
    assert problems_of(data) == [problem]


def test_every_problem_of_one_file() -> None:
    """All problems of a file are told in one pass, those before a mistake in syntax included."""
    assert problems_of(b"a: &x 1\na: 2\nb: *x\nc: 'd") == [
        f"1:4: anchors (`&x`) are {PLAIN}",
        "2:1: `a` is given twice: the first is in line 1",
        f"3:4: aliases (`*x`) are {PLAIN}",
        "4:4: the quote that opens here is never closed",
    ]


def test_problems_end() -> None:
    """A file of nothing but problems is not read to its end."""
    problems = problems_of(b"a: *b\n" * 1000)
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].endswith(f"there are {MAX_PROBLEMS} problems up to here: the rest is not read")


def test_line_ends_and_byte_order_mark() -> None:
    """Windows and old Macintosh line ends and a byte order mark change neither values nor positions."""
    document = read(b"\xef\xbb\xbfa: |\r\n  b\r\n  c\r\nd: e\rf: g")
    assert document.value == {"a": "b\nc\n", "d": "e", "f": "g"}
    assert document.position(document.value_at(("f",))) == (5, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        ("", None),
        ("~", None),
        ("null", None),
        ("2026-11-23", "2026-11-23"),
        ("3.1.6", "3.1.6"),
        ("6.2-007", "6.2-007"),
        ("Nobody", "Nobody"),
        ("-", "-"),
        ("1:75", "1:75"),
        *((word, Misread(word, "a boolean")) for word in ("no", "No", "NO", "yes", "on", "OFF", "y", "N", "True")),
        *((word, Misread(word, "a number")) for word in ("1:30", "0x1F", "0b1", "0o17", "017", "1_000", "1e3", ".5")),
        *((word, Misread(word, "a number")) for word in ("1.", ".inf", "-.INF", ".nan", "9" * 5000)),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    """A plain scalar is what it looks like, or is marked as what YAML would make of it."""
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@given(st.text(alphabet="0123456789+-._:eExXoObfnaif", min_size=1, max_size=12))
def test_numbers_like_yaml(text: str) -> None:
    """Whatever PyYAML takes for a number is a number here with the same value, or is to be quoted; never text."""
    theirs = RESOLVER(yaml.ScalarNode, text, (True, False))
    ours = resolve(text)
    if theirs in {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}:
        assert isinstance(ours, int | float | Misread)
    if isinstance(ours, int | float):
        assert ours == yaml.safe_load(text)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet="ab:-?[]{}&*!|>'\"%@`# \n\t,<~1.", max_size=80).map(str.encode))
def test_never_raises(data: bytes) -> None:
    """Whatever the bytes, reading gives a value or problems, and every problem lies within the file."""
    document = read(data)
    assert document.value is not UNREAD or document.problems
    for offset, message in document.problems:
        line, column = document.position(offset)
        assert 1 <= line <= document.text.count("\n") + 2
        assert column >= 1
        assert "\n" not in message


words = st.text(alphabet=string.ascii_letters + "äß語", min_size=1, max_size=8).map(lambda text: f"x{text}")
trees = st.recursive(
    words,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(words, inner, min_size=1, max_size=3),
    max_leaves=12,
)


def paths(value: object) -> list[tuple[tuple[str | int, ...], str]]:
    """Every leaf of a tree with its path."""
    if isinstance(value, str):
        return [((), value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [((key, *path), leaf) for key, inner in pairs for path, leaf in paths(inner)]


@settings(deadline=None)
@given(st.dictionaries(words, trees, min_size=1, max_size=4), st.booleans(), st.sampled_from(["", "'", '"']))
def test_positions_point_at_their_tokens(tree: dict[str, object], flow: bool, quotes: str) -> None:
    """At the position of every value stands its token, and at that of every key the key, in all styles."""
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, default_style=quotes or None)
    document = read(text.encode())
    assert document.value == tree
    lines = document.text.split("\n")
    for path, leaf in paths(tree):
        line, column = document.position(document.value_at(path))
        assert lines[line - 1][column - 1 :].startswith(f"{quotes}{leaf}{quotes}")
        if isinstance(path[-1], str):
            line, column = document.position(document.key_at(path))
            assert lines[line - 1][column - 1 :].removeprefix("? ").startswith(f"{quotes}{path[-1]}{quotes}")


def test_paths_that_lead_nowhere() -> None:
    """A path that ends early gives the place of the last value on it, as for a missing key."""
    document = read(b"a:\n  b: c\n")
    assert document.position(document.value_at(("a", "z"))) == (2, 3)
    assert document.position(document.key_at(("a", "b", 3))) == (2, 6)
    assert document.position(document.value_at(())) == (1, 1)
