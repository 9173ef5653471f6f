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

    run = provision.done("package", "--build", "--region", "ap-northeast-1", "--name", "magi", environment=RUST | variables)

    packed = workspace / "bootstrap.zip"
    assert base64.b64encode(hashlib.sha256(packed.read_bytes()).digest()).decode() in run.out, run
    with zipfile.ZipFile(packed) as archive:
        archive.extract("bootstrap", tmp_path)
    (tmp_path / "bootstrap").chmod(0o755)
    assert subprocess.check_output([tmp_path / "bootstrap"], text=True) == "new\n"


def test_cargo_lambda_is_told_where_to_build(provision: Provision, project: Path, tmp_path):
    """Its own settings may name another directory, and then an older binary lies where it usually builds."""
    target = tmp_path / "target"
    cargo = tmp_path / "bin/cargo"
    cargo.parent.mkdir()
    cargo.write_text(f"""#!/bin/sh
case "$1 $2" in
metadata*) echo '{{"packages": [{{"name": "gateway"}}], "target_directory": "{target}", "workspace_root": "{tmp_path}"}}' ;;
"lambda --version") ;;
"lambda build")
  directory={tmp_path}/elsewhere
  while [ $# -gt 0 ]; do if [ "$1" = --lambda-dir ]; then directory=$2; fi; shift; done
  mkdir -p "$directory/bootstrap" && cp /bin/echo "$directory/bootstrap/bootstrap" ;;
*) exit 1 ;;
esac
""")
    cargo.chmod(0o755)
    old = target / "lambda/bootstrap/bootstrap"
    old.parent.mkdir(parents=True)
    shutil.copy("/bin/true", old)

    provision.done("package", "--build", "--region", "ap-northeast-1", "--name", "magi",
                   environment={"PATH": f"{cargo.parent}:/usr/bin:/bin"})

    with zipfile.ZipFile(project / "bootstrap.zip") as archive:
        assert archive.read("bootstrap") == Path("/bin/echo").read_bytes()
