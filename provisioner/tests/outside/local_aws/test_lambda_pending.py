"""What is refused while a function is not ready for it, examined by botocore."""

from typing import Iterator

import pytest

from examiner import ACCOUNT, REGION, configuration, package, refused, settle
from local_dev import local_dev

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
PENDING = "The function is currently in the following state: Pending"
STALE = ("The Revision Id provided does not match the latest Revision Id. Call the "
         "GetFunction/GetAlias API to retrieve the latest Revision Id")


@pytest.fixture(scope="module")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """One that takes its time, so that a busy machine is quicker."""
    with local_dev(tmp_path_factory.mktemp("slow"), "--transition-ms", "5000") as line:
        yield line


def test_an_update_of_the_configuration_takes_its_time(aws_lambda, function):
    before = configuration(aws_lambda, function)
    updated = aws_lambda.update_function_configuration(
        FunctionName=function, MemorySize=512, Environment={"Variables": {"AB": "1"}})
    assert (updated["State"], updated["LastUpdateStatus"]) == ("Active", "InProgress")
    assert updated["LastUpdateStatusReason"] == "The function is being created."
    assert updated["LastUpdateStatusReasonCode"] == "Creating"
    busy = ("The operation cannot be performed at this time. An update is in progress for "
            f"resource: {ARN}:{function}")
    with refused("ResourceConflictException", 409, busy):
        aws_lambda.update_function_configuration(FunctionName=function, MemorySize=1024)
    with refused("ResourceConflictException", 409, busy):
        aws_lambda.update_function_code(FunctionName=function, ZipFile=package("2"))
    with refused("ResourceConflictException", 409, busy):
        aws_lambda.publish_version(FunctionName=function)
    assert configuration(aws_lambda, function)["LastUpdateStatus"] == "InProgress"

    settle(aws_lambda, function)
    after = configuration(aws_lambda, function)
    assert (after["MemorySize"], after["Environment"]) == (512, {"Variables": {"AB": "1"}})
    assert after["Timeout"] == before["Timeout"], "what is not given stays"
    assert len({before["RevisionId"], updated["RevisionId"], after["RevisionId"]}) == 3
    with refused("PreconditionFailedException", 412, STALE):
        aws_lambda.update_function_configuration(
            FunctionName=function, MemorySize=1024, RevisionId=updated["RevisionId"])
    aws_lambda.update_function_configuration(
        FunctionName=function, MemorySize=1024, RevisionId=after["RevisionId"])


def test_a_new_function_cannot_be_updated_or_invoked_yet(aws_lambda, new_function):
    name = new_function()["FunctionName"]
    with refused("ResourceConflictException", 409) as refusal:
        aws_lambda.update_function_configuration(FunctionName=name, MemorySize=512)
    assert refusal.message.endswith(PENDING)
    with refused("ResourceConflictException", 409) as refusal:
        aws_lambda.invoke(FunctionName=name)
    assert refusal.message.endswith(PENDING)
