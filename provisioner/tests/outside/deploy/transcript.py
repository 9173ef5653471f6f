"""Whole deployments as scripts that one can read: what somebody does, and what comes of it.

A script's own lines are

    # what a reader should know
    settings: {memory_mb: 512}                           beside those that gateway.yaml always has
    strike: after write 4, kill                          the next command, when AWS has done its 4th write
    strike: before write 4, provision up --binary other  runs from beginning to end while that write is held up
    $ provision up --binary good                         also: `broken`, which ends at once, and `other`, which works
    before: provision up --binary good                   done, but not shown

What a command has said follows it, `|` for stderr and `>` for stdout, then its exit code, and indented what it has
asked AWS to change, in this order. A request that is sent again stands there once.
"""

import shlex
import subprocess
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import groupby

import yaml

from deployment import Deployment
from legible import Text, lines
from provision import Run

OWN = ("#", "settings:", "strike:", "before:", "$ ")


@dataclass
class Strike:
    """What happens at a command's `number`-th write: another command, or its own end."""

    answered: bool
    number: int
    command: list[str] | None

    @classmethod
    def read(cls, text: str) -> "Strike":
        when, _, what = text.partition(", ")
        at, _, number = when.strip().split(" ")
        assert at in ("before", "after"), text
        return cls(at == "after", int(number), None if what == "kill" else shlex.split(what)[1:])


class Transcript:
    """Runs a script on one deployment and writes down what comes of it."""

    def __init__(self, deployment: Deployment, rival: Deployment):
        self._deployment = deployment
        # The same deployment for whoever comes in between, whose requests are counted apart.
        self._rival = rival
        self._text = Text((str(deployment.project), "PROJECT"))
        self._lines: list[str] = []

    def of(self, script: str) -> str:
        strike = None
        own = [line for line in script.splitlines() if line.startswith(OWN)]
        for line in own:
            if self._lines and (line.startswith("#") or not self._lines[-1].startswith(OWN)):
                self._lines.append("")
            self._lines.append(line)
            if line.startswith("settings:"):
                self._deployment.configure(**yaml.safe_load(line)["settings"])
            elif line.startswith("strike:"):
                strike = Strike.read(line.removeprefix("strike:"))
            elif line.startswith("before:"):
                self._deployment.provision.done(*shlex.split(line)[2:])
            elif line.startswith("$ "):
                self._command(shlex.split(line)[2:], strike)
                strike = None
        return "\n".join(self._lines) + "\n"

    def _command(self, arguments: list[str], strike: Strike | None) -> None:
        recorder = self._deployment.recorder
        recorder.clear()
        self._rival.recorder.clear()
        started: Future[subprocess.Popen] = Future()
        between: list[Run] = []

        def blow() -> None:
            if strike.command:
                between.append(self._rival.provision(*strike.command))
            else:
                started.result().kill()

        if strike:
            recorder.strike_at_write(strike.number, answered=strike.answered, blow=blow)
        process = self._deployment.provision.start(*arguments)
        started.set_result(process)
        out, err = process.communicate("", timeout=300)
        if strike and strike.command:
            assert between, f"it made no {strike.number} writes:\n{err}"
            self._came_of(between[0], self._rival, indent="  ")
        self._came_of(Run(process.returncode, out, err), self._deployment)

    def _came_of(self, run: Run, deployment: Deployment, indent: str = "") -> None:
        said = [f"| {line}".rstrip() for line in run.err.splitlines()]
        said += [f"> {line}" for line in run.out.splitlines()]
        said.append("killed" if run.code < 0 else f"exit code {run.code}")
        for written, _ in groupby(lines(request) for request in deployment.recorder.writes):
            said += [f"    {line}" for line in written]
        self._lines += [f"{indent}{self._text.same(line)}" for line in said]
