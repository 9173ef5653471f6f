"""Nothing of this machine's user gets into the tests, and the local AWS is started once."""

import gc
import os
from typing import Iterator

import pytest
from xdist.scheduler import LoadScopeScheduling

from local_dev import local_dev

pytest_plugins = ["shared_fixtures"]

# Settings of AWS's SDKs and proxies that botocore and the programs started here would follow.
for variable in list(os.environ):
    if variable.startswith("AWS_") and variable != "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED" \
            or variable.lower().endswith("_proxy") or variable == "NODE_OPTIONS":
        del os.environ[variable]
os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
                  AWS_EC2_METADATA_DISABLED="true", NO_PROXY="*")


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """The local AWS's one line; its agents do not wait between their words."""
    with local_dev(tmp_path_factory.mktemp("local-aws"), "--speed", "0") as line:
        yield line


# Files whose tests run in one process, where they share what takes long to make. `test_up_faults.py` tries out its whole table
# in every process that has one of its tests.
TOGETHER = {
    "deploy/test_up_faults.py": "fault table",
    "function/test_recordings.py": "recordings",
    "generated/test_generate.py": "generated",
    "generated/test_terraform_schema.py": "generated",
    "packages/test_first_minutes.py": "packages",
    "packages/test_npm.py": "packages",
    "packages/test_wheel.py": "packages",
    "packages/test_workflow.py": "packages",
}


def pytest_collection_finish() -> None:
    """What is loaded now stays: the collector need not look through all of it again and again."""
    gc.freeze()


class Together(LoadScopeScheduling):
    """One test after the other to whoever is free, and what belongs together to one process.

    Not the mark `xdist_group`: pytest-xdist 3.8 writes the group where pytest 9.2 does not read it, and says nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER.get(nodeid.split("::")[0], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Together:
    return Together(config, log)
