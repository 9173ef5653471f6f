"""The local AWS, started as a user would, and gone when the tests are done with it."""

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Iterator

import processes
from provision import PROVISION


@contextlib.contextmanager
def local_dev(home: Path, *options: str) -> Iterator[dict]:
    """Its one line: endpoint, region and credentials. What it says besides is in `home`/stderr."""
    with open(home / "stderr", "w") as log:
        process = subprocess.Popen(
            [PROVISION, "dev", "--no-deploy", *options], cwd=home, stdout=subprocess.PIPE, stderr=log,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"}, text=True,
            start_new_session=True)
    try:
        yield json.loads(processes.wait_for_line(process.stdout, "{"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    processes.wait_until(lambda: not processes.in_session(process.pid), "the local AWS leaves no process behind")
