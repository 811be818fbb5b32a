"""A chain as a picture to show among texts."""

from collections.abc import Mapping

from bot.chat.layouts import Picture
from bot.domain.chain import Chain
from bot.pictures.chain import chain_alt, draw_chain


def chain_picture(chain: Chain, broken: Mapping[str, str] | None = None) -> Picture | None:
    """Draw a chain; `broken` gives what is wrong by the id of a link, and without it nothing is said of any.

    `None` when it is in a script that the shipped fonts lack: the text beside it has the same facts.
    """
    data = draw_chain(chain, broken=broken)
    return None if data is None else Picture(name="chain.png", data=data, alt=chain_alt(chain, broken=broken))
