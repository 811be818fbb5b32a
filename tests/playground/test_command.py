"""`trapwise playground` as a person starts it: options, sentences, keys, signals, and the database it leaves."""

import argparse
import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.playground import command
from bot.playground.command import add_arguments, local_zone
from bot.playground.database import Database, Horizon, Past, Unusable, database
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


def parse(*options: str) -> argparse.Namespace:
    """Parse options as the command line does."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(options)


async def never(**_options: object) -> None:
    """Stand for a bot that must not be made, as the run is refused before."""
    raise AssertionError("the run should have been refused")


async def refused(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Run with options that are refused; returns the exit code and the sentence."""
    code = await command.run(parse(*options), make_app=never, wall=lambda: NOW)  # type: ignore[arg-type]
    return code, capsys.readouterr().err.strip()


@dataclass(slots=True)
class Running:
    """A playground in a process of its own; what it has said is kept."""

    process: asyncio.subprocess.Process
    keyboard: int | None
    heard: str = field(default="")

    async def until(self, pattern: str) -> str:
        """Wait until it says something; returns the match."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (found := re.search(pattern, self.heard)) is None:
                more = await self.process.stdout.readline()
                assert more, f"it ended without saying {pattern!r}: {self.heard}"
                self.heard += more.decode()
        self.heard = self.heard[found.end() :]
        return found[0]

    def press(self, key: str) -> None:
        """Press a key in its terminal."""
        assert self.keyboard is not None
        os.write(self.keyboard, key.encode())

    async def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()


@asynccontextmanager
async def started(*options: str, terminal: bool = False) -> AsyncIterator[Running]:
    """Start `python -m bot playground`, its standard input a terminal or nothing."""
    keyboard, stdin = os.openpty() if terminal else (None, asyncio.subprocess.DEVNULL)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "playground", "--port", str(free_port()), *options),
        cwd=ROOT,
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Running(process, keyboard)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        for handle in (keyboard, stdin) if keyboard is not None else ():
            os.close(handle)


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.mark.parametrize(
    "options",
    [("--port", "0"), ("--port", "65536"), ("--port", "http"), ("--speed", "0"), ("--speed", "-1"), ("--speed", "inf")],
)
def test_senseless_options_are_refused(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use ends with exit code 2 and a sentence that names what was given."""
    with pytest.raises(SystemExit) as end:
        parse(*options)
    assert end.value.code == 2
    assert f"{options[1]} is no" in capsys.readouterr().err


async def test_a_port_that_was_asked_for_and_is_taken_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """No other port is used in its place."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = await refused(capsys, "--port", str(port))
    assert code == 2
    assert re.fullmatch(rf"Port {port} cannot be used \(.+\): choose another --port\.", said)


def test_the_usual_port_gives_way_when_it_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --port the page gets a free port, and says so."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(command, "USUAL_PORT", taken.getsockname()[1])
        assert command._choose_port(None) == 0
    assert "is taken, so the page gets a free one" in capsys.readouterr().out


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real bot's database is refused: the demo server would void its open questions."""
    other = tmp_path / "trapwise.db"
    other.write_bytes(b"precious")
    code, said = asyncio.run(refused(capsys, "--port", str(free_port()), "--db", str(other)))
    assert code == 2
    assert "was not made by the playground" in said
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("trapwise.db", b"precious")]


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"reached": 5, "set_up": true}', "\x00"])
def test_a_note_that_cannot_be_read_is_refused(note: str, tmp_path: Path) -> None:
    """The sentence says which two files to delete; nothing is touched."""
    (tmp_path / "play.db").touch()
    (tmp_path / "play.db.playground").write_text(note, encoding="utf-8")
    with pytest.raises(Unusable, match="delete it together with"), database(tmp_path / "play.db"):
        pass
    assert (tmp_path / "play.db.playground").read_text(encoding="utf-8") == note


def test_a_folder_and_an_impossible_folder_are_refused(tmp_path: Path) -> None:
    """Both sentences say what to do instead."""
    with pytest.raises(Unusable, match="is a folder: name a file in it"), database(tmp_path):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="cannot be made: choose another path"), database(tmp_path / "file" / "play.db"):
        pass


