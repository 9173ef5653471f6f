"""What the tests of the local AWS's Lambda get: a client, a role, functions that go away, and functions behind URLs."""

import itertools
import json
from typing import Callable, Iterator

import pytest
from botocore.client import BaseClient

from accounts import Account
from examiner import MAY_LOG, TRUST, client, package, settle
from raw_function import RawFunction, deploy

_numbers = itertools.count(1)


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
    iam.put_role_policy(RoleName="examined", PolicyName="logs", PolicyDocument=json.dumps(MAY_LOG))
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


@pytest.fixture(scope="session")
def raw(local_account: Account) -> RawFunction:
    """One function for all tests that leave it as it was."""
    return deploy(local_account, "raw")


@pytest.fixture
def raw_functions(local_account: Account, name: str) -> Callable[..., RawFunction]:
    """Functions of a test's own."""
    letters = iter("abcdefgh")
    return lambda **options: deploy(local_account, f"{name}-{next(letters)}", **options)
