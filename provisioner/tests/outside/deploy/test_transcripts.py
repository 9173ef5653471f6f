"""Whole deployments, command by command, as transcripts/ has them: see transcript.py for how to read them.

UPDATE_TRANSCRIPTS=1 writes down what comes of them now.
"""

import os
from pathlib import Path

import pytest

from deployment import Deployment
from recorder import Recorder
from transcript import Transcript

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
UPDATE = os.environ.get("UPDATE_TRANSCRIPTS")


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_a_deployment_goes_as_it_is_written_down(
        file: Path, deployments, local_account, home, bootstrap, other_bootstrap, broken_bootstrap, request):
    deployment = deployments(local_account, f"story-{file.stem.replace('_', '-')}")
    for name, binary in {"good": bootstrap, "other": other_bootstrap, "broken": broken_bootstrap}.items():
        (deployment.project / name).symlink_to(binary)
    recorder = Recorder(local_account.endpoint)
    request.addfinalizer(recorder.close)
    rival = Deployment(local_account, recorder, home, deployment.project, deployment.name)

    told = Transcript(deployment, rival).of(file.read_text())

    if UPDATE:
        file.write_text(told)
    assert told == file.read_text()
