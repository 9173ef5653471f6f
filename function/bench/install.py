"""Makes what is measured: builds the Rust programs, installs what npm and PyPI have. Nothing is made twice."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from peers import BENCH, FASTAPI, NODE, REPOSITORY, TOOLS

# What aws-lambda-ric compiles its native client with.
RIC_TOOLS = {"cmake": "cmake", "autoconf": "autoconf", "automake": "automake", "libtoolize": "libtool", "g++": "g++",
             "make": "make"}
ADAPTER_VERSION = "1.0.0-rc1"


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, cwd: Path = REPOSITORY, **variables: str) -> None:
    """Runs a command; what it prints is shown only when it fails."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **variables}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-4000:]}")


def ours() -> None:
    say("building the function as it is shipped")
    run("cargo", "build", "--release", "--locked", "-p", "gateway", "--bin", "bootstrap")


def provision() -> None:
    say("building the provisioner as it is shipped")
    run("cargo", "build", "--release", "--locked", "-p", "provisioner")


def rust(*programs: str) -> None:
    say(f"building {', '.join(programs)}")
    packages = [word for program in programs for word in ("-p", program)]
    run("cargo", "build", "--release", "--locked", *packages, cwd=BENCH,
        CARGO_TARGET_DIR=str(REPOSITORY / "target/bench"))


def node() -> None:
    """The Runtime Interface Client, the Node.js of the newest managed runtime, and both bundles."""
    recipe(NODE, BENCH / "peers/node", _install_node)
    for name in ("streaming", "buffered"):
        # Beside the modules that it imports.
        shutil.copy(BENCH / f"peers/node/{name}.mjs", NODE)
        run(NODE / "node_modules/.bin/esbuild", NODE / f"{name}.mjs", "--bundle", "--platform=node",
            "--target=node24", "--format=esm", "--minify", f"--outfile={NODE}/bundle/{name}.mjs",
            # What bundled CommonJS needs to find Node's own modules.
            "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
            cwd=NODE)


def _install_node(directory: Path) -> None:
    say("installing the Node.js peers (the runtime's native client is compiled: a few minutes)")
    apt_get({package for program, package in RIC_TOOLS.items() if not shutil.which(program)})
    for file in (BENCH / "peers/node").glob("*.json"):
        shutil.copy(file, directory)
    run("npm", "ci", "--no-audit", "--no-fund", cwd=directory)


def fastapi() -> None:
    recipe(FASTAPI, BENCH / "peers/fastapi", _install_fastapi)


def _install_fastapi(directory: Path) -> None:
    say("installing FastAPI, and building the Lambda Web Adapter")
    requirements = BENCH / "peers/fastapi/requirements.txt"
    venv(directory, requirements)
    run(directory / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements,
        "--target", directory / "site-packages")
    run("cargo", "install", "lambda_web_adapter", "--version", ADAPTER_VERSION, "--locked",
        "--root", TOOLS / "adapter", CARGO_TARGET_DIR=str(REPOSITORY / "target/bench/adapter"))


def venv(directory: Path, requirements: Path) -> None:
    run(sys.executable, "-m", "venv", directory)
    run(directory / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements)


def apt_get(packages: set[str]) -> None:
    """Debian packages, with what is allowed here: as root, or with sudo that does not ask."""
    if not packages:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and subprocess.run([*as_root, "true"], stderr=subprocess.DEVNULL).returncode:
        raise SystemExit("please run:\n  sudo apt-get update && sudo apt-get install --yes "
                         f"--no-install-recommends {' '.join(sorted(packages))}")
    say(f"apt-get install {' '.join(sorted(packages))}")
    run(*as_root, "apt-get", "update", "-qq")
    run(*as_root, "apt-get", "install", "--yes", "-qq", "--no-install-recommends", *sorted(packages))


def recipe(directory: Path, source: Path, install: Callable[[Path], None]) -> None:
    """Installs when `source` does not ask for the same versions as the last time."""
    files = [file for file in sorted(source.iterdir()) if file.suffix in (".json", ".txt")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = directory / ".recipe"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    install(directory)
    stamp.write_text(digest)


def for_peers(names: set[str]) -> None:
    """Everything that these peers and the stage need."""
    packages = {"floor": "floor", "joining": "floor", "rust": "obvious"}
    rust("stage", *sorted({packages[name] for name in names & packages.keys()}))
    if "ours" in names:
        ours()
    if names & {"node", "buffered"}:
        node()
    if "fastapi" in names:
        fastapi()
