"""What the tests get: accounts, deployments in them, functions, and an agent played by hand."""

import itertools
import re
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

from accounts import Account, Moto
from deployment import Deployment
from functions import Function, deploy
from hand_agent import HandAgent
from provision import BOOTSTRAP, RELEASED, Provision
from recorder import Recorder

_numbers = itertools.count(1)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A deployment name that no other test has: the local AWS is one account for all of them."""
    stem = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.removeprefix("test_").lower())
    return f"{stem[:40].strip('-')}-{next(_numbers)}"


@pytest.fixture(scope="session")
def local_account(local_aws: dict) -> Account:
    """The local AWS that conftest.py has started."""
    return Account.of_line(local_aws)


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Moto]:
    moto = Moto(sys.executable)
    yield moto
    moto.close()


@pytest.fixture
def moto(moto_server: Moto) -> Account:
    """moto, empty."""
    moto_server.reset()
    return moto_server.account


@pytest.fixture(params=["local AWS", "moto"])
def account(request: pytest.FixtureRequest) -> Account:
    """Each account in turn."""
    return request.getfixturevalue("moto" if request.param == "moto" else "local_account")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without anything of this machine's user in it."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def deployments(home: Path, project: Path) -> Iterator[Callable[[Account, str], Deployment]]:
    """Makes deployments, each with a recorder of its own in front of the account."""
    recorders: list[Recorder] = []

    def deployment(account: Account, name: str) -> Deployment:
        # A variable of its own: tests make some side by side.
        recorder = Recorder(account.endpoint)
        recorders.append(recorder)
        directory = project / name
        directory.mkdir()
        return Deployment(account, recorder, home, directory, name)

    yield deployment
    for recorder in recorders:
        recorder.close()


@pytest.fixture
def deployment(deployments, account: Account, name: str) -> Deployment:
    """A deployment on each account in turn, not yet made."""
    return deployments(account, name)


@pytest.fixture
def local_deployment(deployments, local_account: Account, name: str) -> Deployment:
    """A deployment on the local AWS, not yet made."""
    return deployments(local_account, name)


@pytest.fixture
def provision(home: Path, project: Path) -> Provision:
    """The binary as somebody has it who has just cloned the repository: no account, no settings."""
    return Provision(None, home, project)


@pytest.fixture(scope="session")
def bootstrap() -> Path:
    """The function's release binary: the one that is shipped, so also the one that is measured."""
    assert BOOTSTRAP.is_file(), f"build it first: cargo build --release -p gateway ({BOOTSTRAP})"
    return BOOTSTRAP


@pytest.fixture(scope="session")
def released_program() -> Path:
    """`provision` with the function inside."""
    program = RELEASED / "provision"
    assert program.is_file(), f"build it first, with build_released: {program}"
    return program


@pytest.fixture(scope="session")
def released_functions() -> Path:
    """The zips that it has inside."""
    return RELEASED / "functions"


@pytest.fixture
def other_bootstrap(bootstrap: Path, tmp_path: Path) -> Path:
    """The same program as another binary: bytes after the end of an ELF file mean nothing."""
    other = tmp_path / "bootstrap"
    other.write_bytes(bootstrap.read_bytes() + b"\nanother build\n")
    other.chmod(0o755)
    return other


@pytest.fixture(scope="session")
def function(local_account: Account, bootstrap: Path) -> Function:
    """The function in front of the scripted council, called with signatures."""
    return deploy(local_account, "council", {"GATEWAY_KEEP_ALIVE_SECONDS": "1",
                                             "GATEWAY_IDLE_TIMEOUT_SECONDS": "20"})


@pytest.fixture
def functions(local_account: Account, bootstrap: Path, name: str) -> Callable[..., Function]:
    """Deploys a function of the test's own: `functions({"GATEWAY_...": "..."}, timeout=3)`."""
    letters = iter("abcdefgh")
    return lambda environment=None, **options: deploy(
        local_account, f"{name}-{next(letters)}", environment or {}, **options)


@pytest.fixture
def hand_agent() -> Iterator[HandAgent]:
    agent = HandAgent()
    yield agent
    agent.close()


@pytest.fixture
def hand_function(functions, hand_agent: HandAgent) -> Function:
    """A function whose agent does what the test says."""
    return functions({**hand_agent.environment, "GATEWAY_IDLE_TIMEOUT_SECONDS": "20"})
