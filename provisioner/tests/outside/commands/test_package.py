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

# What a job at GitHub that deploys with `auth: jwt` has, and a developer who is signed in.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_SESSION_TOKEN": "hush",
    "AWS_PROFILE": "work", "AWS_CONFIG_FILE": "hush", "AWS_BEARER_TOKEN_BEDROCK": "hush",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "hush", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hush", "ACTIONS_RUNTIME_TOKEN": "hush",
    "BEDROCK_GATEWAY_TOKEN": "hush"}

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


def tool(directory: Path, name: str, answers: str) -> Path:
    """A program of this name that notes down its environment at each call and then answers. Gives the file."""
    directory.mkdir(exist_ok=True)
    noted = directory / f"{name}.environment"
    (directory / name).write_text(f"#!/bin/sh\nenv >> {noted}\necho ENDS >> {noted}\n{answers}\n")
    (directory / name).chmod(0o755)
    return noted


def noted_without_credentials(noted: Path, calls: int) -> str:
    environment = noted.read_text()
    assert environment.count("ENDS\n") == calls, environment
    names = {line.partition("=")[0] for line in environment.splitlines()}
    assert names & CREDENTIALS.keys() == set() and "hush" not in environment
    return environment


@pytest.mark.parametrize("has_cargo_lambda", [True, False], ids=["cargo lambda", "cargo alone"])
@pytest.mark.parametrize("command", [("package",), ("dev", "--once", "Is it safe?")], ids=["package", "dev"])
def test_what_a_build_runs_sees_no_credentials(provision: Provision, tmp_path, bootstrap, command, has_cargo_lambda):
    """Every dependency has build scripts, and they run with cargo's environment."""
    target = tmp_path / "target"
    noted = tool(tmp_path / "bin", "cargo", f"""case "$1 $2" in
metadata*) echo '{{"packages": [{{"name": "gateway"}}], "target_directory": "{target}", "workspace_root": "{tmp_path}"}}' ;;
"lambda --version") exit {0 if has_cargo_lambda else 1} ;;
"lambda build") mkdir -p {target}/lambda/bootstrap && cp {bootstrap} {target}/lambda/bootstrap/ ;;
build*) echo '{{"target": {{"name": "bootstrap", "kind": ["bin"]}}, "executable": "{bootstrap}"}}' ;;
*) exit 1 ;;
esac""")

    provision.done(*command, "--build", "--region", "ap-northeast-1", "--name", "magi", environment=CREDENTIALS | {
        "PATH": f"{noted.parent}:/usr/bin:/bin", "CARGO_TERM_COLOR": "never"})

    # What is nobody's secret still reaches cargo.
    assert "CARGO_TERM_COLOR=never\n" in noted_without_credentials(noted, 3 if command[0] == "package" else 2)


def test_git_sees_no_credentials_either(provision: Provision, tmp_path):
    """A repository's settings name programs that git runs."""
    noted = tool(tmp_path / "bin", "git", "exec /usr/bin/git \"$@\"")
    (provision.cwd / "gateway.yaml").write_text("name: magi\nregion: ap-northeast-1\nagent: {id: A123456789, alias: TSTALIASID}\n")

    provision("generate", "github", environment=CREDENTIALS | {"PATH": f"{noted.parent}:/usr/bin:/bin"})

    noted_without_credentials(noted, noted.read_text().count("ENDS\n"))
