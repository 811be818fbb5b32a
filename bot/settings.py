"""What an operator can set: read from the environment and `.env`, checked in one pass, and nowhere else."""

import difflib
import errno
import io
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import quote, unquote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LogFormat = Literal["text", "json"]

ENV_FILE: Final = Path(".env")
DATABASE_NAME: Final = "trapwise.db"
LEAST_RETENTION: Final = 0.7
MOST_RETENTION: Final = 0.97
_PREFIX: Final = "TRAPWISE_"
_SQLITE_SCHEMES: Final = ("sqlite", "sqlite+aiosqlite")
# pydantic's word for a default that was not worked out because the field it builds on is wrong
_DEFAULTED: Final = "default_factory_not_called"


class SettingsProblem(Exception):  # what is wrong lies with the settings, not with the program
    """The settings cannot be used; the text has one line for each problem, `NAME: what to do`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def _token(value: str) -> str:
    token = value.strip()
    if not token:
        raise ValueError("is blank; paste the bot's token, or leave the setting out for the playground")
    if any(character.isspace() for character in token):
        raise ValueError("has white space inside; paste the bot's token alone, without the word Bot")
    if not token.isascii() or not token.isprintable() or set(token) & set("\"'<>\\"):
        raise ValueError("has characters that no token has; paste the bot's token alone, without quotes")
    return token


def _path(value: str | Path) -> Path:
    try:
        return Path(value).expanduser().absolute()
    except (RuntimeError, ValueError) as problem:
        raise ValueError(f"is not a usable path: {problem}") from None


def _folder_to_write(value: str | Path) -> Path:
    path = _path(value)
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file; name a folder")
    return path


def _folder_to_read(value: str | Path) -> Path:
    path = _path(value)
    if not path.is_dir():
        raise ValueError(f"{path} is not a folder; name one that holds banks, or leave the setting out")
    return path


def _sqlite_url(path: Path) -> str:
    # In an address % and ? mean something; in a file's name they do not.
    return f"sqlite+aiosqlite:///{quote(str(path), safe='/:')}"


def _database_url(value: str) -> str:
    # The rest of the address may hold a password, so no message repeats it.
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in _SQLITE_SCHEMES or not rest.startswith("/"):
        named = f"{scheme} is not supported" if separator and scheme not in _SQLITE_SCHEMES else "is not understood"
        raise ValueError(f"{named}; only SQLite files are: sqlite:///folder/trapwise.db")
    name, question, options = rest[1:].partition("?")
    if not name or name == ":memory:" or name.startswith("file:"):
        raise ValueError("names no file; Trapwise keeps its rounds there: sqlite:///folder/trapwise.db")
    if question and re.fullmatch(r"timeout=\d{1,4}", options) is None:
        raise ValueError("has options that are not supported; only timeout is: sqlite:///folder/trapwise.db?timeout=9")
    path = _path(unquote(name))
    _check_database(path)
    return _sqlite_url(path) + question + options


def _check_database(path: Path) -> None:
    instead = "name an ordinary file: sqlite:///folder/trapwise.db"
    if "\0" in str(path):
        raise ValueError(f"has a NUL in the file's name; {instead}")
    try:
        mode = path.stat().st_mode
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            raise ValueError(f"has too long a name; {instead}") from None
        return  # to be made, or to be refused when it is opened
    if stat.S_ISDIR(mode):
        raise ValueError(f"{path} is a folder; name a file in it: sqlite:///{path / DATABASE_NAME}")
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path} is a device, pipe or socket; {instead}")


def _level(value: str) -> str:
    return _one_of(value.upper(), get_args(LogLevel))


def _format(value: str) -> str:
    return _one_of(value.lower(), get_args(LogFormat))


def _one_of(value: str, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        raise ValueError(f"{value!r} is none of {', '.join(accepted)}")
    return value


def _default_data_dir() -> Path:
    import platformdirs  # noqa: PLC0415 - a bot whose folder is set starts without it

    return platformdirs.user_data_path("trapwise", appauthor=False)


def _default_database_url(validated: dict[str, Any]) -> str:
    return _sqlite_url(validated["data_dir"] / DATABASE_NAME)


def _retention(value: str | float) -> float:
    try:
        share = float(value)
    except ValueError:
        raise ValueError(f"{value!r} is no number; write a share such as 0.9") from None
    if not LEAST_RETENTION <= share <= MOST_RETENTION:
        raise ValueError(f"{value} is not from {LEAST_RETENTION} to {MOST_RETENTION}; write a share such as 0.9")
    return share


class Settings(BaseModel):
    """Everything an operator can set; paths are absolute.

    `database_url` names an asyncio driver and carries no password. `discord_token` shows itself to
    `get_secret_value()` only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    discord_token: Annotated[SecretStr | None, BeforeValidator(_token)] = Field(None, alias="DISCORD_TOKEN")
    data_dir: Annotated[Path, BeforeValidator(_folder_to_write)] = Field(
        default_factory=_default_data_dir, alias="TRAPWISE_DATA_DIR"
    )
    database_url: Annotated[str, BeforeValidator(_database_url)] = Field(
        default_factory=_default_database_url, alias="DATABASE_URL"
    )
    content_dir: Annotated[Path | None, BeforeValidator(_folder_to_read)] = Field(None, alias="TRAPWISE_CONTENT_DIR")
    log_level: Annotated[LogLevel, BeforeValidator(_level)] = Field("INFO", alias="TRAPWISE_LOG_LEVEL")
    log_format: Annotated[LogFormat, BeforeValidator(_format)] = Field("text", alias="TRAPWISE_LOG_FORMAT")
    review_retention: Annotated[float, BeforeValidator(_retention)] = Field(0.9, alias="TRAPWISE_REVIEW_RETENTION")


