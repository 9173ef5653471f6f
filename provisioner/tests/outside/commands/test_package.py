"""The package has what was just built in it, wherever cargo puts that."""

import base64
import hashlib
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from provision import Provision

HOME = Path(os.path.expanduser("~"))
# Of rustup's own, which the commands' empty home does not have.
RUST = {"PATH": f"{Path(shutil.which('cargo')).parent}:/usr/bin:/bin",
        "CARGO_HOME": os.environ.get("CARGO_HOME", str(HOME / ".cargo")),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(HOME / ".rustup"))}


@pytest.fixture(scope="module")
def host() -> str:
    """This machine, as cargo names it."""
    told = subprocess.check_output(["rustc", "-vV"], text=True)
    return next(line.removeprefix("host: ") for line in told.splitlines() if line.startswith("host: "))


@pytest.fixture
def workspace(project: Path) -> Path:
    """The smallest that has the package `gateway`. An old binary lies where cargo puts it unless told otherwise."""
    (project / "src").mkdir()
    (project / "src/main.rs").write_text('fn main() { println!("new"); }\n')
    (project / "Cargo.toml").write_text(
        '[package]\nname = "gateway"\nedition = "2021"\n[[bin]]\nname = "bootstrap"\npath = "src/main.rs"\n[workspace]\n')
    subprocess.run(["cargo", "generate-lockfile", "--offline", "--quiet"], cwd=project, check=True)
    old = project / "target/release/bootstrap"
    old.parent.mkdir(parents=True)
    shutil.copy("/bin/true", old)
    return project


@pytest.mark.parametrize("told_by", ["CARGO_BUILD_TARGET", "build.target", "CARGO_TARGET_DIR", "nobody"])
def test_what_cargo_has_built_is_packed(provision: Provision, workspace: Path, tmp_path, host, told_by):
    variables = {}
    if told_by == "CARGO_BUILD_TARGET":
        variables = {"CARGO_BUILD_TARGET": host}
    elif told_by == "CARGO_TARGET_DIR":
        variables = {"CARGO_TARGET_DIR": str(tmp_path / "elsewhere")}
    elif told_by == "build.target":
        (workspace / ".cargo").mkdir()
        (workspace / ".cargo/config.toml").write_text(f'[build]\ntarget = "{host}"\n')

    run = provision.done("package", "--region", "ap-northeast-1", "--name", "magi", environment=RUST | variables)

    packed = workspace / "bootstrap.zip"
    assert base64.b64encode(hashlib.sha256(packed.read_bytes()).digest()).decode() in run.out, run
    with zipfile.ZipFile(packed) as archive:
        archive.extract("bootstrap", tmp_path)
    (tmp_path / "bootstrap").chmod(0o755)
    assert subprocess.check_output([tmp_path / "bootstrap"], text=True) == "new\n"
