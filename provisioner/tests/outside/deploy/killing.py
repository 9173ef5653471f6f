"""A command that is killed at one of its requests."""

import subprocess
from concurrent.futures import Future
from typing import Callable

from deployment import Deployment


def killed_after_write(deployment: Deployment, number: int, *more: str) -> bool:
    """Runs `up` and kills it when its `number`-th write is done but not yet known to be done.

    False when the run ended before.
    """
    def strike(blow: Callable[[], None]) -> None:
        deployment.recorder.strike_at_write(number, answered=True, blow=blow)

    return _killed(deployment, strike, deployment.up_command(*more), {})


def killed_at_request(deployment: Deployment, number: int, command: list[str], *, answered: bool,
                      environment: dict[str, str]) -> bool:
    """Runs a command and kills it at its `number`-th request: before AWS has it, or (`answered`) before the command
    has the answer. False when the run ended before."""
    def strike(blow: Callable[[], None]) -> None:
        deployment.recorder.strike_at_request(number, answered=answered, blow=blow)

    return _killed(deployment, strike, command, environment)


def _killed(deployment: Deployment, strike: Callable[[Callable[[], None]], None], command: list[str],
            environment: dict[str, str]) -> bool:
    deployment.recorder.clear()
    # Its first requests may come before it is known here.
    started: Future[subprocess.Popen] = Future()
    strike(lambda: started.result().kill())
    process = deployment.provision.start(*command, environment=environment)
    started.set_result(process)
    try:
        _, err = process.communicate("", timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode in (0, -9), err
    return process.returncode == -9
