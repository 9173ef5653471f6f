"""What control plane and data plane do together, examined from outside: who gets through a function
URL, and what becomes of the lines that a function writes."""

import json
import time
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from examiner import client, package, settle
from processes import wait_until

FORBIDDEN = ("Forbidden. For troubleshooting Function URL authorization issues, see: "
             "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html")

TALKATIVE = """
    import http.client, os

    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    path = "/2018-06-01/runtime/invocation"
    while True:
        connection = http.client.HTTPConnection(api)
        connection.request("GET", f"{path}/next")
        response = connection.getresponse()
        response.read()
        for number in range(3):
            print(f"LINE {number}", flush=True)
        answer = http.client.HTTPConnection(api)
        invocation = response.headers["Lambda-Runtime-Aws-Request-Id"]
        answer.request("POST", f"{path}/{invocation}/response", "{}")
        answer.getresponse().read()
"""


@pytest.fixture
def talkative(aws_lambda, new_function) -> str:
    """The name of an active function with the alias `live`."""
    name = new_function(Code={"ZipFile": package(TALKATIVE)}, Timeout=10)["FunctionName"]
    settle(aws_lambda, name)
    aws_lambda.publish_version(FunctionName=name)
    aws_lambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


def call(url: str, headers: dict | None = None) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
                urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()).get("Message")


def signed(local_aws: dict, url: str, **key: str) -> dict:
    request = AWSRequest("GET", url)
    credentials = Credentials(key.get("id", local_aws["accessKeyId"]), local_aws["secretAccessKey"])
    SigV4Auth(credentials, "lambda", local_aws["region"]).add_auth(request)
    return dict(request.headers)


def test_a_public_url_needs_both_permissions(aws_lambda, talkative):
    which = {"FunctionName": talkative, "Qualifier": "live"}
    url = aws_lambda.create_function_url_config(**which, AuthType="NONE")["FunctionUrl"]
    permissions = {
        "url": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        "invoke": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }

    def permit(sid, **qualifier):
        aws_lambda.add_permission(
            **{**which, **qualifier}, StatementId=sid, Principal="*", **permissions[sid])

    assert call(url) == (403, FORBIDDEN)
    permit("url")
    assert call(url) == (403, FORBIDDEN), "since October 2025 that is not enough"
    aws_lambda.add_permission(FunctionName=talkative, StatementId="invoke", Principal="*",
                              **permissions["invoke"])
    assert call(url) == (403, FORBIDDEN), "the function's policy is not the alias's"
    permit("invoke")
    assert call(url) == (200, "{}")
    aws_lambda.remove_permission(**which, StatementId="url")
    assert call(url) == (403, FORBIDDEN)
    permit("url")
    aws_lambda.delete_alias(FunctionName=talkative, Name="live")
    assert call(url) == (403, FORBIDDEN), "the policy went with the alias"


def test_a_signed_url_needs_a_signature_and_no_permission(local_aws, aws_lambda, talkative):
    url = aws_lambda.create_function_url_config(
        FunctionName=talkative, Qualifier="live", AuthType="AWS_IAM")["FunctionUrl"]

    assert call(url)[0] == 403
    assert call(url, signed(local_aws, url, id="AKIAUNKNOWN"))[0] == 403
    assert call(f"{url}?changed=1", signed(local_aws, url))[0] == 403
    assert call(url, signed(local_aws, url)) == (200, "{}")
    aws_lambda.update_function_url_config(
        FunctionName=talkative, Qualifier="live", AuthType="NONE")
    assert call(url, signed(local_aws, url)) == (403, FORBIDDEN), "of its kind now"


def lines(logs, group: str, pattern: str, *, count: int) -> list[dict]:
    """The matching events, as soon as there are so many."""
    def found() -> list[dict]:
        events = logs.filter_log_events(logGroupName=group, filterPattern=pattern)["events"]
        return events if len(events) >= count else []

    return wait_until(found, f"{count} lines with {pattern}")


def test_what_a_function_writes_is_in_its_log_group(local_aws, aws_lambda, talkative):
    logs, group = client(local_aws, "logs"), f"/aws/lambda/{talkative}"
    logs.create_log_group(logGroupName=group)
    before = time.time() * 1000
    aws_lambda.invoke(FunctionName=talkative, Qualifier="live")
    events = lines(logs, group, "LINE", count=3)

    assert [event["message"].strip() for event in events] == ["LINE 0", "LINE 1", "LINE 2"]
    assert all(before - 1 <= event["timestamp"] <= time.time() * 1000 for event in events)
    [stream] = logs.describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True)["logStreams"]
    assert {event["logStreamName"] for event in events} == {stream["logStreamName"]}
    assert lines(logs, group, '?REPORT ?"platform.report"', count=1), "Lambda writes about it"
    page = logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
    assert [event["message"].strip() for event in page["events"]
            if "LINE" in event["message"]] == ["LINE 0", "LINE 1", "LINE 2"]
    again = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"],
                                nextToken=page["nextForwardToken"])
    assert (again["events"], again["nextForwardToken"]) == ([], page["nextForwardToken"])


def test_without_a_log_group_the_lines_are_lost(local_aws, aws_lambda, new_function, talkative):
    logs, group = client(local_aws, "logs"), f"/aws/lambda/{talkative}"
    other = new_function(Code={"ZipFile": package(TALKATIVE)}, Timeout=10)["FunctionName"]
    settle(aws_lambda, other)
    logs.create_log_group(logGroupName=f"/aws/lambda/{other}")
    aws_lambda.invoke(FunctionName=talkative)
    # By the time that these are there, its lines would be, too.
    aws_lambda.invoke(FunctionName=other)
    assert lines(logs, f"/aws/lambda/{other}", "LINE", count=3)

    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
