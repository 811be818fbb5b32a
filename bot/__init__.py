"""Trapwise: a Discord bot that makes a server into a study group."""

from importlib.metadata import version

__version__ = version("trapwise")