NAMES: Final = tuple(str(field.alias) for field in Settings.model_fields.values())
"""The names of all settings as they are written in the environment and in `.env`."""


def _read(env_file: Path, problems: list[str]) -> dict[str, str]:
    """The names and values of a file; what cannot be read goes to `problems` and never shows a value."""
    try:
        text = env_file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
        problems.append(f"{env_file}: cannot be read ({why}); mend or remove the file")
        return {}
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most places set the environment, and start without it

    values = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            line = binding.original.line + _leading_line_breaks(binding.original.string)
            problems.append(f"{env_file}: line {line} is not NAME=value; mend it or start it with #")
        elif binding.key is not None:
            values[binding.key] = binding.value or ""
    return values


def _leading_line_breaks(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")


def _unknown(source: str, names: Mapping[str, str]) -> list[str]:
    known = {name.removeprefix(_PREFIX): name for name in NAMES}
    problems = []
    for name in sorted(names):
        if name in NAMES or not name.upper().startswith(_PREFIX):
            continue
        near = difflib.get_close_matches(name.upper().removeprefix(_PREFIX), known, n=1)
        hint = f"did you mean {known[near[0]]}?" if near else f"the settings are {', '.join(NAMES)}"
        problems.append(f"{name}: no such setting ({source}); {hint}")
    return problems


def _described(error: ValidationError) -> list[str]:
    """One line for each field that is wrong; a default that waits for another field is no problem of its own."""
    return [
        f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_url=False, include_input=False)
        if detail["type"] != _DEFAULTED
    ]


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of `environ` (default: the process's environment) and, for names not set there, of `env_file`.

    An empty value counts as not set. Raises SettingsProblem with every problem of both places at once.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    in_file = {} if env_file is None else _read(env_file, problems)
    problems += _unknown("environment", environ) + _unknown(str(env_file), in_file)
    given = {name: environ.get(name) or in_file.get(name) for name in NAMES}
    try:
        settings = Settings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        raise SettingsProblem(problems + _described(error)) from None
    if problems:
        raise SettingsProblem(problems)
    return settings
