"""Refusals: every one is a sentence that can be shown as it is."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from bot.domain import errors
from bot.domain.errors import ChannelUnfit, TooManySchedules, TrapwiseError, UnknownZone

LONGEST_DETAIL = "x" * 42
"""What was typed, as it is quoted at most."""


def _refusals(kind: type[TrapwiseError] = TrapwiseError) -> Iterator[type[TrapwiseError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _refusals(each)


REFUSALS = [each for each in _refusals() if each.__module__ == errors.__name__]


def _said(refusal: type[TrapwiseError], detail: str) -> str:
    names = {name for _, name, _, _ in Formatter().parse(refusal.__doc__ or "") if name}
    return str(refusal(**dict.fromkeys(names, detail)))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_is_one_sentence(refusal: type[TrapwiseError]) -> None:
    """One line that begins like a sentence, ends with a full stop, and leaves no field unfilled."""
    said = _said(refusal, "`what was typed`")
    assert re.fullmatch(r"[A-Z`][^\n]*[^.]\.", said)
    assert "{" not in said
    assert "}" not in said
    # A channel's reasons are a sentence of their own: each names a permission and what it costs.
    assert said.count(". ") == (refusal is ChannelUnfit)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_is_short(refusal: type[TrapwiseError]) -> None:
    """Also with the longest quotation it is read at a glance."""
    assert len(_said(refusal, LONGEST_DETAIL)) <= 200


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_what_was_typed_is_never_taken_for_a_field(refusal: type[TrapwiseError]) -> None:
    """Braces in what somebody typed are shown as they are."""
    said = _said(refusal, "{0} {zone} {")
    assert ("{zone}" in said) == ("{" in (refusal.__doc__ or ""))


def test_a_refusal_keeps_its_details() -> None:
    """Whoever catches it can see what it was about."""
    refusal = TooManySchedules(limit=25)
    assert refusal.details == {"limit": 25}
    assert str(refusal) == "A server can have 25 schedules: remove one with `/schedule remove` first."


def test_a_forgotten_detail_is_a_fault_of_ours() -> None:
    """A field without a value is found when the refusal is made, not when it is read."""
    with pytest.raises(KeyError):
        UnknownZone()
