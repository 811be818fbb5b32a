"""The kinds of item, by name; a new kind is a module here and a line in `KINDS`."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.item import ItemKind
from bot.domain.kinds.base import Kind, Mark, Reading
from bot.domain.kinds.multiple import Multiple
from bot.domain.kinds.single import Single

KINDS: Mapping[ItemKind, Kind] = MappingProxyType({ItemKind.SINGLE: Single(), ItemKind.MULTIPLE: Multiple()})

__all__ = ["KINDS", "Kind", "Mark", "Reading"]
