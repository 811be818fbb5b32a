"""Fixtures of the content tests."""

from pathlib import Path

import pytest

from tests.content.sample import Sample, write_sample


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A sound bank that the test may spoil."""
    return write_sample(tmp_path)
