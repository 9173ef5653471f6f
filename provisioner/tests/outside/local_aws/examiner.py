"""botocore as the examiner of the local AWS: clients, packages, waiting for Lambda, and what a refusal says."""

import contextlib
import io
import sys
import textwrap
import zipfile
from typing import Iterator

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole"}]}
MAY_LOG = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]}


def client(local_aws: dict, service: str, **overrides) -> BaseClient:
    """A client that does not retry and, so that wrong values reach the server, does not check."""
    options = {
        "endpoint_url": local_aws["endpoint"],
        "region_name": local_aws["region"],
        "aws_access_key_id": local_aws["accessKeyId"],
        "aws_secret_access_key": local_aws["secretAccessKey"],
        "config": Config(retries={"total_max_attempts": 1}, read_timeout=60,
                         parameter_validation=False),
    }
    return boto3.client(service, **{**options, **overrides})


class Refusal:
    """What a `refused` block got: filled in when the block ends."""

    code: str
    status: int
    message: str
    response: dict


@contextlib.contextmanager
def refused(code: str, status: int, message: str | None = None) -> Iterator[Refusal]:
    """The block must end with exactly this error of AWS."""
    refusal = Refusal()
    with pytest.raises(ClientError) as raised:
        yield refusal
    response = raised.value.response
    refusal.response = response
    refusal.code = response["Error"]["Code"]
    refusal.message = response["Error"]["Message"]
    refusal.status = response["ResponseMetadata"]["HTTPStatusCode"]
    assert (refusal.code, refusal.status) == (code, status), refusal.message
    if message is not None:
        assert refusal.message == message
    assert response["ResponseMetadata"]["RequestId"], "every answer has one"


def package(source: str = "", *, name: str = "bootstrap") -> bytes:
    """A deployment package with a Python program as its `bootstrap`."""
    program = f"#!{sys.executable}\n{textwrap.dedent(source)}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
        entry.external_attr = 0o100755 << 16
        archive.writestr(entry, program)
    return buffer.getvalue()


def settle(aws_lambda: BaseClient, name: str) -> None:
    """Waits as deployment tools do."""
    quickly = {"Delay": 0.05, "MaxAttempts": 1200}
    aws_lambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=quickly)
    aws_lambda.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig=quickly)


def configuration(aws_lambda: BaseClient, name: str, **qualifier: str) -> dict:
    answer = aws_lambda.get_function_configuration(FunctionName=name, **qualifier)
    del answer["ResponseMetadata"]
    return answer
