"""Posed items as JSON: what a round keeps of its item, whatever happens to the bank later."""

import json
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from bot.domain.item import Difficulty, Image, Item, ItemKind, MultipleRule, Option
from bot.domain.posed import PosedItem


def dump_posed(posed: PosedItem) -> str:
    """Write a posed item as compact JSON."""
    return json.dumps(asdict(posed), default=str, ensure_ascii=False, separators=(",", ":"))


def load_posed(text: str) -> PosedItem:
    """Read what `dump_posed` wrote."""
    data: dict[str, Any] = json.loads(text)
    return PosedItem(item=_item(data["item"]), order=tuple(data["order"]))


def _item(data: dict[str, Any]) -> Item:
    image = data["image"]
    return Item(
        id=data["id"],
        revision=data["revision"],
        lesson=data["lesson"],
        kind=ItemKind(data["kind"]),
        stem=data["stem"],
        options=tuple(Option(**option) for option in data["options"]),
        difficulty=Difficulty(data["difficulty"]),
        objective=data["objective"],
        sources=tuple(data["sources"]),
        rule=MultipleRule(data["rule"]),
        weight=Fraction(data["weight"]),
        image=None if image is None else Image(**image),
    )
