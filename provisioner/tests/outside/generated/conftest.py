"""What the tests of `provision generate` get."""

from pathlib import Path

import pytest

from targets import Generated


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory, bootstrap: Path) -> Generated:
    """What `provision generate` makes, of every case and for every target."""
    return Generated(tmp_path_factory.mktemp("generated"), tmp_path_factory.mktemp("generated-home"))
