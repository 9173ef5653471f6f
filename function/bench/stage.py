"""Drives `stage`, the program that plays agent, Runtime API and client for one function at a time."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from peers import Peer


class StageError(Exception):
    """The function did not answer as it should, or its text was not the agent's."""


class Stage:
    """One `stage` process; `with Stage(...) as stage`."""

    def __init__(self, program: Path, peer: Peer):
        self._peer = peer
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        # The stage ends the function and itself when its commands end.
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def start(self, at_once: int = 1) -> dict[str, Any]:
        """Starts the function, for several questions `at_once` as Lambda does it on a Managed Instance. One that runs
        already is ended."""
        pollers, variables = 1, self._peer.environment()
        if at_once > 1:
            pollers = self._peer.managed_pollers or at_once
            variables |= {"AWS_LAMBDA_MAX_CONCURRENCY": str(at_once), **self._peer.managed_variables}
        self._command(stop={})
        return self._command(start={
            "commands": self._peer.commands, "env": variables, "pollers": pollers})

    def ask(self, chunks: int, *, streams: int = 1, interval_us: int = 0) -> dict[str, Any]:
        """Asks `streams` questions at once; each answer is compared with the agent's."""
        return self._command(ask={"streams": streams, "chunks": chunks, "interval_us": interval_us,
                                  "streaming": self._peer.streaming})

    def _command(self, **command: Any) -> dict[str, Any]:
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the stage has collapsed"}')
        if "error" in answer:
            raise StageError(f"{self._peer.label}: {answer['error']}")
        return answer
