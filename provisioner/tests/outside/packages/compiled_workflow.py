"""The workflow of a `provision` that was built in a clone, with all of its compiling: `make workflow`. test_workflow.py plays that.

The first job compiles the commit that is checked out here, with what it installs from PyPI for that; the second one deploys.
"""

import os
from pathlib import Path
from typing import Callable

from deployment import Deployment
from provision import ORIGIN, REPOSITORY
from runner import Runner, generate

# Where Rust is; a runner's home has it.
CARGO = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
RUSTUP = Path(os.environ.get("RUSTUP_HOME", Path.home() / ".rustup"))


def test_what_one_job_compiles_the_other_one_deploys(local_deployment: Deployment, runner: Callable[..., Runner]):
    workflow = generate(local_deployment.provision)
    # As on the image: no zig, and no Python packages but Python's own.
    github = runner(f"{CARGO}/bin:/usr/local/bin:/usr/bin:/bin", CARGO_HOME=str(CARGO), RUSTUP_HOME=str(RUSTUP),
                    GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0=f"url.file://{REPOSITORY}.insteadOf", GIT_CONFIG_VALUE_0=ORIGIN)

    outputs = github.run(workflow)

    assert outputs["url"] == local_deployment.url_config()["FunctionUrl"] and outputs["changed"] == "true", github.log
    assert "complete in" in local_deployment.provision.done("ask", "Does it stream?").out
    for step, seconds in github.took:
        print(f"{seconds:5.0f} s  {step}")
