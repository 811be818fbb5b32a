"""The log: what a line looks like, what is heard, and that the token is never in it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest

from bot.log import REDACTED, configure

TOKEN = "MTIz.abc-DEF.secret_part"


@pytest.fixture(autouse=True)
def _loggers_restored() -> Iterator[None]:
    """Leaves the process's loggers as they were."""
    root, bot = logging.getLogger(), logging.getLogger("bot")
    levels = (root.level, bot.level)
    yield
    root.handlers[:] = [handler for handler in root.handlers if handler.get_name() not in {"trapwise", "later"}]
    root.setLevel(levels[0])
    bot.setLevel(levels[1])


def _refuse() -> None:
    raise ValueError(TOKEN)


def _listening(level: str = "INFO", fmt: Literal["text", "json"] = "text") -> io.StringIO:
    stream = io.StringIO()
    configure(level, fmt, stream, token=TOKEN)
    return stream


def test_a_text_line_has_time_level_logger_message_and_extra_fields() -> None:
    """A line for people reads from left to right: when, how bad, who, what, and about which things."""
    stream = _listening()
    logging.getLogger("bot.tick").info("posted %d", 3, extra={"guild": 7, "why": "due now"})
    time, rest = stream.getvalue().split(" ", 1)
    assert time.endswith("Z")
    assert len(time) == len("2026-11-23T09:10:11.123Z")
    assert rest == 'INFO     bot.tick: posted 3  guild=7  why="due now"\n'


def test_a_json_line_is_one_object_with_the_extra_fields() -> None:
    """A line for machines keeps numbers as numbers and its own four fields under their own names."""
    stream = _listening(fmt="json")
    logging.getLogger("bot.tick").warning("late", extra={"seconds": 1.5, "level": "mine", "ids": [1, 2]})
    fields = json.loads(stream.getvalue())
    assert fields.pop("time").endswith("Z")
    assert fields == {
        "level": "WARNING",
        "logger": "bot.tick",
        "message": "late",
        "seconds": 1.5,
        "ids": "[1, 2]",
    }


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_the_token_never_appears(fmt: Literal["text", "json"]) -> None:
    """Message, arguments, extra fields, stack and a chained traceback are all cleaned."""
    stream = _listening(fmt=fmt)
    logger = logging.getLogger("bot.chat")
    logger.info("Bot %s", TOKEN)
    logger.info(f"with {TOKEN}", stack_info=True, extra={"header": {"Authorization": TOKEN}})  # noqa: G004
    logger.info("%(token)s", {"token": TOKEN})
    try:
        try:
            _refuse()
        except ValueError as inner:
            raise RuntimeError(f"refused: {TOKEN}") from inner
    except RuntimeError:
        logger.exception("could not log in with %r", TOKEN)
    written = stream.getvalue()
    assert TOKEN not in written
    assert written.count(REDACTED) >= 6
    assert "RuntimeError: refused: [token]" in written


def test_a_later_handler_does_not_see_the_token_either() -> None:
    """A record that was cleaned stays clean for whoever handles it next."""
    _listening()
    second = io.StringIO()
    later = logging.StreamHandler(second)
    later.set_name("later")
    logging.getLogger().addHandler(later)
    try:
        _refuse()
    except ValueError:
        logging.getLogger("bot").exception("no luck with %s", TOKEN)
    assert REDACTED in second.getvalue()
    assert TOKEN not in second.getvalue()


def test_a_call_whose_arguments_do_not_fit_is_written_all_the_same() -> None:
    """A slip in a log call costs its author a good line, never the caller its work, and never the token."""
    logging.getLogger().handlers.clear()  # pytest's own handler raises on such a call, as a test run should
    stream = _listening()
    logging.getLogger("bot").info("%d posts", TOKEN)
    assert "%d posts ('[token]',)" in stream.getvalue()


def test_a_message_stays_on_one_line() -> None:
    """Text from outside cannot pass itself off as a record of its own."""
    stream = _listening()
    logging.getLogger("bot").warning("name: %s", "x\n2026-01-01 INFO bot: all is well\x1b[0m")
    assert stream.getvalue().count("\n") == 1
    assert "\\n2026" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_libraries_are_heard_from_warning_on() -> None:
    """discord.py's chatter stays out even at DEBUG, where it would print members' answers."""
    stream = _listening(level="DEBUG")
    logging.getLogger("discord.gateway").info("chatter")
    logging.getLogger("bot.app").debug("mine")
    logging.getLogger("discord.gateway").warning("rate limited")
    assert "chatter" not in stream.getvalue()
    assert "mine" in stream.getvalue()
    assert "rate limited" in stream.getvalue()


def test_a_level_above_warning_holds_for_libraries_too() -> None:
    """An operator who wants errors only gets errors only."""
    stream = _listening(level="ERROR")
    logging.getLogger("discord").warning("rate limited")
    logging.getLogger("bot").warning("late")
    assert stream.getvalue() == ""


def test_configuring_again_replaces_the_first_stream() -> None:
    """A restart inside one process writes each line once."""
    first = _listening()
    second = _listening()
    logging.getLogger("bot").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_without_a_token_lines_are_left_alone() -> None:
    """The playground has no token to cut out."""
    stream = io.StringIO()
    configure("INFO", "text", stream)
    logging.getLogger("bot").info("plain", extra={"round": 4})
    assert "plain  round=4" in stream.getvalue()


def test_what_discord_py_says_at_every_attempt_is_left_out() -> None:
    """Traces of reconnects and lines of limited requests are told once for an outage by the bot, not for each."""
    stream = _listening()
    lost = (ConnectionResetError, ConnectionResetError(), None)
    logging.getLogger("discord.client").error("Attempting a reconnect in %.2fs", 1.5, exc_info=lost)
    logging.getLogger("discord.http").warning("We are being rate limited. %s", "GET /")
    logging.getLogger("discord.http").warning("Global rate limit has been hit. Retrying in %.2f seconds.", 1.5)
    assert stream.getvalue() == ""
    logging.getLogger("discord.client").error("Ignoring exception in %s", "on_ready")
    assert "Ignoring exception in on_ready" in stream.getvalue()
