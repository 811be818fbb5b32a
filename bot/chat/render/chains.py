"""A chain as a picture to show among texts, and what was wrong in it in words."""

from collections.abc import Mapping

from bot.chat.render.blocks import Picture
from bot.chat.render.text import cut
from bot.domain.chain import Chain
from bot.domain.scenarios.finding import Diagnosis
from bot.pictures.chain import chain_alt, draw_chain

_BRIEF = 100
"""Characters of what is wrong with a link where room is scarce."""


def chain_picture(chain: Chain, broken: Mapping[str, str] | None = None) -> Picture | None:
    """Draw a chain; `broken` gives what is wrong by the id of a link, and without it nothing is said of any.

    `None` when it is in a script that the shipped fonts lack: the text beside it has the same facts.
    """
    data = draw_chain(chain, broken=broken)
    return None if data is None else Picture(name="chain.png", data=data, alt=chain_alt(chain, broken=broken))


def diagnosis_picture(diagnosis: Diagnosis) -> Picture | None:
    """Draw the chain of a case with its broken links marked; `None` as of `chain_picture`."""
    return chain_picture(diagnosis.chain, diagnosis.broken)


def told_chain(diagnosis: Diagnosis, *, brief: bool = False) -> str:
    """Write what the picture of a case shows: each link, sound or broken, and whether the outcome is reached.

    In `brief`, what is wrong is cut to a few words.
    """
    broken = {link: cut(name, _BRIEF) if brief else name for link, name in diagnosis.broken.items()}
    links = [
        f"✗ {number} **{link.title}**: {broken[link.id]}" if link.id in broken else f"✓ {number} {link.title}"
        for number, link in enumerate(diagnosis.chain.links, start=1)
    ]
    ending = "Not reached" if broken else "Reached"
    return "\n".join(["**The chain**", *links, f"{ending}: {diagnosis.chain.outcome}"])
