"""Nothing of this machine's user gets into the tests, and the local AWS is started once."""

import os
from typing import Iterator

import pytest

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
