"""Starts the local AWS once, as a user would, with agents that do not wait between their words."""

import json
import os
import signal
import subprocess
from typing import Iterator

import pytest

import processes
from provision import PROVISION

pytest_plugins = ["outside_fixtures"]


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """The local AWS's one line: endpoint, region and credentials."""
    home = tmp_path_factory.mktemp("local-aws")
    with open(home / "stderr", "w") as log:
        process = subprocess.Popen(
            [PROVISION, "dev", "--no-deploy", "--speed", "0"], cwd=home, stdout=subprocess.PIPE, stderr=log,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"}, text=True,
            start_new_session=True)
        try:
            yield json.loads(processes.wait_for_line(process, process.stdout, "{", seconds=60))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        assert not processes.in_session(process.pid), "the local AWS left processes behind"
