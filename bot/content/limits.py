"""Building blocks of the content models: texts, ids, dates and lists with their limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

LONGEST_ID = 40
LONGEST_LESSON_ID = 20
"""With the ids of items made of it, which add up to 16 characters, a lesson's id stays within `LONGEST_ID`."""
MOST_ENTRIES = 999
"""Entries of any list that has no narrower limit: as many as the three digits of item ids can count."""

WORDS: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CAPITALS: Final = r"^[A-Z0-9]+(-[A-Z0-9]+)*$"
NUMBERS: Final = r"^[0-9]+(\.[0-9]+)*$"
ITEM: Final = r"^[0-9]+(\.[0-9]+)*-[0-9]{3}$"
# A folded text ends with line breaks; they are stripped before it is used.
ONE_LINE: Final = r"^.+\s*$"
WEB_ADDRESS: Final = r"^https://[^\s<>]+$"
IMAGE: Final = r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\.(png|jpg|jpeg|gif|webp)$"

PATTERNS: Final[Mapping[str, str]] = {
    WORDS: "lower-case words joined by hyphens",
    CAPITALS: "upper-case letters, digits and hyphens",
    NUMBERS: "digits and dots",
    ITEM: "the lesson's id, a hyphen and three digits",
    ONE_LINE: "one line",
    WEB_ADDRESS: "a web address that begins with https://",
    IMAGE: "a png, jpg, gif or webp inside the bank's folder",
}
"""What a text has to be to match each pattern, as a message says it."""


def line(longest: int) -> StringConstraints:
    """A text on one line of at most that many characters."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest, pattern=ONE_LINE)


def block(longest: int) -> StringConstraints:
    """A text that may have several lines, of at most that many characters."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


def matching(pattern: str, longest: int = LONGEST_ID) -> StringConstraints:
    """An id or another text of a fixed form."""
    return StringConstraints(max_length=longest, pattern=pattern)


WordsId: TypeAlias = Annotated[str, matching(WORDS)]
SourceId: TypeAlias = Annotated[str, matching(CAPITALS)]
NumbersId: TypeAlias = Annotated[str, matching(NUMBERS)]
LessonId: TypeAlias = Annotated[str, matching(NUMBERS, LONGEST_LESSON_ID)]


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _to_date(value: object) -> object:
    """A date of its ISO text; anything else is left for the model to refuse."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Day: TypeAlias = Annotated[date, BeforeValidator(_to_date)]


@dataclass(frozen=True, slots=True)
class Entries:
    """How many entries a list needs.

    Pydantic's own limits stop at the first trouble; this one reports the count and what is wrong inside.
    """

    low: int
    high: int = MOST_ENTRIES

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"minItems": self.low, "maxItems": self.high}

    def _check(self, value: object, entries: core_schema.ValidatorFunctionWrapHandler) -> object:
        if not isinstance(value, list) or self.low <= len(value) <= self.high:
            return entries(value)
        context: dict[str, Any] = {"low": self.low, "high": self.high, "count": len(value)}
        details = [InitErrorDetails(type=PydanticCustomError("entries", "wrong count", context), input=value)]
        try:
            entries(value[: self.high])
        except ValidationError as error:
            details += map(_again, error.errors(include_url=False))
        raise ValidationError.from_exception_data("entries", details)


def _again(error: ErrorDetails) -> InitErrorDetails:
    wrong = PydanticCustomError(error["type"], "wrong entry", error.get("ctx"))
    return InitErrorDetails(type=wrong, loc=error["loc"], input=error["input"])
