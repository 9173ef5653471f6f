"""Function URLs and permissions, examined by botocore. That URLs let in whom they should is shown
where functions run."""

import json
import re
import socket

import pytest

from examiner import ACCOUNT, REGION, configuration, refused

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
NOT_THERE = "The resource you requested does not exist."
NO_FUNCTION = "Function does not exist"
STALE = ("The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API "
         "to retrieve the latest Revision Id")


@pytest.fixture
def live(aws_lambda, function) -> str:
    """A function with the alias `live`."""
    aws_lambda.publish_version(FunctionName=function)
    aws_lambda.create_alias(FunctionName=function, Name="live", FunctionVersion="1")
    return function


def is_open(url: str) -> bool:
    port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", url)[1])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def bare(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_url_is_created_read_changed_and_deleted(aws_lambda, live):
    which = {"FunctionName": live, "Qualifier": "live"}
    created = aws_lambda.create_function_url_config(**which, AuthType="NONE")
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    url, time = created["FunctionUrl"], created["CreationTime"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", time)
    assert bare(created) == {"FunctionUrl": url, "FunctionArn": f"{ARN}:{live}:live",
                             "AuthType": "NONE", "CreationTime": time}
    assert is_open(url)
    read = bare(aws_lambda.get_function_url_config(**which))
    assert read == {**bare(created), "InvokeMode": "BUFFERED", "LastModifiedTime": time}

    cors = {"AllowCredentials": True, "AllowHeaders": ["content-type"], "AllowMethods": ["POST"],
            "AllowOrigins": ["https://example.com"], "ExposeHeaders": ["x-a"], "MaxAge": 86400}
    changed = bare(aws_lambda.update_function_url_config(
        **which, AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM", Cors=cors))
    assert changed.pop("LastModifiedTime") > time
    assert changed == {**bare(created), "AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM",
                       "Cors": cors}
    assert "InvokeMode" not in aws_lambda.update_function_url_config(**which, AuthType="NONE")
    read = aws_lambda.get_function_url_config(**which)
    assert (read["InvokeMode"], read["Cors"]) == ("RESPONSE_STREAM", cors)

    answer = aws_lambda.delete_function_url_config(**which)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert not is_open(url)
    for operation in ("get", "update", "delete"):
        with refused("ResourceNotFoundException", 404, NOT_THERE):
            getattr(aws_lambda, f"{operation}_function_url_config")(**which)


def test_the_function_and_each_alias_have_a_url_of_their_own(aws_lambda, live):
    own = aws_lambda.create_function_url_config(
        FunctionName=live, AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM")
    assert own["InvokeMode"] == "RESPONSE_STREAM", "it was asked for"
    alias = aws_lambda.create_function_url_config(
        FunctionName=f"{live}:live", AuthType="NONE")
    assert own["FunctionUrl"] != alias["FunctionUrl"]
    listed = aws_lambda.list_function_url_configs(FunctionName=live)["FunctionUrlConfigs"]
    assert [found["FunctionArn"] for found in listed] == [f"{ARN}:{live}", f"{ARN}:{live}:live"]
    with refused("ResourceConflictException", 409,
                 f"Failed to create function url config for [functionArn = {ARN}:{live}:live]. "
                 "Error message:  FunctionUrlConfig exists for this Lambda function"):
        aws_lambda.create_function_url_config(
            FunctionName=live, Qualifier="live", AuthType="NONE")

    aws_lambda.delete_function_url_config(FunctionName=live)
    assert not is_open(own["FunctionUrl"]) and is_open(alias["FunctionUrl"])
    aws_lambda.delete_function(FunctionName=live)
    assert not is_open(alias["FunctionUrl"]), "nothing is left of a deleted function"


@pytest.mark.parametrize("members, code, status, text", [
    ({"Qualifier": "1"}, "ValidationException", 400, "1 validation error detected: Value '1' at "
     "'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: "
     r"((?!^\d+$)^[0-9a-zA-Z-_]+$)"),
    ({"Qualifier": "$LATEST"}, "ValidationException", 400, None),
    ({"Qualifier": "dead"}, "ResourceNotFoundException", 404, NO_FUNCTION),
    ({"FunctionName": "nothing"}, "ResourceNotFoundException", 404, NO_FUNCTION),
    ({"Cors": {"AllowMethods": ["*"] * 7}}, "ValidationException", 400, None),
    ({"Cors": {"MaxAge": 86401}}, "ValidationException", 400, None),
])
def test_bad_urls_are_refused(aws_lambda, live, members, code, status, text):
    with refused(code, status, text):
        aws_lambda.create_function_url_config(
            **{"FunctionName": live, "AuthType": "NONE", **members})
    assert aws_lambda.list_function_url_configs(FunctionName=live)["FunctionUrlConfigs"] == []


def test_urls_that_are_not_there(aws_lambda, live):
    for which in ({"FunctionName": live}, {"FunctionName": "nothing"},
                  {"FunctionName": live, "Qualifier": "dead"}):
        for operation in ("get", "delete"):
            with refused("ResourceNotFoundException", 404, NOT_THERE):
                getattr(aws_lambda, f"{operation}_function_url_config")(**which)
    with refused("ResourceNotFoundException", 404, NO_FUNCTION):
        aws_lambda.update_function_url_config(FunctionName="nothing", AuthType="NONE")
    with refused("ResourceNotFoundException", 404, NO_FUNCTION):
        aws_lambda.list_function_url_configs(FunctionName="nothing")


def permit(aws_lambda, function, sid, **members) -> str:
    answer = aws_lambda.add_permission(**{
        "FunctionName": function, "StatementId": sid, "Action": "lambda:InvokeFunction",
        "Principal": "*", **members})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    return answer["Statement"]


def policy(aws_lambda, function, **qualifier) -> dict:
    return json.loads(aws_lambda.get_policy(FunctionName=function, **qualifier)["Policy"])


def test_the_two_permissions_of_a_public_url_are_written_as_aws_writes_them(aws_lambda, live):
    resource = f"{ARN}:{live}:live"
    url = permit(aws_lambda, live, "url", Qualifier="live", Action="lambda:InvokeFunctionUrl",
                 FunctionUrlAuthType="NONE")
    invoke = permit(aws_lambda, live, "invoke", Qualifier="live", InvokedViaFunctionUrl=True)

    assert url == (
        '{"Sid":"url","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl",'
        f'"Resource":"{resource}",'
        '"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}}')
    assert invoke == (
        '{"Sid":"invoke","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction",'
        f'"Resource":"{resource}",'
        '"Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}')
    assert aws_lambda.get_policy(FunctionName=live, Qualifier="live")["Policy"] == (
        f'{{"Version":"2012-10-17","Id":"default","Statement":[{url},{invoke}]}}')
    with refused("ResourceNotFoundException", 404, NOT_THERE):
        aws_lambda.get_policy(FunctionName=live)


def test_principals_and_conditions(aws_lambda, function):
    bucket = "arn:aws:s3:::bucket"
    permit(aws_lambda, function, "s3", Principal="s3.amazonaws.com", SourceArn=bucket,
           SourceAccount=ACCOUNT)
    permit(aws_lambda, function, "account", Principal=ACCOUNT, PrincipalOrgID="o-1234567890")
    permit(aws_lambda, function, "skill", EventSourceToken="amzn1.ask.skill.1")
    statements = policy(aws_lambda, function)["Statement"]

    assert [statement["Principal"] for statement in statements] == [
        {"Service": "s3.amazonaws.com"}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "*"]
    assert [statement["Condition"] for statement in statements] == [
        {"StringEquals": {"AWS:SourceAccount": ACCOUNT}, "ArnLike": {"AWS:SourceArn": bucket}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
        {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}]


def test_permissions_are_removed_one_by_one(aws_lambda, live):
    permit(aws_lambda, live, "a", Qualifier="live")
    permit(aws_lambda, live, "b", Qualifier="live")
    with refused("ResourceConflictException", 409, "The statement id (a) provided already exists. "
                 "Please provide a new statement id, or remove the existing statement."):
        permit(aws_lambda, live, "a", Qualifier="live")
    with refused("ResourceNotFoundException", 404,
                 "Statement c is not found in resource policy."):
        aws_lambda.remove_permission(FunctionName=live, StatementId="c", Qualifier="live")
    with refused("ResourceNotFoundException", 404,
                 "No policy is associated with the given resource."):
        aws_lambda.remove_permission(FunctionName=live, StatementId="a")
    answer = aws_lambda.remove_permission(FunctionName=live, StatementId="a", Qualifier="live")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    [left] = policy(aws_lambda, live, Qualifier="live")["Statement"]
    assert left["Sid"] == "b"
    aws_lambda.remove_permission(FunctionName=live, StatementId="b", Qualifier="live")
    with refused("ResourceNotFoundException", 404, NOT_THERE):
        aws_lambda.get_policy(FunctionName=live, Qualifier="live")


def test_a_policy_has_the_revision_of_what_it_belongs_to(aws_lambda, live):
    def revision(**qualifier):
        return aws_lambda.get_policy(FunctionName=live, **qualifier)["RevisionId"]

    before = configuration(aws_lambda, live)["RevisionId"]
    permit(aws_lambda, live, "a", RevisionId=before)
    assert revision() == configuration(aws_lambda, live)["RevisionId"] != before
    with refused("PreconditionFailedException", 412, STALE):
        permit(aws_lambda, live, "b", RevisionId=before)
    with refused("PreconditionFailedException", 412, STALE):
        aws_lambda.remove_permission(FunctionName=live, StatementId="a", RevisionId=before)
    aws_lambda.remove_permission(FunctionName=live, StatementId="a", RevisionId=revision())

    permit(aws_lambda, live, "a", Qualifier="live")
    alias = aws_lambda.get_alias(FunctionName=live, Name="live")["RevisionId"]
    assert revision(Qualifier="live") == alias


@pytest.mark.parametrize("members, code, status, text", [
    ({"StatementId": "a.b"}, "ValidationException", 400, "1 validation error detected: Value 'a.b' "
     "at 'statementId' failed to satisfy constraint: Member must satisfy regular expression "
     "pattern: ([a-zA-Z0-9-_]+)"),
    ({"Action": "s3:GetObject"}, "ValidationException", 400, None),
    ({"Principal": "anybody"}, "InvalidParameterValueException", 400,
     "The provided principal was invalid. Please check the principal and try again."),
    ({"FunctionUrlAuthType": "NONE"}, "InvalidParameterValueException", 400, None),
    ({"Qualifier": "$LATEST"}, "InvalidParameterValueException", 400,
     "We currently do not support adding policies for $LATEST."),
    ({"Qualifier": "dead"}, "ResourceNotFoundException", 404,
     "Cannot find alias arn: {arn}:dead"),
    ({"Qualifier": "42"}, "ResourceNotFoundException", 404, "Function not found: {arn}:42"),
    ({"FunctionName": "nothing"}, "ResourceNotFoundException", 404,
     f"Function not found: {ARN}:nothing"),
    ({"SourceArn": "arn:aws:s3:::" + "b" * 20_480}, "PolicyLengthExceededException", 400, None),
])
def test_bad_permissions_are_refused(aws_lambda, function, members, code, status, text):
    with refused(code, status, text and text.format(arn=f"{ARN}:{function}")):
        permit(aws_lambda, function, "s", **members) if "StatementId" not in members else (
            permit(aws_lambda, function, members["StatementId"]))


def test_permissions_that_are_not_there(aws_lambda, function):
    for which in ({"FunctionName": "nothing"}, {"FunctionName": function, "Qualifier": "2"}):
        with refused("ResourceNotFoundException", 404, NOT_THERE):
            aws_lambda.get_policy(**which)
    with refused("ResourceNotFoundException", 404, f"No policy found for: {ARN}:nothing"):
        aws_lambda.remove_permission(FunctionName="nothing", StatementId="s")
    with refused("ResourceNotFoundException", 404, f"Cannot find alias arn: {ARN}:{function}:dead"):
        aws_lambda.remove_permission(FunctionName=function, StatementId="s", Qualifier="dead")
