"""Settings: where they come from, what is refused and in which words, and that `.env.example` tells the truth."""

import os
import re
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.services.reviewing import RETENTION
from bot.settings import NAMES, SettingsProblem, load_settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"
TOKEN = "MTIz.abc-DEF.secret_part"


def _env(tmp_path: Path, text: str) -> Path:
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    return file


def _problems(environ: dict[str, str], env_file: Path | None = None) -> str:
    with pytest.raises(SettingsProblem) as caught:
        load_settings(environ, env_file)
    return str(caught.value)


def test_nothing_set_gives_the_defaults() -> None:
    """Without any setting there is a database in the user's data folder, INFO as text, and no token."""
    settings = load_settings({}, None)
    assert settings.discord_token is None
    assert settings.content_dir is None
    assert (settings.log_level, settings.log_format) == ("INFO", "text")
    assert settings.review_retention == RETENTION
    assert settings.data_dir.is_absolute()
    assert settings.database_url == f"sqlite+aiosqlite:///{settings.data_dir}/trapwise.db"


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    """Every setting can be given as a variable; spaces around the token and the case of words do not matter."""
    settings = load_settings(
        {
            "DISCORD_TOKEN": f" {TOKEN}\n",
            "TRAPWISE_DATA_DIR": str(tmp_path / "new"),
            "TRAPWISE_CONTENT_DIR": str(tmp_path),
            "TRAPWISE_LOG_LEVEL": "debug",
            "TRAPWISE_LOG_FORMAT": "JSON",
            "TRAPWISE_REVIEW_RETENTION": "0.85",
            "HOME": "ignored",
        },
        None,
    )
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == TOKEN
    assert settings.data_dir == tmp_path / "new"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/new/trapwise.db"
    assert settings.content_dir == tmp_path
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert settings.review_retention == 0.85


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A variable that is set and not empty is taken before `.env`; names of other programs are left alone."""
    file = _env(tmp_path, "export TRAPWISE_LOG_LEVEL='ERROR' # loud\r\nTRAPWISE_LOG_FORMAT=json\r\nOTHER=1\r\n")
    settings = load_settings({"TRAPWISE_LOG_LEVEL": "WARNING", "TRAPWISE_LOG_FORMAT": ""}, file)
    assert (settings.log_level, settings.log_format) == ("WARNING", "json")


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Called without arguments it reads this process's environment and the `.env` of the working directory."""
    _env(tmp_path, "TRAPWISE_LOG_FORMAT=json")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name in NAMES or name.startswith("TRAPWISE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRAPWISE_LOG_LEVEL", "ERROR")
    settings = load_settings()
    assert (settings.log_level, settings.log_format) == ("ERROR", "json")


def test_a_missing_file_and_empty_values_count_as_not_set(tmp_path: Path) -> None:
    """No `.env` is no problem, and neither is a name with nothing after it."""
    assert load_settings({}, tmp_path / ".env") == load_settings(dict.fromkeys(NAMES, ""), None)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """One run names every bad value and unknown name of environment and file, a line each."""
    file = _env(tmp_path, 'TRAPWISE_LOG_LEVEL=loud\nno value here\nTRAPWISE_LOG_FORMT=json\nX="open\n')
    told = _problems(
        {
            "DISCORD_TOKEN": "two words",
            "DATABASE_URL": "mysql://x",
            "TRAPWISE_DATA_DIR": str(file),
            "TRAPWISE_CONTENT_DIR": str(tmp_path / "none"),
            "TRAPWISE_ZZZ": "1",
        },
        file,
    ).splitlines()
    assert sorted(line.split(":")[0] for line in told) == sorted(
        [
            "DISCORD_TOKEN",
            "DATABASE_URL",
            "TRAPWISE_CONTENT_DIR",
            "TRAPWISE_DATA_DIR",
            "TRAPWISE_LOG_FORMT",
            "TRAPWISE_LOG_LEVEL",
            "TRAPWISE_ZZZ",
            str(file),
            str(file),
        ]
    )


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """An unknown TRAPWISE_ name never passes in silence, in either case of letters or with a prefix too many."""
    told = _problems({"TRAPWISE_LOGLEVEL": "INFO", "trapwise_data_dir": "x", "TRAPWISE_DATABASE_URL": "x"})
    assert "did you mean TRAPWISE_LOG_LEVEL?" in told
    assert "did you mean TRAPWISE_DATA_DIR?" in told
    assert "did you mean DATABASE_URL?" in told
    assert "the settings are DISCORD_TOKEN, " in _problems({"TRAPWISE_QQQ": "x"})


