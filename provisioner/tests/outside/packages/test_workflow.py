"""The workflow of `provision generate github`, run as it is written in a repository with nothing but a gateway.yaml."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
import pytest
import yaml

from deployment import Deployment
from provision import ORIGIN, PROVISION, REPOSITORY, Provision
from registry import Registry
from runner import Runner, generate

def secrets(runner: Runner, step: str) -> set[str]:
    """What of the things that are secret a step could see. The address of the local AWS is none."""
    ((_, seen), *_) = [saw for saw in runner.saw if saw[0] == step]
    return seen - {"AWS_ENDPOINT_URL"}


def pins(requirement: str) -> list[str]:
    """The hashes of one requirement in the tests' own requirements.txt, as pip's options."""
    text = (REPOSITORY / "provisioner/tests/outside/requirements.txt").read_text().replace("\\\n", "")
    (line,) = [line for line in text.splitlines() if line.startswith(f"{requirement} ")]
    return line.split()[1:]


@pytest.fixture
def image(tmp_path: Path) -> str:
    """The PATH of the runner's image: compiling and what pip installs for it are played, as they were done before.
    compiled_workflow.py does both."""
    programs = tmp_path / "image"
    programs.mkdir()
    # What cargo is told is checked against the clone by cargo itself; then it hands out what it built before.
    (programs / "cargo").write_text(f"""#!/bin/bash
set -e
env >>"{tmp_path}/cargo-saw"
case "$1 $2" in
"metadata "*) [ -f Cargo.toml ] && HOME="{Path.home()}" exec "{shutil.which('cargo')}" "$@" ;;
"build --release") [ -f provisioner/src/main.rs ] && mkdir -p target/release && cp "{PROVISION}" target/release/provision ;;
"lambda --version") [ -f "{tmp_path}/cargo-lambda" ] ;;
"lambda build") touch "{tmp_path}/compiled" ;;
esac
""")
    (programs / "python3").write_text(f"""#!/bin/bash
[ "$1 $2" = "-m venv" ] && mkdir -p "$3/bin" && cp "{tmp_path}/pip" "$3/bin/pip"
""")
    pip = tmp_path / "pip"
    pip.write_text(f"""#!/bin/bash
