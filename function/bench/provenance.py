"""The circumstances of a part of the results: time, machine, commit and versions."""

import json
import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import install
from peers import BENCH, REPOSITORY


def taken(part: str, rounds: int, idle: float) -> dict[str, Any]:
    """What is stored beside the figures of a part; `idle` is the machine's share just before."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    # The bench's own files do not count: they do not change what is measured.
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", "--",
                    ".", ":!function/bench/README*", ":!function/bench/results.*")
    dirty = "-dirty" if changed else ""
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "commit": _said("git", "rev-parse", "--short", "HEAD") + dirty,
        "rounds": rounds, "idle": idle,
        "cpu": _cpu(), "cores": os.cpu_count(), "memory_gb": round(memory), "kernel": platform.release(),
        "versions": _VERSIONS[part](),
    }


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True).stdout.strip()


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
                platform.machine())


def _function() -> dict[str, str]:
    locked = dict(re.findall(r'^name = "(.+)"\nversion = "(.+)"$', (BENCH / "Cargo.lock").read_text(), re.MULTILINE))
    crates = ("lambda_runtime", "aws-config", "aws-sdk-bedrockagentruntime")
    return {**_rust(), **{crate: locked[crate] for crate in crates}, **_npm("peers/node"),
            "python": platform.python_version(), **_pypi("peers/fastapi"),
            "lambda_web_adapter": install.ADAPTER_VERSION}


def _deploy() -> dict[str, str]:
    return {**_rust(), "moto": version("moto"), "cargo-lambda": version("cargo-lambda"),
            "python": platform.python_version(), **_pypi("deployments/sam"),
            "node": _said("node", "--version").removeprefix("v"), **_npm("deployments/cdk")}


def _rust() -> dict[str, str]:
    return {"rustc": _said("rustc", "--version").split(" ")[1]}


def _npm(directory: str) -> dict[str, str]:
    return json.loads((BENCH / directory / "package.json").read_text())["dependencies"]


def _pypi(directory: str) -> dict[str, str]:
    return dict(line.split("==") for line in (BENCH / directory / "requirements.txt").read_text().split())


_VERSIONS = {"function": _function, "chunk": _rust, "deploy": _deploy, "growth": _rust}


def told(part: str, it: dict[str, Any]) -> str:
    """One line of the README."""
    versions = ", ".join(f"{name.rpartition('/')[2]} {number}" for name, number in it["versions"].items())
    idle = f", {it['idle']:.0%} idle before" if it["idle"] is not None else ""
    return (f"- {part}: {it['date']}, commit {it['commit']}, rounds: {it['rounds']}; {it['cpu']}, {it['cores']} cores, "
            f"{it['memory_gb']} GB, Linux {it['kernel']}{idle}; {versions}")
