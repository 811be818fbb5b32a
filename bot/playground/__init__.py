"""The playground: the real bot in a local browser page, with a demo server and several people to be."""

from bot.playground.command import add_arguments, run

__all__ = ["add_arguments", "run"]
