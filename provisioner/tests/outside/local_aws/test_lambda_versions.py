"""Versions and aliases, examined by botocore."""

import pytest

from examiner import ACCOUNT, REGION, configuration, package, refused, settle

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
STALE = ("The Revision Id provided does not match the latest Revision Id. Call the "
         "GetFunction/GetAlias API to retrieve the latest Revision Id")
NO_REVISION = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def two_versions(aws_lambda, function) -> str:
    """A function with the versions 1 and 2."""
    aws_lambda.publish_version(FunctionName=function)
    aws_lambda.update_function_code(FunctionName=function, ZipFile=package("print('v2')"))
    settle(aws_lambda, function)
    aws_lambda.publish_version(FunctionName=function)
    return function


def alias(aws_lambda, function, name="live", version="1", **members) -> dict:
    answer = aws_lambda.create_alias(
        FunctionName=function, Name=name, FunctionVersion=version, **members)
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    return answer


def test_a_version_is_published_once(aws_lambda, function):
    latest = configuration(aws_lambda, function)
    first = aws_lambda.publish_version(FunctionName=function, Description="the first")
    assert first["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (first["Version"], first["FunctionArn"]) == ("1", f"{ARN}:{function}:1")
    assert (first["State"], first["LastUpdateStatus"]) == ("Active", "Successful")
    assert (first["CodeSha256"], first["Description"]) == (latest["CodeSha256"], "the first")
    assert configuration(aws_lambda, function)["Description"] == ""
    assert configuration(aws_lambda, function)["RevisionId"] != latest["RevisionId"]
    aws_lambda.get_waiter("published_version_active").wait(FunctionName=function, Qualifier="1")

    again = aws_lambda.publish_version(FunctionName=function, Description="not the second")
    assert (again["Version"], again["RevisionId"]) == ("1", first["RevisionId"])
    assert again["Description"] == "the first"
    aws_lambda.update_function_configuration(FunctionName=function, Timeout=5)
    settle(aws_lambda, function)
    assert aws_lambda.publish_version(FunctionName=function)["Version"] == "2"
    assert configuration(aws_lambda, function, Qualifier="1")["Timeout"] == 3


def test_publishing_can_be_tied_to_what_was_seen(aws_lambda, function):
    latest = configuration(aws_lambda, function)
    with refused("PreconditionFailedException", 412, STALE):
        aws_lambda.publish_version(FunctionName=function, RevisionId=NO_REVISION)
    with refused("InvalidParameterValueException", 400,
                 "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST "
                 f"({latest['CodeSha256']}). Please try again with the CodeSHA256 in $LATEST."):
        aws_lambda.publish_version(FunctionName=function, CodeSha256="other")
    published = aws_lambda.publish_version(
        FunctionName=function, RevisionId=latest["RevisionId"], CodeSha256=latest["CodeSha256"])
    assert published["Version"] == "1"


def test_a_version_comes_with_creation_and_with_code(aws_lambda, new_function):
    created = new_function(Publish=True)
    name = created["FunctionName"]
    assert (created["Version"], created["State"]) == ("1", "Pending")
    assert created["FunctionArn"] == f"{ARN}:{name}", "without the version, as AWS does it"
    aws_lambda.get_waiter("published_version_active").wait(
        FunctionName=name, Qualifier="1", WaiterConfig={"Delay": 0.05, "MaxAttempts": 1200})
    settle(aws_lambda, name)

    updated = aws_lambda.update_function_code(
        FunctionName=name, ZipFile=package("2"), Publish=True)
    assert (updated["Version"], updated["State"]) == ("2", "Pending")
    assert updated["FunctionArn"] == f"{ARN}:{name}:2"
    settle(aws_lambda, name)
    assert configuration(aws_lambda, name, Qualifier="2")["State"] == "Active"


def test_versions_are_listed_page_by_page_and_deleted(aws_lambda, two_versions):
    pages = list(aws_lambda.get_paginator("list_versions_by_function").paginate(
        FunctionName=two_versions, PaginationConfig={"PageSize": 2}))
    listed = [found for page in pages for found in page["Versions"]]
    assert [found["Version"] for found in listed] == ["$LATEST", "1", "2"]
    assert [found["FunctionArn"].rpartition(":")[2] for found in listed] == ["$LATEST", "1", "2"]
    assert all("State" not in found for found in listed)

    aws_lambda.delete_function(FunctionName=two_versions, Qualifier="1")
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:{two_versions}:1"):
        aws_lambda.get_function(FunctionName=two_versions, Qualifier="1")
    with refused("InvalidParameterValueException", 400,
                 "$LATEST version cannot be deleted without deleting the function."):
        aws_lambda.delete_function(FunctionName=two_versions, Qualifier="$LATEST")
    with refused("InvalidParameterValueException", 400,
                 "Deletion of aliases is not currently supported."):
        aws_lambda.delete_function(FunctionName=two_versions, Qualifier="live")
    alias(aws_lambda, two_versions, version="2")
    with refused("ResourceConflictException", 409) as refusal:
        aws_lambda.delete_function(FunctionName=two_versions, Qualifier="2")
    assert "live" in refusal.message


def test_an_alias_is_created_moved_and_deleted(aws_lambda, two_versions):
    arn = f"{ARN}:{two_versions}:live"
    created = alias(aws_lambda, two_versions, Description="what callers call")
    assert created == {
        "AliasArn": arn, "Name": "live", "FunctionVersion": "1",
        "Description": "what callers call", "RevisionId": created["RevisionId"]}
    through = configuration(aws_lambda, two_versions, Qualifier="live")
    assert (through["FunctionArn"], through["Version"]) == (arn, "1")

    def read():
        answer = aws_lambda.get_alias(FunctionName=two_versions, Name="live")
        return {name: answer[name] for name in answer if name != "ResponseMetadata"}

    assert read() == created
    with refused("PreconditionFailedException", 412, STALE):
        aws_lambda.update_alias(FunctionName=two_versions, Name="live", FunctionVersion="2",
                                RevisionId=NO_REVISION)
    moved = aws_lambda.update_alias(FunctionName=two_versions, Name="live", FunctionVersion="2",
                                    RevisionId=created["RevisionId"])
    assert (moved["FunctionVersion"], moved["Description"]) == ("2", "what callers call")
    assert moved["RevisionId"] != created["RevisionId"]
    assert configuration(aws_lambda, two_versions, Qualifier="live")["Version"] == "2"

    for _ in range(2):
        answer = aws_lambda.delete_alias(FunctionName=two_versions, Name="live")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("ResourceNotFoundException", 404, f"Cannot find alias arn: {arn}"):
        aws_lambda.get_alias(FunctionName=two_versions, Name="live")
    with refused("ResourceNotFoundException", 404, f"Alias not found: {arn}"):
        aws_lambda.update_alias(FunctionName=two_versions, Name="live", Description="x")


def test_aliases_are_listed(aws_lambda, two_versions):
    alias(aws_lambda, two_versions, "blue", "1")
    alias(aws_lambda, two_versions, "green", "2")
    alias(aws_lambda, two_versions, "newest", "$LATEST")

    def names(**which):
        answer = aws_lambda.list_aliases(FunctionName=two_versions, **which)
        return [found["Name"] for found in answer["Aliases"]]

    assert names() == ["blue", "green", "newest"]
    assert names(FunctionVersion="2") == ["green"]


def test_an_alias_can_share_with_a_second_version(aws_lambda, two_versions):
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    assert alias(aws_lambda, two_versions, RoutingConfig=weights)["RoutingConfig"] == weights
    whole = aws_lambda.update_alias(
        FunctionName=two_versions, Name="live", RoutingConfig={"AdditionalVersionWeights": {}})
    assert "RoutingConfig" not in whole


@pytest.mark.parametrize("members, code, status, text", [
    ({"Name": "2024"}, "ValidationException", 400, "1 validation error detected: Value '2024' at "
     "'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
     "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"),
    ({"FunctionVersion": "10"}, "ResourceNotFoundException", 404,
     "Function not found: {arn}:10"),
    ({"RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1, "3": 0.1}}},
     "InvalidParameterValueException", 400,
     "Number of items in AdditionalVersionWeights cannot be greater than 1"),
    ({"RoutingConfig": {"AdditionalVersionWeights": {"1": 0.1}}},
     "InvalidParameterValueException", 400, "Invalid function version 1. Function version 1 is "
     "already included in routing configuration."),
    ({"RoutingConfig": {"AdditionalVersionWeights": {"2": 2.0}}}, "ValidationException", 400,
     "1 validation error detected: Value '{{2=2.0}}' at 'routingConfig.additionalVersionWeights' "
     "failed to satisfy constraint: Map value must satisfy constraint: [Member must have value "
     "less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must "
     "not be null]"),
    ({"RoutingConfig": {"AdditionalVersionWeights": {"10": 0.5}}}, "ResourceNotFoundException", 404,
     "Function not found: {arn}:10"),
    ({"FunctionVersion": "$LATEST", "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.5}}},
     "InvalidParameterValueException", 400,
     "$LATEST is not supported for an alias pointing to more than 1 version"),
    ({"FunctionName": "nothing"}, "ResourceNotFoundException", 404,
     f"Function not found: {ARN}:nothing:1"),
])
def test_bad_aliases_are_refused(aws_lambda, two_versions, members, code, status, text):
    members = {"FunctionName": two_versions, "Name": "live", "FunctionVersion": "1", **members}
    with refused(code, status, text.format(arn=f"{ARN}:{two_versions}")):
        aws_lambda.create_alias(**members)


def test_an_alias_is_taken_once(aws_lambda, two_versions):
    arn = alias(aws_lambda, two_versions)["AliasArn"]
    with refused("ResourceConflictException", 409, f"Alias already exists: {arn}"):
        aws_lambda.create_alias(FunctionName=two_versions, Name="live", FunctionVersion="2")
