"""The command line: exit codes, and one clear sentence for everything that cannot work."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot import app
from bot.__main__ import main
from bot.chat.render.sizes import too_large
from bot.domain.bank import Bank

CONTENT = Path(__file__).parent.parent / "content"


_LONG_OPTION = """\
      - text: "{text}"
        correct: {correct}
        why: Because.
"""
_LONG_LESSON = f"""\
id: "9.9"
title: Long
summary: Long.
objectives: ["3.1.6"]
updated: 2026-11-23
takeaways: [one, two, three]
sections:
  - {{title: t, text: t}}
look_alikes: []
monitor: []
sources: [EDR]
items:
  - id: "9.9-001"
    revision: 1
    kind: multiple
    difficulty: easy
    objective: "3.1.6"
    stem: {"a long stem " * 60}
    sources: [EDR]
    options:
""" + "".join(
    _LONG_OPTION.format(text="o" * 148 + str(number), correct="true" if number < 5 else "false") for number in range(10)
)


def trapwise(folder: Path, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, with nothing set but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {"TRAPWISE_DATA_DIR": str(folder / "data")} | settings
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "bot", *args],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(CONTENT.parent)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_running_without_a_token_names_the_playground(tmp_path: Path) -> None:
    """`trapwise run` without a token says how to run without one."""
    done = trapwise(tmp_path, "run")
    assert done.returncode == 1
    assert "DISCORD_TOKEN" in done.stderr
    assert "trapwise playground" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_problem_of_the_settings_is_reported_at_once(tmp_path: Path) -> None:
    """Two wrong settings give two lines."""
    done = trapwise(tmp_path, "run", TRAPWISE_LOG_LEVEL="loud", DATABASE_URL="mysql://x/y")
    assert done.returncode == 1
    assert "TRAPWISE_LOG_LEVEL" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    """A text file named as the database gives one sentence, and keeps its content."""
    file = tmp_path / "notes.txt"
    file.write_text("my notes, " * 500)
    done = trapwise(tmp_path, "run", DISCORD_TOKEN="a.b.c", DATABASE_URL=f"sqlite:///{file}")
    assert done.returncode == 1
    assert "no SQLite database" in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_text() == "my notes, " * 500


def test_a_stopped_bot_is_not_healthy(tmp_path: Path) -> None:
    """The health check fails without a sign of life, and passes with a fresh one."""
    assert trapwise(tmp_path, "health").returncode == 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "heartbeat").touch()
    assert trapwise(tmp_path, "health").returncode == 0
    os.utime(tmp_path / "data" / "heartbeat", (0, 0))
    assert trapwise(tmp_path, "health").returncode == 1


@contextmanager
def discord_that_answers(status: int) -> Iterator[str]:
    """Serve one status for every request on loopback; gives the address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"message": "no", "code": 0}')

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run_against(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the bot in this process with Discord at another address."""
    monkeypatch.setattr("discord.http.Route.BASE", address)
    monkeypatch.setenv("DISCORD_TOKEN", "secret.token.here")
    monkeypatch.setenv("TRAPWISE_DATA_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return main(["run"])


def test_a_wrong_token_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token that Discord refuses gives one sentence that does not repeat it."""
    with discord_that_answers(401) as address:
        assert run_against(address, tmp_path, monkeypatch) == 1
    told = capsys.readouterr().err
    assert "Discord does not know this token" in told
    assert "secret" not in told


def test_a_missing_network_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network the bot says so and ends."""
    assert run_against("http://127.0.0.1:9", tmp_path, monkeypatch) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_the_shipped_banks_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    """`trapwise bank check --strict` finds nothing in what ships, rendered sizes included."""
    assert main(["bank", "check", "--strict"]) == 0
    assert "no problems" in capsys.readouterr().out


def test_the_readme_tells_what_ships(capsys: pytest.CaptureFixture[str]) -> None:
    """The README shows what `trapwise bank stats --markdown` prints of the shipped banks."""
    assert main(["bank", "stats", "--markdown"]) == 0
    assert capsys.readouterr().out in (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_a_path_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    """`trapwise bank check` of a missing folder exits with 2."""
    assert main(["bank", "check", str(tmp_path / "nowhere")]) == 2


def test_an_unknown_command_is_wrong_use() -> None:
    """The command line exits with 2 when it is used wrongly."""
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])
    assert stopped.value.code == 2


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    """Give a folder with the shipped bank and a question in it that is longer than a message."""
    folder = tmp_path / "banks"
    shutil.copytree(CONTENT / "md-102", folder / "md-102")
    (folder / "md-102" / "lessons" / "long.yaml").write_text(_LONG_LESSON, encoding="utf-8")
    return folder


def test_what_would_not_fit_is_found_beforehand(banks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A question longer than a message is a problem of the bank, with its place in the file."""
    assert main(["bank", "check", str(banks)]) == 1
    told = capsys.readouterr().out
    assert "long.yaml" in told
    assert "Discord takes 2,000" in told


def test_an_operators_own_banks_are_measured_at_the_start(
    banks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a bank of one's own that would not fit the bot does not start; what is shipped is not measured again."""
    measured: list[str] = []

    def note(bank: Bank) -> Iterator[tuple[str, str, str]]:
        measured.append(bank.id)
        return too_large(bank)

    monkeypatch.setattr(app, "too_large", note)
    assert run_against("http://127.0.0.1:9", tmp_path, monkeypatch) == 1
    assert measured == []
    monkeypatch.setenv("TRAPWISE_CONTENT_DIR", str(banks))
    assert run_against("http://127.0.0.1:9", tmp_path, monkeypatch) == 1
    assert measured == ["md-102"]
    assert "Discord takes 2,000" in capsys.readouterr().err
