"""`provision dev --agent aws`: the developer's own credentials reach the function that `dev` has deployed, and nothing
that somebody else runs in the same local AWS."""

import json
from pathlib import Path
from typing import Iterator

import pytest

import processes
import raw_function
from accounts import Account
from doors import knock, signature
from provision import Provision

OWN = {"AWS_ACCESS_KEY_ID": "AKIADEVELOPERSOWN000", "AWS_SECRET_ACCESS_KEY": "the-developers-own-secret",
       "AWS_SESSION_TOKEN": "the-developers-own-session"}
GATEWAY_YAML = "name: magi\nregion: ap-northeast-1\nagent: {id: ABCDEFGHIJ, alias: TSTALIASID}\n"


@pytest.fixture
def dev(provision: Provision, bootstrap: Path, project: Path) -> Iterator[dict]:
    (project / "gateway.yaml").write_text(GATEWAY_YAML)
    process = provision.start("dev", "--agent", "aws", "--json", "--page-port", "0", "--binary", str(bootstrap),
                              environment=OWN)
    try:
        line = json.loads(processes.wait_for_line(process.stdout, "{"))
        yield {**line, "session": process.pid}
    finally:
        process.terminate()
        process.wait(timeout=60)


def environments(dev: dict, function: str) -> list[dict[str, str]]:
    """Those of the running processes of a function of this `dev`."""
    found = [processes.environment(pid) for pid in processes.in_session(dev["session"])]
    return [variables for variables in found if variables.get("AWS_LAMBDA_FUNCTION_NAME") == function]


def with_own_keys(variables: dict[str, str]) -> bool:
    return any(secret in variables.values() for secret in OWN.values())


def start(dev: dict, name: str = "/healthz") -> None:
    url = dev["functionUrl"].rstrip("/") + name
    assert knock(url, headers=signature(dev, "lambda", url)).status == 200


def test_only_what_dev_has_deployed_gets_the_developers_credentials(dev: dict):
    start(dev)
    account = Account.of_line(dev)

    [own] = environments(dev, "magi")
    assert {name: own[name] for name in OWN} == OWN
    assert "AWS_ENDPOINT_URL" not in own
    # Created through the endpoint, with the keys that were handed over.
    theirs = raw_function.deploy(account, "theirs").call("/echo").json()["environment"]
    assert not with_own_keys(theirs)
    assert theirs["AWS_ACCESS_KEY_ID"].startswith("ASIA") and theirs["AWS_SESSION_TOKEN"]
    assert theirs["AWS_ENDPOINT_URL"] == account.endpoint


@pytest.mark.parametrize("change", ["code", "configuration"])
def test_what_somebody_else_has_changed_is_no_longer_devs(dev: dict, change: str):
    account = Account.of_line(dev)
    functions = account.client("lambda")
    if change == "code":
        functions.update_function_code(
            FunctionName="magi", ZipFile=raw_function.package(raw_function.SOURCE.read_bytes()))
    else:
        variables = functions.get_function_configuration(FunctionName="magi")["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName="magi", Environment={"Variables": {**variables, "LD_PRELOAD": ""}})
    functions.get_waiter("function_updated_v2").wait(
        FunctionName="magi", WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    version = functions.publish_version(FunctionName="magi")["Version"]
    functions.update_alias(FunctionName="magi", Name="live", FunctionVersion=version)
    start(dev, "/pid" if change == "code" else "/healthz")

    running = environments(dev, "magi")
    assert running and not any(with_own_keys(variables) for variables in running)
