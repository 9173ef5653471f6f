"""What somebody else made is refused and left as it is, whatever its name."""

import json

import pytest

from deployment import Deployment
from functions import TRUST, zip_of
from processes import wait_until


def foreign_role(deployment: Deployment) -> str:
    return deployment.account.client("iam").create_role(
        RoleName=f"{deployment.name}-role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]


def foreign_function(deployment: Deployment) -> None:
    functions = deployment.account.client("lambda")
    role = deployment.account.client("iam").create_role(
        RoleName=f"{deployment.name}-theirs", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]

    def created() -> bool:
        try:
            functions.create_function(
                FunctionName=deployment.name, Role=role, Runtime="provided.al2023",
                Handler="bootstrap", Code={"ZipFile": zip_of(b"#!/bin/sh\n")})
        except functions.exceptions.InvalidParameterValueException as error:
            assert "cannot be assumed" in str(error)
            return False
        return True

    wait_until(created, "the new role can be assumed")


@pytest.mark.parametrize(("make", "kind"), [
    (foreign_function, "function"), (foreign_role, "role"),
], ids=["function", "role"])
def test_a_resource_without_our_tag_is_refused_and_untouched(deployment: Deployment, make, kind):
    make(deployment)

    run = deployment.up()

    assert (run.code, run.out) == (1, ""), run
    assert kind in run.err and deployment.name in run.err, run
    assert "--adopt" in run.err, run
    assert deployment.recorder.writes == []


def test_down_leaves_a_foreign_function_alone(deployment: Deployment):
    foreign_function(deployment)

    run = deployment.down()

    assert deployment.exists()
    assert deployment.recorder.writes == []
    assert deployment.name in run.err, run


def test_what_is_nobodys_is_taken_over_if_asked(deployment: Deployment):
    foreign_function(deployment)
    foreign_role(deployment)
    planned = deployment.plan("--adopt")
    assert planned.out.count("was not made by this tool") == 2, planned

    deployment.made("--adopt")

    assert deployment.configuration()["MemorySize"] == 2048
    assert deployment.configuration()["Role"] == deployment.role()["Arn"]
    assert deployment.own_tags.items() <= deployment.tags().items()
    # From now on it is ours: no flag is needed, and `down` deletes it.
    deployment.made()
    assert deployment.down().code == 0
    assert not deployment.exists() and not deployment.role_exists()


def test_what_another_deployment_has_is_never_taken_over(deployment: Deployment):
    foreign_function(deployment)
    functions = deployment.account.client("lambda")
    arn = functions.get_function(FunctionName=deployment.name)["Configuration"]["FunctionArn"]
    functions.tag_resource(
        Resource=arn, Tags={**deployment.own_tags, "bedrock-gateway:deployment": "other"})

    run = deployment.up("--adopt")

    assert run.code == 1 and "`other`" in run.err, run
    assert deployment.recorder.writes == []
