"""What is wrong with a text that is no YAML, said in one sentence instead of the parser's several lines."""

import yaml

_NO_TABS = "a tab cannot indent: use spaces"
_NO_COLON = "a colon cannot stand here: put the text in quotes, or mend the indentation"
_NO_DASH = "a list cannot begin here: put it on lines of its own, or the text in quotes"
_MISFIT = "this does not fit here: look for a quote left open, text after a closing quote, or wrong indentation"
_LIST = "the list in square brackets that opens here is not closed, or lacks a comma"
_BRACES = "the mapping in braces that opens here is not closed, or lacks a comma"

# What libyaml says (the pure Python parser says much the same) → what an author can act on. Only the
# beginning of a sentence counts; the first that is found wins.
_SENTENCES = (
    ("mapping values are not allowed", _NO_COLON),
    ("found unexpected ':'", _NO_COLON),
    ("mapping keys are not allowed", "a question mark cannot stand here: put the text in quotes"),
    ("block sequence entries are not allowed", _NO_DASH),
    ("sequence entries are not allowed", _NO_DASH),
    ("found unexpected end of stream", "the quote that opens here is never closed"),
    ("found unexpected document", "the quote that opens here is never closed"),
    ("found a tab character", _NO_TABS),
    ("did not find expected '-' indicator", "the list above goes on without a `-` here: look for wrong indentation"),
    ("did not find expected key", _MISFIT),
    ("expected <block end>", _MISFIT),
    ("did not find expected ',' or ']'", _LIST),
    ("expected ',' or ']'", _LIST),
    ("did not find expected ',' or '}'", _BRACES),
    ("expected ',' or '}'", _BRACES),
    ("could not find expected ':'", "a key needs a colon after it"),
    ("did not find expected node content", "a value is missing here"),
    ("expected the node content", "a value is missing here"),
    ("found undefined tag handle", "text cannot begin with `!`: put it in quotes"),
    ("found unknown escape character", "a backslash in double quotes must be doubled: `\\\\`"),
    ("did not find expected comment or line break", "text after `|` or `>` begins on the next line"),
    ("expected chomping or indentation indicators", "text after `|` or `>` begins on the next line"),
    ("did not find expected <document start>", "nothing may follow the end of the document"),
    ("expected '<document start>'", "nothing may follow the end of the document"),
)  # fmt: skip

# For these the place where the trouble began tells more than the place where the parser gave up.
_SHOWN_WHERE_IT_BEGAN = (
    "found unexpected end of stream",
    "found unexpected document",
    "could not find expected ':'",
    "did not find expected ','",
    "expected ','",
)

# What the parser takes a text for that begins with one of these.
_SPECIAL = {"a tag": "!", "an alias": "*", "an anchor": "&", "a directive": "%"}


def explain(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Where the parser gave up, as an offset into the text, and a sentence of our own about it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem is None or error.problem_mark is None:
        return 0, "this is not YAML"
    begun = error.context_mark or error.problem_mark
    _, _, what = (error.context or "").partition("ing ")
    if what in _SPECIAL:
        return begun.index, _quote_it(_SPECIAL[what])
    mark = begun if error.problem.startswith(_SHOWN_WHERE_IT_BEGAN) else error.problem_mark
    if error.problem.startswith("found character"):
        character = text[mark.index : mark.index + 1]
        return mark.index, _NO_TABS if character == "\t" else _quote_it(character)
    return mark.index, _sentence(error.problem)


def _quote_it(character: str) -> str:
    return f"text cannot begin with `{character}`: put it in quotes"


def _sentence(problem: str) -> str:
    for beginning, sentence in _SENTENCES:
        if problem.startswith(beginning):
            return sentence
    return f"this is not YAML: {' '.join(problem.split())}"