def test_a_temporary_database_goes(tmp_path: Path) -> None:
    """Without --db nothing is left behind."""
    with database(None) as given:
        given.path.touch()
        given.remember(Past(reached=NOW, set_up=True))
        assert [each.name for each in given.path.parent.iterdir()] == ["playground.db"]
    assert not given.path.parent.exists()


def test_the_clock_never_runs_back(tmp_path: Path) -> None:
    """Whatever the clock came to is behind the next run's start, even when this one is killed at any moment."""
    with database(tmp_path / "new" / "play.db") as given:
        horizon = Horizon(given, now=NOW, ahead=timedelta(minutes=1))
        assert (horizon.start, horizon.set_up) == (NOW, False)
        for seconds in (1, 2, 59, 61, 62, 3600):
            horizon.reach(NOW + timedelta(seconds=seconds))
            killed = Horizon(given, now=NOW, ahead=timedelta(minutes=1))
            assert killed.start >= NOW + timedelta(seconds=seconds)
            horizon = killed
        horizon.set_up = True
        horizon.stop_at(NOW + timedelta(seconds=3600))
        later = Horizon(given, now=NOW, ahead=timedelta(minutes=1))
        assert (later.start, later.set_up) == (NOW + timedelta(seconds=3600), True)
        assert Horizon(given, now=NOW + timedelta(days=1), ahead=timedelta(0)).start == NOW + timedelta(days=1)


def test_a_note_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """For example on a full or a read-only disk."""
    gone = Database(path=tmp_path / "gone" / "play.db", kept=True)
    with pytest.raises(Unusable, match=r"cannot be written .*: choose another path"):
        gone.remember(Past(reached=NOW, set_up=True))


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/usr/share/zoneinfo/Europe/Prague", "Europe/Prague"),
        ("/usr/share/zoneinfo/Atlantis", "UTC"),
        ("/usr/share/zoneinfo/..", "UTC"),
        ("/elsewhere", "UTC"),
    ],
)
def test_the_page_shows_the_time_of_this_machine(target: str, key: str, tmp_path: Path) -> None:
    """The zone is the one that the system's link names; without a name it is UTC."""
    link = tmp_path / "localtime"
    link.symlink_to(target)
    assert local_zone(str(link)).key == key


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_piped_it_says_where_it_is_and_ends_when_told(number: signal.Signals) -> None:
    """Without a terminal there are no keys; the address is printed at once, and signals end it with exit code 0."""
    async with started() as running:
        url = await running.until(r"http://127\.0\.0\.1:\d+/#\S+")
        await running.until(r"Ctrl-C ends it\.")
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert page.status == 200
        running.process.send_signal(number)
        await running.until(r"The playground has ended\.")
        assert await running.ended() == 0
        assert "Traceback" not in running.heard


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="keys are read from a Unix terminal")
async def test_keys_do_what_the_terminal_says() -> None:
    """Every key answers with a sentence; q ends it."""
    async with started(terminal=True) as running:
        await running.until(r"Keys:")
        for key, sentence in (
            ("r", "The bot has been restarted"),
            ("o", "The bot is offline"),
            ("n", "The bot is offline, so nothing would happen"),
            ("o", "online again"),
            ("n", r"Skipping ahead[^$]*It is \w+ \d\d:\d\d"),
            ("c", "The page shows #lounge"),
            ("+", "Time passes 10 times as fast"),
            ("-", "Time passes 1 times as fast"),
            ("?", "Keys:"),
            ("\x1b[Ax", ""),
            ("q", "The playground has ended"),
        ):
            running.press(key)
            await running.until(sentence)
        assert await running.ended() == 0


async def test_a_kept_database_is_used_again(tmp_path: Path) -> None:
    """The second run sets nothing up again and asks a question; the file stays, also after a kill."""
    kept = tmp_path / "play.db"
    async with started("--db", str(kept)) as running:
        await running.until(r"new in .*play\.db")
        await running.until(r"A question is waiting")
        running.process.kill()
        await running.ended()
    async with started("--db", str(kept)) as running:
        await running.until(r"kept in .*play\.db")
        await running.until(r"A question is waiting")
        running.process.send_signal(signal.SIGTERM)
        await running.until(r"Its database stays in .*play\.db")
        assert await running.ended() == 0
    assert kept.exists()
