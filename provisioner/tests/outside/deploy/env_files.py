"""What the tests of .env.local share."""

import stat
from pathlib import Path

from deployment import Deployment
from provision import Run

URL = "BEDROCK_GATEWAY_LAMBDA_URL"


def env_file(deployment: Deployment) -> Path:
    return deployment.project / ".env.local"


def own_line(deployment: Deployment) -> str:
    return f"{URL}={deployment.url_config()['FunctionUrl']}\n"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def assert_refused(run: Run, deployment: Deployment) -> None:
    """Before anything is changed; the file is named, with the way out."""
    assert (run.code, run.out) == (1, ""), run
    assert "nothing was changed" in run.err and ".env.local" in run.err, run
    assert "--no-env-file" in run.err, run
    assert deployment.recorder.writes == []
