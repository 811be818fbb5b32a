"""Letters as Discord shows them: regional indicators, which need no variation selector."""

from bot.domain.item import LETTERS

EMOJI = {letter: chr(0x1F1E6 + place) for place, letter in enumerate(LETTERS)}
_LETTER = {emoji: letter for letter, emoji in EMOJI.items()}


def letter_of(emoji: str) -> str | None:
    """Give the letter an emoji stands for, `None` for any other emoji."""
    return _LETTER.get(emoji)


def shown(letters: str) -> str:
    """Write letters as emoji, with spaces: next to each other they would turn into a flag."""
    return " ".join(EMOJI[letter] for letter in letters)
