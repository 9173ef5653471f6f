"""Starts the local AWS once, as a user would: `provision dev --no-deploy`."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROVISION = os.environ.get("PROVISION", str(ROOT / "target/debug/provision"))


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """The local AWS's one line: endpoint, region and credentials."""
    home = tmp_path_factory.mktemp("local-aws")
    with open(home / "stderr", "w") as log:
        process = subprocess.Popen(
            [PROVISION, "dev", "--no-deploy"], cwd=home, stdout=subprocess.PIPE, stderr=log,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1"}, text=True)
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