@pytest.mark.parametrize("token", ["   ", "Bot abc", "a\tb", "a\nb", '"abc"', "<token>", "tokén", "a\x00b"])
def test_a_malformed_token_is_refused_without_showing_it(token: str) -> None:
    """A token that cannot be one is refused before Discord sees it, and is not repeated in the message."""
    told = _problems({"DISCORD_TOKEN": token})
    assert told.startswith("DISCORD_TOKEN: ")
    assert len(told.splitlines()) == 1
    assert token.strip() == "" or token.strip() not in told


@pytest.mark.parametrize("share", ["90", "0.69", "0.98", "nan", "much"])
def test_a_retention_out_of_bounds_is_refused(share: str) -> None:
    """A share that would ask everything every day, or hardly anything ever, is refused with an example."""
    told = _problems({"TRAPWISE_REVIEW_RETENTION": share})
    assert told.startswith("TRAPWISE_REVIEW_RETENTION: ")
    assert told.endswith("write a share such as 0.9")


def test_the_token_is_never_printed() -> None:
    """Neither the settings nor a refusal of another setting show the token."""
    settings = load_settings({"DISCORD_TOKEN": TOKEN}, None)
    assert TOKEN not in repr(settings) + str(settings) + settings.model_dump_json()
    assert TOKEN not in _problems({"DISCORD_TOKEN": TOKEN, "TRAPWISE_LOG_LEVEL": "loud"})


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
def test_a_sqlite_address_gets_the_asyncio_driver(scheme: str, tmp_path: Path) -> None:
    """Both spellings work, with options kept, and a path relative to the working directory is made whole."""
    url = load_settings({"DATABASE_URL": f"{scheme}:///{tmp_path}/a.db?timeout=9"}, None).database_url
    assert url == f"sqlite+aiosqlite:///{tmp_path}/a.db?timeout=9"
    assert load_settings({"DATABASE_URL": f"{scheme}:///a.db"}, None).database_url == (
        f"sqlite+aiosqlite:///{Path.cwd()}/a.db"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@host/db",
        "/data/trapwise.db",
        "sqlite:trapwise.db",
        "sqlite://host/x",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:////tmp",
        "sqlite:////tmp/a.db?mode=ro&uri=true",
        "sqlite:////tmp/a.db?vfs=none",
        "sqlite:////tmp/a%00b.db",
        f"sqlite:////tmp/{'a' * 300}.db",
        "sqlite:////dev/null",
    ],
)
def test_another_database_is_refused_with_what_is_accepted(url: str) -> None:
    """Each refusal shows an address that would do, and no password."""
    told = _problems({"DATABASE_URL": url})
    assert told.startswith("DATABASE_URL: ")
    assert "sqlite:///" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("content", [b"\xff\xfe\x00D", b"A" * 10 + b"\x80"])
def test_an_unreadable_file_is_one_clear_line(content: bytes, tmp_path: Path) -> None:
    """Bytes that are no text, or a folder of that name, are named as such."""
    file = tmp_path / ".env"
    file.write_bytes(content)
    assert _problems({}, file) == f"{file}: cannot be read (not UTF-8 text); mend or remove the file"
    assert "cannot be read" in _problems({}, tmp_path)


def test_a_line_that_is_no_setting_is_named_by_its_number(tmp_path: Path) -> None:
    """A quote left open, which would otherwise lose the token in silence, is reported with its line."""
    told = _problems({}, _env(tmp_path, f'# first\n\nDISCORD_TOKEN="{TOKEN}\n'))
    assert "line 3 is not NAME=value" in told
    assert TOKEN not in told


def _example_lines(*, uncommented: bool) -> dict[str, str]:
    pattern = r"^(?:# )?([A-Z_]+)=(.*)$" if uncommented else r"^([A-Z_]+)=(.*)$"
    return dict(re.findall(pattern, EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_example_names_exactly_the_settings_there_are() -> None:
    """Nobody has to read the code to learn of a setting, nor is told of one that does not exist."""
    assert sorted(_example_lines(uncommented=True)) == sorted(NAMES)


def test_the_example_loads_and_shows_the_defaults(tmp_path: Path) -> None:
    """Copied as it is, or with every comment mark taken away, it changes nothing."""
    everything = "\n".join(f"{name}={value}" for name, value in _example_lines(uncommented=True).items())
    defaults = load_settings({}, None)
    assert load_settings({}, EXAMPLE) == defaults
    assert load_settings({}, _env(tmp_path, everything)) == defaults


def test_settings_cannot_be_changed_later() -> None:
    """What was checked at start is what everyone sees."""
    settings = load_settings({}, None)
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "DEBUG"


def test_a_file_name_may_hold_what_means_something_in_an_address(tmp_path: Path) -> None:
    """A folder named with a space, a percent sign or a question mark is that folder."""
    folder = tmp_path / "50% off? yes"
    url = make_url(load_settings({"TRAPWISE_DATA_DIR": str(folder)}, None).database_url)
    assert url.database == str(folder / "trapwise.db")
    assert not url.query
