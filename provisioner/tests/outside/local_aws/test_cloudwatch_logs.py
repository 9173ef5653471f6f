"""CloudWatch Logs, examined by botocore: every operation, and the refusals of each.

That lines of functions arrive is shown where functions run; here their groups are examined.
"""

import time

import pytest

from examiner import ACCOUNT, client, refused

NO_GROUP = "The specified log group does not exist."
NO_RESOURCE = "The specified resource does not exist."


@pytest.fixture(scope="module")
def logs(local_aws):
    return client(local_aws, "logs")


@pytest.fixture
def group(logs, request):
    """A log group of the test's own; gone afterwards."""
    name = f"/test/{request.node.name}".replace("[", "-").replace("]", "")
    logs.create_log_group(logGroupName=name, tags={"first": "1"})
    yield name
    try:
        logs.delete_log_group(logGroupName=name)
    except logs.exceptions.ResourceNotFoundException:
        pass


def arn(logs, name: str) -> str:
    return f"arn:aws:logs:{logs.meta.region_name}:{ACCOUNT}:log-group:{name}"


def describe(logs, name: str) -> dict:
    [found] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found


def test_a_group_is_described_as_aws_does(logs, group):
    found = describe(logs, group)

    assert abs(found.pop("creationTime") - time.time() * 1000) < 60_000
    assert found == {
        "logGroupName": group, "arn": f"{arn(logs, group)}:*", "logGroupArn": arn(logs, group),
        "logGroupClass": "STANDARD", "metricFilterCount": 0, "storedBytes": 0,
        "deletionProtectionEnabled": False,
    }


def test_a_name_is_taken_once(logs, group):
    with refused("ResourceAlreadyExistsException", 400, "The specified log group already exists"):
        logs.create_log_group(logGroupName=group)


@pytest.mark.parametrize("name", ["", "a b", "x" * 513])
def test_a_bad_name_is_refused(logs, name):
    with refused("InvalidParameterException", 400):
        logs.create_log_group(logGroupName=name)


def test_a_member_it_does_not_act_on_is_refused(logs):
    with refused("NotEmulated", 501) as refusal:
        logs.create_log_group(logGroupName="/secret", kmsKeyId="arn:aws:kms:::key/1")
    assert "`kmsKeyId` of CreateLogGroup" in refusal.message


def test_retention_is_set_and_lifted(logs, group):
    logs.put_retention_policy(logGroupName=group, retentionInDays=14)
    assert describe(logs, group)["retentionInDays"] == 14
    logs.delete_retention_policy(logGroupName=group)
    assert "retentionInDays" not in describe(logs, group)
    with refused("InvalidParameterException", 400) as refusal:
        logs.put_retention_policy(logGroupName=group, retentionInDays=15)
    assert "Member must satisfy enum value set: [1, 3, 5, 7, 14," in refusal.message


def test_tags_are_added_replaced_and_removed(logs, group):
    resource = arn(logs, group)
    logs.tag_resource(resourceArn=resource, tags={"first": "one", "second": "2"})
    logs.tag_resource(resourceArn=resource, tags={"third": "3"})
    logs.untag_resource(resourceArn=resource, tagKeys=["second", "never-there"])

    tags = logs.list_tags_for_resource(resourceArn=resource)["tags"]
    assert tags == {"first": "one", "third": "3"}


def test_groups_are_found_page_by_page_by_prefix_and_by_pattern(logs):
    names = [f"/paged/Group-{n}" for n in range(5)]
    for name in names:
        logs.create_log_group(logGroupName=name)
    pages = list(logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix="/paged/", PaginationConfig={"PageSize": 2}))

    assert [len(page["logGroups"]) for page in pages] == [2, 2, 1]
    assert [found["logGroupName"] for page in pages for found in page["logGroups"]] == names
    by_pattern = logs.describe_log_groups(logGroupNamePattern="group-3")["logGroups"]
    assert [found["logGroupName"] for found in by_pattern] == [names[3]]
    with refused("InvalidParameterException", 400, "LogGroup name prefix and LogGroup name pattern "
                 "are mutually exclusive parameters."):
        logs.describe_log_groups(logGroupNamePrefix="/", logGroupNamePattern="group")
    for name in names:
        logs.delete_log_group(logGroupName=name)


def test_a_deleted_group_is_gone(logs, group):
    logs.delete_log_group(logGroupName=group)

    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
    with refused("ResourceNotFoundException", 400, NO_GROUP):
        logs.delete_log_group(logGroupName=group)


def test_a_group_without_lines_has_no_streams_and_no_events(logs, group):
    for name in ({"logGroupName": group}, {"logGroupIdentifier": group},
                 {"logGroupIdentifier": arn(logs, group)}):
        assert logs.describe_log_streams(**name)["logStreams"] == []
        assert logs.filter_log_events(**name)["events"] == []
        with refused("ResourceNotFoundException", 400, "The specified log stream does not exist."):
            logs.get_log_events(**name, logStreamName="none")


@pytest.mark.parametrize("operation, parameters", [
    ("delete_log_group", {}),
    ("put_retention_policy", {"retentionInDays": 7}),
    ("delete_retention_policy", {}),
    ("describe_log_streams", {}),
    ("get_log_events", {"logStreamName": "s"}),
    ("filter_log_events", {}),
])
def test_a_group_that_is_not_there_is_refused(logs, operation, parameters):
    with refused("ResourceNotFoundException", 400, NO_GROUP):
        getattr(logs, operation)(logGroupName="/nowhere", **parameters)


@pytest.mark.parametrize("operation, parameters", [
    ("tag_resource", {"tags": {"a": "b"}}),
    ("untag_resource", {"tagKeys": ["a"]}),
    ("list_tags_for_resource", {}),
])
def test_a_resource_that_is_not_there_is_refused(logs, operation, parameters):
    for resource in (arn(logs, "/nowhere"), "arn:aws:logs:eu-west-1:1:log-group:x"):
        with refused("ResourceNotFoundException", 400, NO_RESOURCE):
            getattr(logs, operation)(resourceArn=resource, **parameters)


def test_filters_it_does_not_understand_are_refused(logs, group):
    with refused("NotEmulated", 501):
        logs.filter_log_events(logGroupName=group, filterPattern='{ $.level = "ERROR" }')
    with refused("InvalidParameterException", 400):
        logs.filter_log_events(logGroupName=group, filterPattern='"open')


def test_what_is_not_emulated_says_so(logs, group):
    with refused("NotEmulated", 501, "The local AWS does not emulate logs:CreateLogStream"):
        logs.create_log_stream(logGroupName=group, logStreamName="mine")
