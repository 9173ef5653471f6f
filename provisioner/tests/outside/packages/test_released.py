"""A released `provision` has the function inside: what it says of it, when it takes it, and what it deploys."""

import base64
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from accounts import Account
from binaries import never_run
from deployment import Deployment
from provision import Provision

VERSION = "0.1.0"


def code_sha256(functions: Path, architecture: str) -> str:
    return base64.b64encode(hashlib.sha256((functions / f"{architecture}.zip").read_bytes()).digest()).decode()


@pytest.fixture
def without_compiler(tmp_path: Path) -> dict[str, str]:
    """The PATH of a machine on which nobody programs in Rust or C."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "env", "git", "uname"):
        (programs / name).symlink_to(shutil.which(name))
    return {"PATH": str(programs)}


@pytest.fixture
def deployment(deployments, local_account: Account, name: str, released_program: Path, home: Path) -> Deployment:
    """A deployment that the released program makes; `made_here` is the one that was built in a clone."""
    deployment = deployments(local_account, name)
    deployment.made_here = deployment.provision
    deployment.provision = Provision(local_account, home, deployment.project, program=released_program,
                                     endpoint=deployment.recorder.endpoint)
    return deployment


def test_it_says_what_it_is(released: Provision, released_functions: Path):
    first, *functions = released.done("--version").out.splitlines()

    name, version, _, commit = first.split()
    assert (name, version) == ("provision", VERSION) and len(commit.strip("()")) == 40
    assert functions == [f"function for {architecture}: CodeSha256 {code_sha256(released_functions, architecture)}"
                         for architecture in ("x86_64", "arm64")]
    assert released.done("-V").out == f"provision {VERSION}\n"


def test_one_that_was_built_in_a_clone_says_so_and_what_to_do(provision: Provision, local_deployment: Deployment):
    assert "carries no function" in provision.done("--version").out

    for command in (["up", "--yes"], ["plan"], ["package"]):
        run = local_deployment.provision(*command)
        assert run.code == 1 and "carries no function" in run.err and "--build" in run.err, run
    assert local_deployment.recorder.writes == []


def test_what_it_carries_is_what_up_deploys(
        deployment: Deployment, released_functions: Path, without_compiler: dict[str, str]):
    expected = code_sha256(released_functions, "x86_64")

    up = json.loads(deployment.provision.done("up", "--yes", "--json", environment=without_compiler).out)
    package = deployment.provision.done("package", "--json", environment=without_compiler)

    assert up["codeSha256"] == expected == deployment.configuration()["CodeSha256"]
    assert json.loads(package.out) | {"path": None} == {
        "path": None, "codeSha256": expected, "architecture": "x86_64", "release": VERSION,
        "bytes": (released_functions / "x86_64.zip").stat().st_size}
    assert (deployment.project / "bootstrap.zip").read_bytes() == (released_functions / "x86_64.zip").read_bytes()


def test_each_architecture_gets_its_own(deployment: Deployment, released_functions: Path):
    deployment.configure(architecture="arm64")

    run = deployment.provision.done("package", "--json")

    assert json.loads(run.out)["codeSha256"] == code_sha256(released_functions, "arm64")


def test_a_second_run_changes_nothing(deployment: Deployment):
    deployment.provision.done("up", "--yes")
    deployment.recorder.clear()

    run = deployment.provision.done("up", "--yes")

    assert "nothing to change" in run.err and deployment.recorder.writes == [], run
    assert "nothing to change" in deployment.provision.done("plan", "--detailed-exitcode").out


def test_a_binary_that_is_named_goes_first(deployment: Deployment, tmp_path: Path):
    binary = never_run(tmp_path / "bootstrap")
    expected = deployment.made_here.done("package", "--binary", str(binary)).out

    assert deployment.provision.done("package", "--binary", str(binary)).out == expected
    run = deployment.provision("package", "--binary", str(binary), "--build")
    assert run.code == 2 and "cannot be used with" in run.err, run


@pytest.mark.parametrize("command", [("package",), ("up", "--yes"), ("doctor",)])
def test_a_binary_that_lambda_cannot_run_is_not_needed(deployment: Deployment, tmp_path: Path, command: tuple[str, ...]):
    no_program = tmp_path / "bootstrap"
    no_program.write_text("#!/bin/sh")
    for binary in (no_program, never_run(tmp_path / "arm64", machine=183)):
        released = deployment.provision(*command, "--binary", str(binary))
        assert released.code == 1 and "leave out `--binary`" in released.out + released.err, released
        assert "cargo" not in released.out + released.err, released

        made_here = deployment.made_here(*command, "--binary", str(binary))
        assert "cargo" in made_here.out + made_here.err, made_here


def test_build_compiles_the_clone_that_it_stands_in_and_no_other(deployment: Deployment):
    run = deployment.provision("package", "--build")

    assert run.code == 1 and "no sources of the function in this directory" in run.err, run
    assert "leave out `--build`" in run.err, run


def test_dev_answers_without_account_and_compiler(released: Provision, without_compiler: dict[str, str]):
    run = released.done("dev", "--once", "公園を作るべきか", "--speed", "0", environment=without_compiler)

    assert "SOLOMON" in run.out and "building" not in run.err, run
    for word in ("cargo", "crate", "rustc"):
        assert word not in run.err.lower(), run


def test_the_released_version_that_is_live_is_named(deployment: Deployment, tmp_path: Path):
    deployment.provision.done("up", "--yes")

    # By the code that it knows, and by what the version says of itself.
    for provision in (deployment.provision, deployment.made_here):
        status = provision.done("status")
        assert f"release    provision {VERSION}" in status.out, status
        assert json.loads(provision.done("status", "--json").out)["release"] == VERSION
        doctor = provision.done("doctor")
        assert f"callers have the function of provision {VERSION}" in doctor.out, doctor

    binary = tmp_path / "bootstrap"
    binary.write_bytes(deployment.binary.read_bytes() + b"\nby hand\n")
    deployment.made_here.done("up", "--yes", "--binary", str(binary))

    for provision in (deployment.provision, deployment.made_here):
        assert "none: this function was built by hand" in provision.done("status").out
        assert json.loads(provision.done("status", "--json").out)["release"] is None
        assert "a function of no released `provision`" in provision.done("doctor").out


def newer(deployment: Deployment, tmp_path: Path) -> None:
    """What a `provision` of 2099 has left: code, a record and a description that nobody knows yet."""
    binary = tmp_path / "bootstrap"
    binary.write_bytes(deployment.binary.read_bytes() + b"\nof 2099\n")
    deployment.made_here.done("up", "--yes", "--binary", str(binary))
    functions = deployment.account.client("lambda")
    functions.update_function_configuration(
        FunctionName=deployment.name,
        Environment={"Variables": {**deployment.environment(), "GATEWAY_OF_2099": "1", "OF_OTHERS": "1"}})
    functions.get_waiter("function_updated_v2").wait(FunctionName=deployment.name, WaiterConfig={"Delay": 1})
    version = functions.publish_version(FunctionName=deployment.name,
                                        Description="function of provision 99.1.0")["Version"]
    functions.update_alias(
        FunctionName=deployment.name, Name="live", FunctionVersion=version,
        Description=f"set by provision: version={version} content=255:{'f' * 32} previous=1 flavour=new")


def test_an_older_provision_tells_that_a_newer_one_was_here_and_breaks_nothing(deployment: Deployment, tmp_path: Path):
    newer(deployment, tmp_path)
    url, live = deployment.url_config()["FunctionUrl"], deployment.version()

    assert "release    provision 99.1.0" in deployment.provision.done("status").out
    assert "the function of provision 99.1.0" in deployment.provision("doctor").out
    plan = deployment.provision.done("plan")
    assert (f"callers have the function of provision 99.1.0, and this is provision {VERSION}: the older function takes "
            "its place") in plan.out, plan
    assert deployment.version() == live

    up = deployment.provision.done("up", "--yes")
    assert "the older function takes its place" in up.err and up.out.strip() == url, up
    assert f"release    provision {VERSION}" in deployment.provision.done("status").out
    # The older function does not know the newer one's setting, whose end was shown beforehand; others' stay.
    assert "GATEWAY_OF_2099" in plan.out and "GATEWAY_OF_2099" not in deployment.environment()
    assert deployment.environment()["OF_OTHERS"] == "1"

    back = deployment.provision.done("rollback", "--yes", "--to", live)
    assert f"callers have the function of provision {VERSION}, and get that of provision 99.1.0" in back.err, back
    assert "release    provision 99.1.0" in deployment.provision.done("status").out


def test_a_newer_provision_takes_over_what_an_older_one_has_made(deployment: Deployment, tmp_path: Path):
    """The older one noted less down, and said nothing in the version's description."""
    binary = tmp_path / "bootstrap"
    binary.write_bytes(deployment.binary.read_bytes() + b"\nof 2020\n")
    deployment.made_here.done("up", "--yes", "--binary", str(binary))
    functions = deployment.account.client("lambda")
    record = functions.get_alias(FunctionName=deployment.name, Name="live")["Description"]
    functions.update_alias(FunctionName=deployment.name, Name="live",
                           Description=" ".join(word for word in record.split() if "trial" not in word))

    run = deployment.provision.done("up", "--yes")

    assert f"callers have a function that was built by hand, and get that of provision {VERSION}" in run.err, run
    assert "older function" not in run.err, run
    deployment.recorder.clear()
    assert "nothing to change" in deployment.provision.done("up", "--yes").err
    assert deployment.recorder.writes == []
