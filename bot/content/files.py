"""The files of one bank's folder: which there are, what they hold, and what is wrong with each by itself."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.content import reader, wording
from bot.content.problems import Problem
from bot.content.reader import Document
from bot.content.schema import MODELS, Entry, FileKind
from bot.content.values import UNREAD

BANK_FILES = {FileKind.BANK: "bank.yaml", FileKind.SOURCES: "sources.yaml", FileKind.TRAPS: "traps.yaml"}
LESSONS = "lessons"
_YAML = (".yaml", ".yml")
_HIDDEN = (".", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFile:
    """One file of a bank: its values with their places and, if it is well formed, its model."""

    name: str
    kind: FileKind
    document: Document
    model: Entry | None
    problems: tuple[Problem, ...]

    @property
    def readable(self) -> bool:
        """Whether there are values at all, be they right or wrong."""
        return self.document.value is not UNREAD

    def problem(self, path: reader.Path, message: str, *, of_key: bool = False) -> Problem:
        """A problem with the value (or the key) at a path of this file."""
        offset = self.document.key_at(path) if of_key else self.document.value_at(path)
        line, column = self.document.position(offset)
        return Problem(file=self.name, line=line, column=column, message=message)

    def spot(self, path: reader.Path) -> str:
        """Where the value at a path stands, as problems say it: `file:line:column`."""
        line, column = self.document.position(self.document.value_at(path))
        return f"{self.name}:{line}:{column}"


def whole(path: Path, message: str) -> Problem:
    """A problem with a file or folder as such."""
    return Problem(file=_shown(path), line=1, column=1, message=message)


def is_folder(path: Path) -> bool:
    """Whether there is a folder; where one may not even look, there is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_bank(folder: Path) -> bool:
    """Whether this folder is meant to be a bank: something that only banks have is there."""
    try:
        return any((folder / name).exists() for name in (*BANK_FILES.values(), LESSONS))
    except OSError:
        return True  # reading its files will tell why


def _shown(path: Path) -> str:
    """A path as text that can be printed, whatever bytes its name has."""
    return str(path).encode(errors="replace").decode()


def load_file(path: Path, kind: FileKind) -> ContentFile:
    """Read one file and hold it against the model of its kind; never raises."""
    try:
        data = _bytes(path)
    except OSError as error:
        sentence = "the file is missing" if error.errno == errno.ENOENT else f"cannot be read: {error.strerror}"
        problem = whole(path, sentence)
        return ContentFile(name=_shown(path), kind=kind, document=Document(text=""), model=None, problems=(problem,))
    return check_file(_shown(path), kind, data)


def check_file(name: str, kind: FileKind, data: bytes) -> ContentFile:
    """Hold the bytes of one file against the model of its kind; the name is what problems call it."""
    document = reader.read(data)
    found = list(document.problems)
    model = None
    if document.value is not UNREAD:
        try:
            model = MODELS[kind].model_validate(document.value)
        except ValidationError as error:
            found += wording.explain(error, document, MODELS[kind])
    places = ((document.position(offset), message) for offset, message in found)
    problems = [Problem(file=name, line=line, column=column, message=text) for (line, column), text in places]
    return ContentFile(name=name, kind=kind, document=document, model=model, problems=tuple(problems))


def _bytes(path: Path) -> bytes:
    """At most one byte more than a file may have, and never from a pipe, which might not end."""
    if not path.is_file():
        code = errno.EISDIR if path.is_dir() else errno.EINVAL if path.exists() else errno.ENOENT
        raise OSError(code, "it is not an ordinary file")
    with path.open("rb") as file:
        return file.read(reader.MAX_BYTES + 1)


def lesson_paths(folder: Path) -> list[Path]:
    """The lesson files of a bank, by name; what is hidden or not YAML is left alone."""
    return [path for path in _yaml_in(folder / LESSONS) if path.suffix == ".yaml"]


def strays(folder: Path) -> Iterator[Problem]:
    """YAML files that their author surely meant to be read, where nothing reads them."""
    known = ", ".join(BANK_FILES.values())
    for path in _yaml_in(folder):
        if path.name not in BANK_FILES.values():
            yield whole(path, f"nothing reads this file: a bank has {known} and `{LESSONS}/*.yaml`")
    for path in _yaml_in(folder / LESSONS):
        if path.suffix != ".yaml":
            yield whole(path, "nothing reads this file: the name of a lesson ends in .yaml")


def _yaml_in(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return []
    return [path for path in paths if path.suffix in _YAML and not path.name.startswith(_HIDDEN)]
