"""What somebody has set by hand: `up` keeps it, or the plan shows that it goes. Nothing is lost silently."""

import json

import pytest

from deployment import Deployment


@pytest.fixture
def made(local_deployment: Deployment) -> Deployment:
    local_deployment.configure(auth="none", tags={"team": "nerv"})
    local_deployment.made()
    return local_deployment


def test_variables_are_kept_and_shown(made: Deployment):
    made.change_elsewhere(Environment={"Variables": {**made.environment(), "THEIRS": "kept"}})
    made.configure(auth="none", tags={"team": "nerv"}, memory_mb=512)

    assert "left alone: the function's variable THEIRS" in made.plan().out
    made.made()

    assert made.environment()["THEIRS"] == "kept"


def test_tags_are_kept(made: Deployment):
    functions, iam, logs = (made.account.client(service) for service in ("lambda", "iam", "logs"))
    functions.tag_resource(Resource=functions.get_function(FunctionName=made.name)["Configuration"]["FunctionArn"],
                           Tags={"cost-center": "42", "team": "seele"})
    iam.tag_role(RoleName=f"{made.name}-role", Tags=[{"Key": "cost-center", "Value": "42"}])
    logs.tag_resource(resourceArn=made.log_group()["arn"].removesuffix(":*"), tags={"cost-center": "42"})
    made.configure(auth="none", tags={"team": "nerv", "stage": "test"}, memory_mb=512)

    plan = made.plan().out
    assert "team seele -> nerv" in plan and "cost-center" not in plan, plan
    made.made()

    expected = {**made.own_tags, "team": "nerv", "stage": "test", "cost-center": "42"}
    assert made.tags() == made.log_group_tags() == expected
    assert {tag["Key"]: tag["Value"] for tag in made.role()["Tags"]} == expected


def test_who_else_may_call_is_kept(made: Deployment):
    functions = made.account.client("lambda")
    functions.add_permission(FunctionName=made.name, Qualifier="live", StatementId="their-schedule",
                             Principal="events.amazonaws.com", Action="lambda:InvokeFunction",
                             SourceArn="arn:aws:events:eu-west-1:123456789012:rule/warm")
    theirs = [statement for statement in made.statements() if statement["Sid"] == "their-schedule"]
    # Closing the URL takes our statements away.
    made.configure(memory_mb=512)

    made.made()

    assert made.statements() == theirs != []


def test_other_policies_of_the_role_are_kept_and_additions_to_ours_are_shown_before_they_go(made: Deployment):
    iam, role = made.account.client("iam"), f"{made.name}-role"
    theirs = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:*:*:table/audit"}]}
    iam.put_role_policy(RoleName=role, PolicyName="theirs", PolicyDocument=json.dumps(theirs))
    ours = made.role_policies()["bedrock-gateway"]
    changed = {**ours, "Statement": [
        *ours["Statement"], {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::manuals/*"},
        {"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="bedrock-gateway", PolicyDocument=json.dumps(changed))

    plan = made.plan().out
    assert "no longer allows s3:GetObject on arn:aws:s3:::manuals/*" in plan, plan
    assert "no longer denies bedrock:* on *" in plan and "dynamodb" not in plan, plan
    made.made()

    assert made.role_policies() == {"theirs": theirs, "bedrock-gateway": ours}


def test_retention_is_shown_before_it_is_set_right(made: Deployment):
    logs = made.account.client("logs")
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{made.name}", retentionInDays=365)

    assert "retention 365 -> 14 days" in made.plan().out
    made.made()
    assert made.log_group()["retentionInDays"] == 14

    # Whoever wants to keep it says so where everybody can read it.
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{made.name}", retentionInDays=365)
    made.configure(auth="none", tags={"team": "nerv"}, log_retention_days=365)
    made.made()
    assert made.recorder.writes == []
