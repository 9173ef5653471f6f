"""What the tests of released programs and of their packages get."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from provision import REPOSITORY, Provision
from registry import Registry

@pytest.fixture
def released(released_program: Path, home: Path, project: Path) -> Provision:
    """A released `provision` as somebody has it who has installed it just now."""
    return Provision(None, home, project, program=released_program)


@pytest.fixture(scope="session")
def packages(released_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of a release for this machine, made by the program that makes a release's."""
    directory = tmp_path_factory.mktemp("packages")
    target = f"{platform.machine()}-unknown-linux-gnu"
    command = [sys.executable, REPOSITORY / "provisioner/dist/pack.py", "--level", "1", "--out", directory,
               "--runs-here", released_program, f"{target}={released_program}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


@pytest.fixture(scope="session")
def registry(packages: Path) -> Iterator[Registry]:
    """npm's registry, with these packages."""
    registry = Registry(packages)
    yield registry
    registry.close()
