"""What can stand in a content file before anyone knows whether it is right."""

import re
from typing import Final, TypeAlias

from bot.content.scalars import Misread

MAX_PROBLEMS = 200
"""Problems of one file that are worth listing."""


class Unread:
    """Stands where nothing usable could be read; a problem already says why."""


UNREAD: Final = Unread()

Value: TypeAlias = "str | int | float | bool | Misread | Unread | list[Value] | dict[str, Value] | None"

CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What no text of a content file may hold."""


def code_of(found: re.Match[str]) -> str:
    """Name a character that `CONTROL` found."""
    return f"the control character U+{ord(found.group()):04X}"
