"""Measures deployments: the first, one without a change, and one with new code, each tool on an empty moto."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import outcome
from account import Account, temporary
from deployers import Command, Deployer
from peers import OURS


def measure(deployers: list[Deployer]) -> dict[str, Any]:
    measured = {}
    for deployer in deployers:
        print(f"bench: {deployer.label}", flush=True)
        measured[deployer.name] = {"label": deployer.label, "remark": deployer.remark, **_measured(deployer)}
    return measured


def _measured(deployer: Deployer) -> dict[str, Any]:
    with temporary() as name:
        directory = Path(name)
        code = directory / "code"
        code.mkdir()
        (directory / "home").mkdir()
        shutil.copy(OURS, code / "bootstrap")
        with Account(directory) as account:
            once = deployer.prepare(directory, account)
            command = deployer.command(directory)
            steps = {}
            for step, words in [*once, ("first", command), ("no change", command), ("code change", command)]:
                if step == "code change":
                    with open(code / "bootstrap", "ab") as binary:
                        # Bytes after the end of an ELF file change the zip, but not the program.
                        binary.write(b"\nanother build\n")
                steps[step] = _run(account, deployer, directory, words)
                if steps[step]["failed"]:
                    break
            failed = any(step["failed"] for step in steps.values())
            return {"steps": steps, "outcome": None if failed else _outcome(account, deployer, directory)}


def _outcome(account: Account, deployer: Deployer, directory: Path) -> dict[str, Any]:
    if template := deployer.template(directory):
        return outcome.judged("template", outcome.in_template(template))
    return outcome.judged("deployed", account.deployed("bench", deployer.qualifier))


def _run(account: Account, deployer: Deployer, directory: Path, command: Command) -> dict[str, Any]:
    """Runs one command; its CPU time is the kernel's sum over it and all children that it waited for."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory / "home"), "LANG": "C.UTF-8", "NO_COLOR": "1",
                   **account.environment, **deployer.environment(directory)}
    requests, uploaded, begin = account.requests(), account.uploaded(), time.monotonic()
    with open(directory / "output", "w+") as output:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begin
        output.seek(0)
        said = output.read()
    return {
        "wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime,
        "requests": account.requests() - requests, "uploaded_bytes": account.uploaded() - uploaded,
        "failed": said[-1500:] if process.returncode else "",
    }
