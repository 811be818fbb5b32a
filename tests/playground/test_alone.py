"""Two playgrounds on one database: the second is refused, and the first keeps its questions."""

from pathlib import Path

import pytest

from bot.playground.database import Unusable, database

pytest.importorskip("fcntl", reason="files can be locked on POSIX systems only")


def test_a_second_playground_on_the_same_database_is_refused(tmp_path: Path) -> None:
    """While one playground uses a database another is told so; afterwards it may be used again."""
    path = tmp_path / "kept.db"
    with database(path), pytest.raises(Unusable, match="Another playground is using"), database(path):
        pass
    with database(path):
        pass
