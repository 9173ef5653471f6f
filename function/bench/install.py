"""Makes the programs that are measured: builds those in Rust, installs those from npm and PyPI. Nothing is made twice.

What does not wait for the same lock is made side by side; each step tells how long it took.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import ADAPTER, BENCH, FASTAPI, NODE, REPOSITORY

Job = Callable[[], None]

# Packages with which aws-lambda-ric compiles its native client.
RIC_TOOLS = {"cmake": "cmake", "autoconf": "autoconf", "automake": "automake", "libtoolize": "libtool", "g++": "g++",
             "make": "make"}
#: Programs that must be installed already.
WHERE = {"cargo": "Rust, https://rustup.rs", "npm": "Node.js 20.12 or later with npm, https://nodejs.org",
         "apt-get": "that is Debian's; please install what it is asked for in your system's way"}
#: The newest on crates.io; the images that its documentation names are of 1.0.0.
ADAPTER_VERSION = "1.0.0-rc1"
BENCH_TARGET = str(REPOSITORY / "target/bench")
#: One compiler for each core, whichever cargo it belongs to (and one at least for each cargo): a byte in this pipe for
#: each that may run beside the one that every cargo may always run, https://www.gnu.org/software/make/manual/html_node/POSIX-Jobserver.html
TAKE, GIVE = os.pipe()


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, cwd: Path = REPOSITORY, **variables: str) -> None:
    """Runs a command, and shows its output only when it fails."""
    program, line = str(command[0]), " ".join(map(str, command))
    if not shutil.which(program):
        raise SystemExit(f"`{line}` needs {program}, which is not here: {WHERE.get(program, 'please install it')}")
    if program == "cargo":
        variables["MAKEFLAGS"] = f"--jobserver-auth={TAKE},{GIVE}"
    begin = time.monotonic()
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **variables}, pass_fds=(TAKE, GIVE), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{line} failed:\n{done.stdout[-4000:]}")
    if (seconds := time.monotonic() - begin) > 1:
        say(f"{seconds:4.0f} s  {line.replace(f'{REPOSITORY}/', '')[:110]}")


def side_by_side(cargos: list[list[Job]], others: list[Job]) -> None:
    """Runs all lists at the same time, each in its order; a list of `cargos` has one cargo at a time."""
    def in_order(jobs: list[Job]) -> None:
        for job in jobs:
            job()

    def with_a_compiler(jobs: list[Job]) -> None:
        try:
            in_order(jobs)
        finally:
            os.write(GIVE, b"+")

    with ThreadPoolExecutor() as pool:
        os.write(GIVE, b"+" * (len(os.sched_getaffinity(0)) - len(cargos)))
        running = [*(pool.submit(with_a_compiler, jobs) for jobs in cargos), pool.submit(in_order, others)]
    for jobs in running:
        jobs.result()


def ours() -> None:
    """The function as it is shipped."""
    run("cargo", "build", "--release", "--locked", "-p", "gateway", "--bin", "bootstrap")


def provision() -> None:
    """The provisioner as `make up` runs it."""
    run("cargo", "build", "--locked", "-p", "provisioner")


def rust(*programs: str) -> None:
    packages = [word for program in programs for word in ("-p", program)]
    run("cargo", "build", "--release", "--locked", *packages, cwd=BENCH, CARGO_TARGET_DIR=BENCH_TARGET)


def adapter() -> None:
    """The Lambda Web Adapter; built apart, because its lambda_runtime is older than the Rust peer's."""
    # With the LTO of the other peers: its own, fat LTO takes half a minute longer.
    run("cargo", "install", "lambda_web_adapter", "--version", ADAPTER_VERSION, "--locked",
        "--root", ADAPTER.parents[1], CARGO_TARGET_DIR=f"{BENCH_TARGET}/adapter", CARGO_PROFILE_RELEASE_LTO="thin")


def node() -> None:
    """The Runtime Interface Client, the Node.js of the newest managed runtime, and both bundles."""
    recipe(NODE, BENCH / "peers/node", _install_node)
    for name in ("streaming", "buffered"):
        # It has to stand beside the modules that it imports.
        shutil.copy(BENCH / f"peers/node/{name}.mjs", NODE)
        run(NODE / "node_modules/.bin/esbuild", NODE / f"{name}.mjs", "--bundle", "--platform=node",
            "--target=node24", "--format=esm", "--minify", f"--outfile={NODE}/bundle/{name}.mjs",
            # Bundled CommonJS needs this to find Node's own modules.
            "--banner:js=import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
            cwd=NODE)


def _install_node(directory: Path) -> None:
    apt_get({package for program, package in RIC_TOOLS.items() if not shutil.which(program)})
    for file in (BENCH / "peers/node").glob("*.json"):
        shutil.copy(file, directory)
    # Compiles the runtime's native client.
    run("npm", "ci", "--no-audit", "--no-fund", cwd=directory, MAKEFLAGS=f"-j{os.cpu_count()}")


def fastapi() -> None:
    recipe(FASTAPI, BENCH / "peers/fastapi", lambda directory: venv(
        directory, BENCH / "peers/fastapi/requirements.txt"))


def venv(directory: Path, requirements: Path) -> None:
    """An environment with the requirements only, not even pip: it is what would be uploaded."""
    run(sys.executable, "-m", "venv", "--without-pip", directory)
    # Compiled as pip does it, so that the first start is not slower than the others.
    run(Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--python", directory / "bin/python",
        "--compile-bytecode", "--requirement", requirements)


def apt_get(packages: set[str]) -> None:
    """Installs Debian packages: as root, or with a sudo that does not ask for a password."""
    if not packages:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    by_hand = f"sudo apt-get update && sudo apt-get install --yes --no-install-recommends {' '.join(sorted(packages))}"
    if not shutil.which("apt-get"):
        raise SystemExit(f"please install {', '.join(sorted(packages))}; there is no apt-get here to do it")
    if as_root and (not shutil.which("sudo")
                    or subprocess.run([*as_root, "true"], stderr=subprocess.DEVNULL).returncode):
        raise SystemExit(f"please run:\n  {by_hand}")
    run(*as_root, "apt-get", "update", "-qq")
    run(*as_root, "apt-get", "install", "--yes", "-qq", "--no-install-recommends", *sorted(packages))


def recipe(directory: Path, source: Path, install: Callable[[Path], None]) -> None:
    """Installs, unless `source` asks for the same versions as the last time."""
    files = [file for file in sorted(source.iterdir()) if file.suffix in (".json", ".txt")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = directory / ".recipe"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    install(directory)
    stamp.write_text(digest)


def for_peers(names: set[str]) -> tuple[list[Job], list[Job], list[Job]]:
    """For these peers and the stage: what cargo builds of the product, what it builds beside it (it locks the
    directory that it builds in), and what npm and PyPI have."""
    packages = {"floor": "floor", "joining": "floor", "rust": "obvious"}
    programs = sorted({packages[name] for name in names & packages.keys()})
    product: list[Job] = [ours] if "ours" in names else []
    beside: list[Job] = [lambda: rust("stage", *programs)]
    installed: list[Job] = []
    if names & {"node", "buffered"}:
        installed.append(node)
    if "fastapi" in names:
        installed.append(fastapi)
        beside.append(adapter)
    return product, beside, installed
