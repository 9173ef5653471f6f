"""The packages at npm: installed by npm, pnpm and yarn without any script, from a registry on this machine."""

import json
import os
import platform
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path

import pytest

from processes import wait_until
from provision import REPOSITORY
from registry import Registry

MACHINES = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
MACHINE = MACHINES[platform.machine()]
(ANOTHER,) = set(MACHINES.values()) - {MACHINE}
NODE = os.path.dirname(shutil.which("node"))
SHIM = "node_modules/.bin/provision"
# Where npm's test packages are installed, others of its kind are, too.
PACKAGE_MANAGERS = REPOSITORY / "provisioner/tests/outside/node_modules/.bin"


class App:
    """A project of somebody who writes TypeScript."""

    def __init__(self, directory: Path, registry: Registry):
        self.directory = directory / "app"
        self.directory.mkdir()
        home = directory / "npm-home"
        home.mkdir()
        (self.directory / "package.json").write_text('{"name": "app", "version": "1.0.0", "private": true}')
        # All three read it.
        (self.directory / ".npmrc").write_text(
            f"registry={registry.url}\nignore-scripts=true\nupdate-notifier=false\naudit=false\n")
        self.environment = {"PATH": f"{NODE}:/usr/bin:/bin", "HOME": str(home), "CI": "true", "NO_COLOR": "1",
                            # Where root has it, yarn would keep packages for other runs, which have other bytes.
                            "YARN_CACHE_FOLDER": str(directory / "yarn-cache")}

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, cwd=self.directory, env={**self.environment, **environment}, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def done(self, *command: str, **environment: str) -> str:
        run = self.run(*command, **environment)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture
def app(tmp_path: Path, registry: Registry) -> App:
    return App(tmp_path, registry)


INSTALL = {
    "npm": ("npm", "install", "bedrock-gateway@0.1.0"),
    # Without its own install script it is one for a shell.
    "pnpm": ("sh", str(PACKAGE_MANAGERS / "pnpm"), "add", "bedrock-gateway@0.1.0"),
    "yarn": (str(PACKAGE_MANAGERS / "yarn"), "add", "bedrock-gateway@0.1.0"),
}


@pytest.mark.parametrize("manager", INSTALL)
def test_it_is_installed_without_scripts(app: App, manager: str):
    app.done(*INSTALL[manager])

    assert app.done(SHIM, "--version").startswith("provision 0.1.0 (commit ")
    # What is for another kind of machine stays where it is.
    assert not list((app.directory / "node_modules").rglob(f"*{ANOTHER}*"))
    assert app.run(SHIM, "up").returncode == 1


def test_nothing_runs_when_it_is_installed_and_little_is_in_it(packages: Path):
    for file in packages.glob("*.tgz"):
        with tarfile.open(file) as tarball:
            manifest = json.load(tarball.extractfile("package/package.json"))
            names = {name.removeprefix("package/") for name in tarball.getnames()}
        assert "scripts" not in manifest and "dependencies" not in manifest
        assert {"LICENSE", "README.md"} <= names
        if "-linux-" not in file.name:
            assert manifest["optionalDependencies"] == {
                f"bedrock-gateway-{machine}": f"npm:bedrock-gateway@0.1.0-{machine}" for machine in MACHINES.values()}
            assert names == {"LICENSE", "README.md", "package.json", "provision.js"}
        else:
            os, cpu = manifest["version"].removeprefix("0.1.0-").split("-")
            assert (manifest["os"], manifest["cpu"], manifest["libc"]) == ([os], [cpu], ["glibc"])
            assert {"provision", "THIRD-PARTY-LICENSES.txt", "sbom.cdx.json", "share/man/man1/provision.1",
                    "share/bash-completion/completions/provision"} <= names


def test_a_lock_file_of_another_machine_is_explained_and_the_way_out_works(app: App):
    # What npm leaves of it where the lock file was made on another kind of machine (npm/cli#4828).
    app.done(*INSTALL["npm"], "--omit=optional")

    run = app.run(SHIM, "--version")
    assert run.returncode == 1 and f"bedrock-gateway-{MACHINE} is not installed" in run.stderr, run.stderr
    assert "npm/cli/issues/4828" in run.stderr and "at " not in run.stderr.split("\n", 1)[0], run.stderr

    (way_out,) = [line.split(None, 1)[1] for line in run.stderr.splitlines() if line.startswith("  npm ")]
    app.done("bash", "-c", way_out)
    assert app.done(SHIM, "-V") == "provision 0.1.0\n"


@pytest.mark.parametrize(("platform", "said"), [("win32", "WSL2"), ("freebsd", "there is one for linux-")])
def test_a_machine_without_a_program_is_told_so(app: App, platform: str, said: str):
    app.done(*INSTALL["npm"])
    shim = app.directory / "node_modules/bedrock-gateway/provision.js"

    run = app.run("node", "--eval", f"Object.defineProperty(process, 'platform', {{value: '{platform}'}}); "
                                    f"require({json.dumps(str(shim))})")

    assert run.returncode == 1 and said in run.stderr and f"no program for {platform}-" in run.stderr, run.stderr


def test_the_program_gets_arguments_and_signals_and_its_exit_code_comes_back(app: App):
    app.done(*INSTALL["npm"])

    assert app.run(SHIM, "no-such-command").returncode == 2
    process = subprocess.Popen([SHIM, "dev", "--no-deploy"], cwd=app.directory, env=app.environment, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert json.loads(process.stdout.readline())["endpoint"]
    children = subprocess.run(["pgrep", "--parent", str(process.pid)], text=True, stdout=subprocess.PIPE).stdout.split()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the program ends with its shim")
