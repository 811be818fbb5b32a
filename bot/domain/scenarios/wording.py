"""Wording: the sentences of a case that are the same for every chain."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.chain import CaseTexts, Chain, Link
from bot.domain.scenarios.case import Form

ONE_WRONG: Final = "Exactly one thing is wrong."
TWO_WRONG: Final = "Exactly two things are wrong."
REPORTED: Final = "The help desk adds:"
NOTHING: Final = "Nothing is missing: every part is as it should be"

_FOUND = ("The admin finds:", "A check of the setup shows:", "This is what there is to see:")
_FOUND_SO_FAR = ("The admin has checked this so far:", "So far a check has shown:")

LEADS: Final[Mapping[Form, tuple[str, ...]]] = MappingProxyType(
    {
        Form.OPEN: _FOUND,
        Form.HIDDEN: _FOUND_SO_FAR,
        Form.PARTIAL: _FOUND_SO_FAR,
        Form.REVIEW: ("The findings:", "The notes say:"),
        Form.FIRST: _FOUND,
        Form.FORECAST: ("This much is known of the setup:", "The setup at that moment:"),
        Form.REPAIRS: _FOUND,
        Form.GAPS: _FOUND_SO_FAR,
    }
)
"""What leads over to the evidence."""

QUESTIONS: Final[Mapping[Form, tuple[str, ...]]] = MappingProxyType(
    {
        Form.OPEN: (
            "What is the most likely missing or wrong configuration?",
            "Which part of the design is most likely missing or wrong?",
        ),
        Form.HIDDEN: (
            "What is the most likely missing or wrong configuration?",
            "Which part of the design is most likely missing or wrong?",
        ),
        Form.PARTIAL: ("Which change is needed?", "Which change solves the problem?"),
        Form.REVIEW: ("Which part, if any, is missing or wrong?", "What has to be corrected, if anything?"),
        Form.FIRST: ("Which change comes first?", "With which change does the work begin?"),
        Form.FORECAST: (
            "Which of these is the first that does not happen?",
            "Taken in that order, what is the first thing that fails to happen?",
        ),
        Form.REPAIRS: ("Which changes complete the design?", "Which changes does the design need?"),
        Form.GAPS: ("Which parts of the design are missing or wrong?", "Which parts still need work?"),
    }
)


def settings(texts: CaseTexts, form: Form) -> tuple[str, ...]:
    """The sentences that say why anyone looks at the chain."""
    match form:
        case Form.REVIEW:
            return texts.review
        case Form.FORECAST:
            return texts.event
        case _:
            return texts.failing


def note(chain: Chain, form: Form) -> str:
    """What the reader may take for granted; empty when the evidence says it all."""
    match form:
        case Form.PARTIAL:
            return ONE_WRONG
        case Form.GAPS:
            return TWO_WRONG
        case Form.FIRST:
            return f"Repairs follow the chain: {order(chain.links)}."
        case Form.FORECAST:
            return f"The chain runs {order(chain.links)}."
        case _:
            return ""


def order(links: Sequence[Link]) -> str:
    """The titles of links in their order."""
    return " → ".join(link.title for link in links)
