"""A chain as a picture: its links in order, and after a case which of them are broken. The same in words.

Cheap to import: Pillow comes in with the first picture that is drawn.
"""

from collections.abc import Mapping
from functools import lru_cache

from bot.domain.chain import Chain, Link

ALT_LIMIT = 1024
"""Characters that Discord takes as the description of a picture."""

_KEPT = 64
"""Pictures kept: a lesson's chain is read again and again, and each is about 30 KB."""


def draw_chain(chain: Chain, *, broken: Mapping[str, str] | None = None) -> bytes | None:
    """Draw a chain as PNG, 800 pixels wide; `None` when the fonts lack a character of its texts.

    `broken` gives what is wrong by the id of a link, every other link being sound; without it nothing is said of
    either. Raises `ValueError` when the chain has no such link.
    """
    _check(chain, broken)
    return _drawn(chain, None if broken is None else tuple(sorted(broken.items())))


def chain_alt(chain: Chain, *, broken: Mapping[str, str] | None = None) -> str:
    """Say in at most 1,024 characters what `draw_chain` draws; what is wrong is left out if there is too much of it."""
    _check(chain, broken)
    full = _told(chain, broken)
    if len(full) > ALT_LIMIT and broken is not None:
        full = _told(chain, dict.fromkeys(broken, ""))
    return full if len(full) <= ALT_LIMIT else f"{full[: ALT_LIMIT - 1]}…"


@lru_cache(maxsize=_KEPT)
def _drawn(chain: Chain, broken: tuple[tuple[str, str], ...] | None) -> bytes | None:
    from bot.pictures.diagram import diagram, png  # noqa: PLC0415 - Pillow is imported when first needed

    drawn = diagram(chain, None if broken is None else dict(broken))
    return None if drawn is None else png(drawn)


def _told(chain: Chain, broken: Mapping[str, str] | None) -> str:
    links = [_link(number, link, broken) for number, link in enumerate(chain.links, start=1)]
    if broken is None:
        ending = f"When every link is sound: {chain.outcome}"
        return f"A chain of {len(links)} links. {' → '.join(links)}. {ending}"
    ending = "Not reached" if broken else "Reached"
    return f"A chain of {len(links)} links. {'; '.join(links)}. {ending}: {chain.outcome}"


def _link(number: int, link: Link, broken: Mapping[str, str] | None) -> str:
    name = f"{number} {link.title}"
    if broken is None:
        return name
    if link.id not in broken:
        return f"{name}: sound"
    return f"{name}: broken ({broken[link.id]})" if broken[link.id] else f"{name}: broken"


def _check(chain: Chain, broken: Mapping[str, str] | None) -> None:
    if strangers := set(broken or ()) - {link.id for link in chain.links}:
        raise ValueError(f"the chain has no link {', '.join(sorted(strangers))}")
