"""What the running bot tells its operator: structured lines, as text or JSON, that never hold the token.

Rule for callers: at INFO and above no member's name, no answer and no item's text. Name things by their ids, given
as `extra={"guild": …, "round": …}`. Library chatter is heard from WARNING on, whatever the level: discord.py at DEBUG
prints whole payloads, answers included.
"""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal, TextIO

REDACTED: Final = "[token]"
_HANDLER_NAME: Final = "trapwise"
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = logging.Formatter()


def configure(level: str, fmt: Literal["text", "json"], stream: TextIO, *, token: str | None = None) -> None:
    """Send what `bot` logs at `level` or above, and everyone else's warnings, to `stream`.

    `token` is cut out of everything written. Calling it again replaces the earlier set-up.
    """
    handler = logging.StreamHandler(stream)
    handler.set_name(_HANDLER_NAME)
    handler.setFormatter(JsonFormatter() if fmt == "json" else TextFormatter())
    handler.addFilter(calm)
    handler.addFilter(Redact(token))
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == _HANDLER_NAME]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    numeric = logging.getLevelNamesMapping()[level]
    root.setLevel(max(numeric, logging.WARNING))
    logging.getLogger("bot").setLevel(numeric)


def calm(record: logging.LogRecord) -> bool:
    """Leave out what discord.py says at every attempt: `bot.chat` tells of each outage when it begins and ends.

    What it says of an attempt is a trace, of a limited request a line; a flood of them hides the one that matters.
    """
    text = str(record.msg)
    reconnects = record.name == "discord.client" and "reconnect" in text
    limited = record.name in ("discord.http", "discord.webhook.async_") and "ate limit" in text
    return not reconnects and not limited


class Redact(logging.Filter):
    """Replaces the token wherever a record holds it: message, arguments, traceback, stack, extra fields.

    The record itself is changed, so that no later handler sees the token either.
    """

    def __init__(self, token: str | None) -> None:
        super().__init__()
        self._clean: Callable[[str], str] = (lambda text: text.replace(token, REDACTED)) if token else str

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._clean(_message(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self._clean(record.stack_info)
        for name, value in _extra(record).items():
            setattr(record, name, self._plain(value))
        return True

    def _plain(self, value: object) -> object:
        """Numbers and the like stay what they are; all else becomes text, in which the token can be found."""
        return value if value is None or isinstance(value, bool | int | float) else self._clean(str(value))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A call whose arguments do not fit its message is still worth reading, and must not stop the caller.
        return f"{record.msg} {record.args}"


class TextFormatter(logging.Formatter):
    """One line for people: time, level, logger, message, then `name=value`; a traceback follows on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        extra = "".join(f"  {name}={_word(value)}" for name, value in _extra(record).items())
        line = f"{_time(record)} {record.levelname:<8} {record.name}: {_one_line(record.getMessage())}{extra}"
        return "\n".join([line, *_traces(record)])


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the extra fields, and `exception` if any."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = _extra(record) | {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if traces := _traces(record):
            fields["exception"] = "\n".join(traces)
        return json.dumps(fields, default=str)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _traces(record: logging.LogRecord) -> list[str]:
    exception = record.exc_text or (_PLAIN.formatException(record.exc_info) if record.exc_info else "")
    return [text for text in (exception, record.stack_info) if text]


def _word(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and text and not set(text) & set(' "=') else json.dumps(text)


def _one_line(text: str) -> str:
    """A line break in a message would look like a record of its own."""
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)
