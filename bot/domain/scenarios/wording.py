"""Wording: the sentences of a case that are the same for every chain."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.chain import CaseTexts, Chain, Link
from bot.domain.scenarios.case import Form

ONE_WRONG: Final = (
    "Exactly one thing is wrong.",
    "Just one thing is wrong.",
    "There is one thing wrong, and only one.",
)
TWO_WRONG: Final = (
    "Exactly two things are wrong.",
    "Just two things are wrong.",
    "There are two things wrong, and only two.",
)
REPORTED: Final = ("The help desk adds:", "The help desk has noted:", "A note of the help desk says:")
REPAIRS_FOLLOW: Final = (
    "Repairs follow the chain: {order}.",
    "Links are mended in this order: {order}.",
    "Repairs go link by link: {order}.",
)
CHAIN_RUNS: Final = ("The chain runs {order}.", "The links in order: {order}.", "The chain is {order}.")
NOTHING: Final = "Nothing is missing: every part is as it should be"

# Why an option is right or wrong.
IN_ORDER: Final = (
    "This is in order: {evidence}",
    "Nothing is wrong with this: {evidence}",
    "This part is sound: {evidence}",
)
HAPPENS: Final = ("This happens: {evidence}", "This does happen: {evidence}", "Nothing stands in its way: {evidence}")
BROKEN: Final = (
    "{title}: {fault}. Until that is mended, this is not assured: {result}",
    "{title}: {fault}. As long as that lasts, this cannot be relied on: {result}",
    "{title}: {fault}. That puts in doubt what should follow: {result}",
)
LEFT: Final = (
    "All else is shown to be sound, which leaves the link {title}. In this case: {fault}.",
    "Everything else has been seen to be sound, so it must be the link {title}. In this case: {fault}.",
    "Nothing else can be at fault, which leaves the link {title}. In this case: {fault}.",
)
ACCOUNTED: Final = (
    "The other links are accounted for, which leaves the link {title}. In this case: {fault}.",
    "Among the other links there is no room for it, so it must be the link {title}. In this case: {fault}.",
)

_FOUND = ("The admin finds:", "A check of the setup shows:", "This is what there is to see:")
_FOUND_SO_FAR = ("The admin has checked this so far:", "So far a check has shown:", "This has been looked at so far:")
_MISSING = (
    "What is the most likely missing or wrong configuration?",
    "Which part of the design is most likely missing or wrong?",
    "What is most likely missing or wrong here?",
)

LEADS: Final[Mapping[Form, tuple[str, ...]]] = MappingProxyType(
    {
        Form.OPEN: _FOUND,
        Form.HIDDEN: _FOUND_SO_FAR,
        Form.PARTIAL: _FOUND_SO_FAR,
        Form.REVIEW: ("The findings:", "The notes say:", "This turns up:"),
        Form.FIRST: _FOUND,
        Form.FORECAST: ("This much is known of the setup:", "The setup at that moment:", "Of the setup this is known:"),
        Form.REPAIRS: _FOUND,
        Form.GAPS: _FOUND_SO_FAR,
    }
)
"""What leads over to the evidence."""

QUESTIONS: Final[Mapping[Form, tuple[str, ...]]] = MappingProxyType(
    {
        Form.OPEN: _MISSING,
        Form.HIDDEN: _MISSING,
        Form.PARTIAL: ("Which change is needed?", "Which change solves the problem?", "What has to be changed?"),
        Form.REVIEW: (
            "Which part, if any, is missing or wrong?",
            "What has to be corrected, if anything?",
            "Is any part missing or wrong, and which?",
        ),
        Form.FIRST: (
            "Which change comes first?",
            "With which change does the work begin?",
            "Which change has to be made first?",
        ),
        Form.FORECAST: (
            "Which of these is the first that does not happen?",
            "Taken in that order, what is the first thing that fails to happen?",
            "What is the first of these that fails?",
        ),
        Form.REPAIRS: (
            "Which changes complete the design?",
            "Which changes does the design need?",
            "Which changes have to be made?",
        ),
        Form.GAPS: (
            "Which parts of the design are missing or wrong?",
            "Which parts still need work?",
            "Which parts have to be put right?",
        ),
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


def notes(chain: Chain, form: Form) -> tuple[str, ...]:
    """What the reader may take for granted, in several words; one empty text when the evidence says it all."""
    match form:
        case Form.PARTIAL:
            return ONE_WRONG
        case Form.GAPS:
            return TWO_WRONG
        case Form.FIRST:
            return tuple(each.format(order=order(chain.links)) for each in REPAIRS_FOLLOW)
        case Form.FORECAST:
            return tuple(each.format(order=order(chain.links)) for each in CHAIN_RUNS)
        case _:
            return ("",)


def order(links: Sequence[Link]) -> str:
    """The titles of links in their order."""
    return " → ".join(link.title for link in links)
