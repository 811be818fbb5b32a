"""The house itself: set-up, checks, versions and container say the same things in all the places that say them."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted((ROOT / "scripts").glob("*.sh"))
# A Python that only pretends: set-up's decisions can be tried in milliseconds, without an index.
FAKE_PYTHON = """\
#!/bin/sh
echo "$*" >>"$FAKE_LOG"
case "$*" in
    *sys.executable*) echo "${FAKE_VERSION-3.12.1} /opt/python" ;;
    *ensurepip*) exit "${FAKE_BARE-0}" ;;
    "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    "-m pip install"*) echo "${FAKE_PIP_SAYS-}"; exit "${FAKE_PIP-0}" ;;
    -ISc*) echo "${FAKE_MINOR-3.12}" ;;
esac
"""
INTERRUPTED = "130"

SetUp = Callable[..., "subprocess.CompletedProcess[str]"]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(_read("pyproject.toml"))["project"]
    return project


def _constraints() -> dict[str, str]:
    lines = [line for line in _read("constraints.txt").splitlines() if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


@pytest.fixture(name="set_up")
def _set_up(tmp_path: Path) -> SetUp:
    """Runs set-up in a folder of its own with the pretended Python; keywords are variables of the environment."""
    (tmp_path / "scripts").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    # Set-up looks every second whether pip is done; a test need not wait that long.
    for name, text in {"python": FAKE_PYTHON, "sleep": "#!/bin/sh\nexec /bin/sleep 0.02\n"}.items():
        (tools / name).write_text(text, encoding="utf-8")
        (tools / name).chmod(0o755)

    def run(**variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHON": str(tools / "python"),
            "FAKE_LOG": str(tmp_path / "calls"),
        }
        return subprocess.run(  # noqa: S603  # our own script
            [str(tmp_path / "scripts" / "setup.sh")],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def _installs(folder: Path) -> int:
    return (folder / "calls").read_text(encoding="utf-8").count("-m pip install")


def test_set_up_is_silent_the_second_time(set_up: SetUp, tmp_path: Path) -> None:
    """The first run says what it does, the next does and says nothing."""
    first, second = set_up(), set_up()
    assert (first.returncode, second.returncode) == (0, 0)
    assert "[2/2] installing" in first.stdout
    assert second.stdout + second.stderr == ""
    assert _installs(tmp_path) == 1


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_set_up_installs_again_when_the_requirements_change(name: str, set_up: SetUp, tmp_path: Path) -> None:
    """New sources bring new requirements; .venv is kept and brought up to date."""
    set_up()
    file = tmp_path / name
    file.write_text("# newer\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert "keeping .venv" in set_up().stdout
    assert set_up().stdout == ""
    assert _installs(tmp_path) == 2


def test_set_up_does_not_mind_the_settings_of_tools(set_up: SetUp, tmp_path: Path) -> None:
    """Whoever tunes a linter does not wait for an installation, and can do it without a network."""
    set_up()
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# tuned\n")
    assert set_up().stdout == ""


def test_set_up_starts_afresh_when_it_was_cut_short(set_up: SetUp, tmp_path: Path) -> None:
    """A pip that was killed may have left half a package, so .venv is made anew."""
    assert set_up(FAKE_PIP=INTERRUPTED).returncode == 1
    assert "making .venv" in set_up().stdout
    (tmp_path / "constraints.txt").write_text("a==1\n", encoding="utf-8")
    assert set_up(FAKE_PIP=INTERRUPTED).returncode == 1
    assert "making .venv" in set_up().stdout
    assert set_up().stdout == ""


def test_set_up_starts_afresh_when_its_python_is_another(set_up: SetUp, tmp_path: Path) -> None:
    """A Python that was upgraded or removed since cannot use what was installed for it."""
    set_up()
    assert "making .venv" in set_up(FAKE_MINOR="3.13").stdout
    (tmp_path / ".venv" / "bin" / "python").unlink()
    assert "making .venv" in set_up().stdout


@pytest.mark.parametrize("version", ["3.10.13", "3.9.2", "2.7.18"])
def test_an_old_python_is_named_with_its_place(version: str, set_up: SetUp, tmp_path: Path) -> None:
    """The sentence says what is needed, what was found, where, and what to do."""
    done = set_up(FAKE_VERSION=version)
    assert done.returncode == 1
    assert done.stderr == (
        f"Trapwise needs Python 3.11 or newer; found {version} at /opt/python; "
        "install a newer one or set PYTHON=/path/to/python3.\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_a_python_without_venv_is_told_how_to_get_it(set_up: SetUp) -> None:
    """Debian ships the module in a package of its own."""
    done = set_up(FAKE_BARE="1")
    assert done.returncode == 1
    assert "lacks its venv module" in done.stderr
    assert "apt install python3-venv" in done.stderr


def test_a_python_that_does_not_run_is_named(set_up: SetUp) -> None:
    """A slip in PYTHON=… is not answered by taking some other Python."""
    assert "PYTHON=nonesuch does not run" in set_up(PYTHON="nonesuch").stderr


def test_a_missing_network_is_one_sentence(set_up: SetUp, tmp_path: Path) -> None:
    """The pages of warnings stay in a file; the person reads what to check and that running again is enough."""
    said = "Retrying after NewConnectionError: Connection refused\nERROR: No matching distribution found for x"
    done = set_up(FAKE_PIP="1", FAKE_PIP_SAYS=said)
    assert done.returncode == 1
    assert done.stderr.startswith("could not reach the package index; check the network and run the same command again")
    assert "Retrying" in (tmp_path / ".venv" / "setup.log").read_text(encoding="utf-8")


def test_another_failure_shows_what_pip_says(set_up: SetUp) -> None:
    """What is not the network's fault is not blamed on it."""
    done = set_up(FAKE_PIP="1", FAKE_PIP_SAYS="ERROR: No space left on device")
    assert "No space left" in done.stderr
    assert "network" not in done.stderr