[ "$*" = "install --quiet --require-hashes --requirement /dev/stdin" ] && cat >"{tmp_path}/required" && touch "{tmp_path}/cargo-lambda"
""")
    pip.chmod(0o755)
    for program in programs.iterdir():
        program.chmod(0o755)
    return f"{programs}:/usr/bin:/bin"


def test_one_that_was_built_in_a_clone_is_compiled_from_the_same_commit(
        local_deployment: Deployment, runner, image: str, bootstrap: Path, tmp_path: Path):
    workflow = generate(local_deployment.provision)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, check=True, text=True, stdout=subprocess.PIPE)
    source, *_ = [step["env"] for step in yaml.safe_load(workflow.read_text())["jobs"]["build"]["steps"] if "env" in step]
    assert source == {"REPOSITORY": ORIGIN, "COMMIT": head.stdout.strip()}

    # The function that `cargo lambda build` leaves behind.
    target = tmp_path / "target"
    (target / "lambda/bootstrap").mkdir(parents=True)
    shutil.copy(bootstrap, target / "lambda/bootstrap/bootstrap")
    github = runner(image, CARGO_TARGET_DIR=str(target), GIT_CONFIG_COUNT="1",
                    GIT_CONFIG_KEY_0=f"url.file://{REPOSITORY}.insteadOf", GIT_CONFIG_VALUE_0=ORIGIN)
    outputs = github.run(workflow)

    assert outputs["url"] == local_deployment.url_config()["FunctionUrl"] and outputs["changed"] == "true"
    assert (tmp_path / "compiled").is_file()
    # Of the files that the tests compile with: what was exchanged at PyPI since would make another function.
    required = (tmp_path / "required").read_text().splitlines()
    assert [line.partition("==")[0] for line in required] == ["cargo-lambda", "ziglang"]
    for line in required:
        pinned, file = line.split(" ")
        assert file in pins(pinned), f"{pinned}: {file} is none of those in requirements.txt"
    # Nothing that compiles has seen anything secret.
    assert secrets(github, "Build provision and the function") == set()
    seen = (tmp_path / "cargo-saw").read_text()
    assert not [line for line in seen.splitlines()
                if line.startswith(("AWS_", "ACTIONS_ID_TOKEN_", "BEDROCK_GATEWAY_TOKEN"))
                and not line.startswith("AWS_ENDPOINT_URL=")]
    assert {"AWS_ACCESS_KEY_ID", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"} <= secrets(github, "Deploy")

    local_deployment.recorder.clear()
    outputs = github.run(workflow)
    assert outputs["changed"] == "false" and local_deployment.recorder.writes == [], github.log


def test_a_released_one_comes_from_npm(
        local_deployment: Deployment, released_program: Path, home: Path, runner, registry: Registry, tmp_path: Path):
    released = Provision(local_deployment.account, home, local_deployment.project, program=released_program)
    workflow = generate(released)
    text = workflow.read_text()
    assert "npx --yes --ignore-scripts bedrock-gateway@0.1.0 --version" in text and "cargo" not in text

    node = os.path.dirname(shutil.which("node"))
    github = runner(f"{node}:/usr/bin:/bin", NPM_CONFIG_REGISTRY=registry.url)
    outputs = github.run(workflow)

    assert outputs["url"] == local_deployment.url_config()["FunctionUrl"] and outputs["changed"] == "true"
    # What was fetched said what it would deploy, before there were credentials.
    assert f"CodeSha256 {local_deployment.configuration()['CodeSha256']}" in github.log
    assert not {it for it in secrets(github, "Fetch provision") if it.startswith(("AWS_", "BEDROCK_"))}

    local_deployment.recorder.clear()
    outputs = github.run(workflow)
    assert outputs["changed"] == "false" and local_deployment.recorder.writes == [], github.log


@pytest.mark.parametrize("kind", ["clone", "release"])
@pytest.mark.parametrize("settings", [{}, {"auth": "jwt", "probe": "ask",
                                           "jwt": {"issuer": "https://issuer.example", "audience": ["web"]}}])
def test_zizmor_finds_nothing(local_deployment: Deployment, released_program: Path, kind: str, settings: dict):
    local_deployment.configure(**settings)
    provision = local_deployment.provision
    if kind == "release":
        provision = Provision(None, provision.cwd, provision.cwd, program=released_program)
    workflow = generate(provision)

    zizmor = Path(sys.executable).with_name("zizmor")
    run = subprocess.run([zizmor, "--offline", "--no-progress", workflow], text=True, capture_output=True)

    assert run.returncode == 0 and "No findings to report" in run.stdout, run.stdout + run.stderr
    assert ("BEDROCK_GATEWAY_TOKEN" in workflow.read_text()) == bool(settings)


def test_a_clone_that_no_job_can_fetch_is_refused_with_a_way_out(local_deployment: Deployment):
    nowhere = {"GIT_CONFIG_VALUE_0": "/srv/gateway"}

    run = local_deployment.provision("generate", "github", "--out", ".", environment=nowhere)

    assert run.code == 1 and "is a directory of this machine" in run.err and "push that clone" in run.err, run
    assert not (local_deployment.project / ".github").exists()


def test_a_token_in_the_remote_stays_here(local_deployment: Deployment):
    secret = {"GIT_CONFIG_VALUE_0": ORIGIN.replace("https://", "https://me:ghp_opensesame@")}

    workflow = generate(local_deployment.provision, **secret)

    assert "opensesame" not in workflow.read_text() and ORIGIN in workflow.read_text()
