"""What the tests of the local AWS's Lambda get: a client, a role, and functions that go away."""

import itertools
import json
from typing import Callable, Iterator

import pytest
from botocore.client import BaseClient

from examiner import client, package, settle

_numbers = itertools.count(1)
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole"}]}
LOGS = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]}


@pytest.fixture(scope="module")
def aws_lambda(local_aws: dict) -> BaseClient:
    return client(local_aws, "lambda")


@pytest.fixture(scope="module")
def role(local_aws: dict) -> str:
    """The ARN of a role that Lambda may assume, and that may write logs."""
    iam = client(local_aws, "iam")
    try:
        iam.create_role(RoleName="examined", AssumeRolePolicyDocument=json.dumps(TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    iam.put_role_policy(RoleName="examined", PolicyName="logs", PolicyDocument=json.dumps(LOGS))
    return iam.get_role(RoleName="examined")["Role"]["Arn"]


@pytest.fixture
def new_function(aws_lambda: BaseClient, role: str) -> Iterator[Callable[..., dict]]:
    """Creates functions, by default not waiting for them: `new_function(MemorySize=256)`."""
    made = []

    def create(**members) -> dict:
        members = {
            "FunctionName": f"examined-{next(_numbers)}", "Role": role, "Handler": "bootstrap",
            "Runtime": "provided.al2023", "Code": {"ZipFile": package("print('v1')")}, **members,
        }
        answer = aws_lambda.create_function(
            **{name: value for name, value in members.items() if value is not None})
        made.append(answer["FunctionName"])
        return answer

    yield create
    for name in made:
        try:
            aws_lambda.delete_function(FunctionName=name)
        except aws_lambda.exceptions.ResourceNotFoundException:
            pass


@pytest.fixture
def function(aws_lambda: BaseClient, new_function: Callable[..., dict]) -> str:
    """The name of an active function."""
    name = new_function()["FunctionName"]
    settle(aws_lambda, name)
    return name