def test_what_set_up_watches_stands_before_the_settings_of_tools() -> None:
    """Set-up reads pyproject.toml down to the first tool's settings; what decides on packages stands above."""
    tables = re.findall(r"^\[+([^\]]+)\]", _read("pyproject.toml"), re.MULTILINE)
    decisive = [table for table in tables if not table.startswith("tool.") or table.startswith("tool.hatch")]
    assert tables[: len(decisive)] == decisive


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / ".ci" / "run"], ids=lambda path: path.name)
def test_scripts_can_be_run(script: Path) -> None:
    """Each script is executable and its shell understands it."""
    assert os.access(script, os.X_OK)
    shell = script.read_text(encoding="utf-8").splitlines()[0].split("/")[-1].split()[-1]
    subprocess.run([shell, "-n", script], check=True)  # noqa: S603  # the two shells our scripts name


def test_ci_runs_what_people_run() -> None:
    """There is one list of checks, and it counts itself right."""
    assert _read(".ci/run").splitlines()[-1] == "make test"
    checks = _read("scripts/check.sh")
    numbered = re.search(r"^total=(\d+)$", checks, re.MULTILINE)
    assert numbered
    assert len(re.findall(r"^check \w", checks, re.MULTILINE)) + 1 == int(numbered[1])


def test_make_help_names_every_target() -> None:
    """`make` alone tells a newcomer all there is."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S607
    targets = re.findall(r"^([a-z]+):", _read("Makefile"), re.MULTILINE)
    assert {"run", "test", "format", "clean"} <= set(targets)
    assert [target for target in targets if target != "help" and f"make {target}" not in done.stdout] == []


def test_constraints_are_names_and_versions_only() -> None:
    """No address and no hash: the file works with any index or mirror."""
    for line in _read("constraints.txt").splitlines():
        assert re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), line
        assert "://" not in line


def test_constraints_hold_what_the_project_asks_for() -> None:
    """Every dependency of every extra has an exact version, and one that its range allows."""
    project = _project()
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    exact = _constraints()
    for requirement in map(Requirement, wanted):
        version = exact.get(canonicalize_name(requirement.name))
        assert version is not None, requirement
        assert requirement.specifier.contains(version), requirement


def test_the_container_is_built_from_files_that_are_sent_to_its_builder() -> None:
    """Every file that the Dockerfile copies exists and is let through by .dockerignore."""
    let_through = {line[1:] for line in _read(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+)$", _read("Dockerfile"), re.MULTILINE)
        for name in line.split()[:-1]
    }
    assert copied == let_through
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_container_runs_a_supported_python_as_nobody_special() -> None:
    """Both stages use the same Python, new enough, and the bot does not run as root."""
    dockerfile = _read("Dockerfile")
    pythons = re.findall(r"^FROM python:([\d.]+)-slim", dockerfile, re.MULTILINE)
    assert len(pythons) == 2
    assert len(set(pythons)) == 1
    assert Requirement(f"python{_project()['requires-python']}").specifier.contains(pythons[0])
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)
