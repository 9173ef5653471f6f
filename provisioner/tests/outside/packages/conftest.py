"""What the tests of released programs and of their packages get."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

from binaries import never_run
from deploy_role import DeployRole
from deployment import Deployment
from provision import REPOSITORY, Provision
from registry import Registry
from runner import Runner


@pytest.fixture
def runner(tmp_path: Path, local_deployment: Deployment) -> Callable[..., Runner]:
    """A runner whose AWS is the local one, where the role of `provision generate policy` is taken on."""
    home = tmp_path / "of-the-role"
    home.mkdir()
    role = DeployRole(local_deployment, home)
    account = role.account.environment(local_deployment.recorder.endpoint)
    # The image has no idea where AWS is; that one variable stands for the Internet.
    elsewhere = {"AWS_ENDPOINT_URL", "BEDROCK_GATEWAY_PROBE"}
    credentials = {key: value for key, value in account.items() if key not in elsewhere}
    environment = {"AWS_ENDPOINT_URL": account["AWS_ENDPOINT_URL"], "BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "true"}

    def runner(path: str, **more: str) -> Runner:
        return Runner(tmp_path, local_deployment.project, path, credentials, {**environment, **more})

    return runner


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
