"""What the tests of released programs and of their packages get."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

from binaries import never_run
from provision import REPOSITORY, Provision
from registry import Registry

@pytest.fixture
def released(released_program: Path, home: Path, project: Path) -> Provision:
    """A released `provision` as somebody has it who has installed it just now."""
    return Provision(None, home, project, program=released_program)


@pytest.fixture(scope="session")
def pack(released_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Makes the packages of a release for Linux, with the program that makes a release's. On the other processor than this
    machine's, `provision` is one that nobody runs."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    programs = {"x86_64": never_run(elsewhere / "x86_64", machine=62), "aarch64": never_run(elsewhere / "arm64", machine=183)}
    programs[platform.machine()] = released_program

    def pack(out: Path) -> None:
        command = [sys.executable, REPOSITORY / "provisioner/dist/pack.py", "--level", "0", "--out", out,
                   "--runs-here", released_program,
                   *(f"{processor}-unknown-linux-gnu={program}" for processor, program in programs.items())]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return pack


@pytest.fixture(scope="session")
def packages(pack: Callable[[Path], None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of a release."""
    directory = tmp_path_factory.mktemp("packages")
    pack(directory)
    return directory


@pytest.fixture(scope="session")
def registry(packages: Path) -> Iterator[Registry]:
    """npm's registry, with these packages."""
    registry = Registry(packages)
    yield registry
    registry.close()
