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
    # How to take it over, ready to paste.
    assert "managed-by" in run.err and "tag-" in run.err, run
    assert deployment.recorder.writes == []


def test_down_leaves_a_foreign_function_alone(deployment: Deployment):
    foreign_function(deployment)

    run = deployment.down()

    assert deployment.exists()
    assert deployment.recorder.writes == []
    assert deployment.name in run.err, run


def test_a_tagged_function_is_adopted(deployment: Deployment):
    foreign_function(deployment)
    functions = deployment.account.client("lambda")
    arn = functions.get_function(FunctionName=deployment.name)["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags=deployment.own_tags)

    deployment.made()

    assert deployment.configuration()["MemorySize"] == 2048
    assert deployment.configuration()["Role"] == deployment.role()["Arn"]
