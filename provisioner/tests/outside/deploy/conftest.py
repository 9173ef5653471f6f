"""What the tests of deployments get beside what all tests get."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def broken_bootstrap(tmp_path: Path) -> Path:
    """A program that Lambda can run, and that ends at once."""
    broken = tmp_path / "broken" / "bootstrap"
    broken.parent.mkdir()
    shutil.copy(shutil.which("false"), broken)
    return broken
