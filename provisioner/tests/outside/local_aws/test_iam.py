"""IAM's roles, examined by botocore: every operation, and the refusals of each."""

import datetime
import json

import pytest

from examiner import ACCOUNT, client, refused

TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole"}]}
INLINE = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "bedrock:InvokeAgent", "Resource": "arn:aws:bedrock:*:*:a%3Ab"}]}
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
NO_ROLE = "The role with name nobody cannot be found."


@pytest.fixture(scope="module")
def iam(local_aws):
    return client(local_aws, "iam")


@pytest.fixture
def role(iam, request):
    """A role of the test's own; gone afterwards."""
    name = request.node.name[:60].replace("[", "-").replace("]", "")
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    yield created
    try:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        pass


def test_a_role_is_created_as_asked(iam):
    created = iam.create_role(
        RoleName="full", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="what <it> & \"is\" for", MaxSessionDuration=7200,
        Tags=[{"Key": "app", "Value": "magi"}, {"Key": "empty", "Value": ""}])["Role"]
    read = iam.get_role(RoleName="full")["Role"]

    assert created["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/team/full"
    assert created["RoleId"].startswith("AROA") and len(created["RoleId"]) == 21
    assert created["AssumeRolePolicyDocument"] == TRUST
    assert created["Tags"] == [{"Key": "app", "Value": "magi"}, {"Key": "empty", "Value": ""}]
    age = datetime.datetime.now(datetime.timezone.utc) - created["CreateDate"]
    assert datetime.timedelta() <= age < datetime.timedelta(minutes=1)
    assert "MaxSessionDuration" not in created, "AWS answers it only when it is read"
    assert read == {**created, "MaxSessionDuration": 7200, "RoleLastUsed": {}}
    assert read["Description"] == "what <it> & \"is\" for"
    iam.delete_role(RoleName="full")


def test_a_name_is_taken_once(iam, role):
    with refused("EntityAlreadyExists", 409, f"Role with name {role['RoleName']} already exists."):
        iam.create_role(RoleName=role["RoleName"], AssumeRolePolicyDocument=json.dumps(TRUST))


@pytest.mark.parametrize("name", ["", "a b", "x" * 65])
def test_a_bad_name_is_refused(iam, name):
    with refused("ValidationError", 400):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))


def test_a_document_that_is_no_policy_is_refused(iam, role):
    name = role["RoleName"]
    with refused("MalformedPolicyDocument", 400, "This policy contains invalid Json"):
        iam.create_role(RoleName="broken", AssumeRolePolicyDocument="{")
    with refused("MalformedPolicyDocument", 400):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument="[]")
    with refused("MalformedPolicyDocument", 400):
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument="nothing")


def test_a_parameter_it_does_not_act_on_is_refused(iam):
    with refused("NotEmulated", 501) as refusal:
        iam.create_policy(PolicyName="tagged", PolicyDocument=json.dumps(INLINE), Tags=[{"Key": "a", "Value": "b"}])
    assert "`Tags.member.1.Key` of CreatePolicy" in refusal.message


def test_the_trust_policy_can_be_replaced(iam, role):
    other = json.loads(json.dumps(TRUST).replace("lambda.", "ec2."))
    iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(other))

    read = iam.get_role(RoleName=role["RoleName"])["Role"]
    assert read["AssumeRolePolicyDocument"] == other


def test_tags_are_added_replaced_and_removed(iam, role):
    name = role["RoleName"]
    assert iam.list_role_tags(RoleName=name)["Tags"] == []
    iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.tag_role(RoleName=name, Tags=[{"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}])
    iam.untag_role(RoleName=name, TagKeys=["a", "never-there"])

    tags = [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}]
    assert iam.list_role_tags(RoleName=name)["Tags"] == tags
    assert iam.get_role(RoleName=name)["Role"]["Tags"] == tags
    with refused("LimitExceeded", 409):
        iam.tag_role(RoleName=name, Tags=[{"Key": f"t{n}", "Value": ""} for n in range(49)])


def test_inline_policies(iam, role):
    name = role["RoleName"]
    iam.put_role_policy(RoleName=name, PolicyName="a", PolicyDocument=json.dumps(INLINE))
    iam.put_role_policy(RoleName=name, PolicyName="b", PolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="b", PolicyDocument=json.dumps(INLINE))
    read = iam.get_role_policy(RoleName=name, PolicyName="b")

    assert (read["RoleName"], read["PolicyName"]) == (name, "b")
    assert read["PolicyDocument"] == INLINE, "also a percent sign in it survives"
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["a", "b"]
    iam.delete_role_policy(RoleName=name, PolicyName="a")
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["b"]
    no_policy = "The role policy with name a cannot be found."
    with refused("NoSuchEntity", 404, no_policy):
        iam.get_role_policy(RoleName=name, PolicyName="a")
    with refused("NoSuchEntity", 404, no_policy):
        iam.delete_role_policy(RoleName=name, PolicyName="a")


def test_attached_policies_are_recorded(iam, role):
    name = role["RoleName"]
    iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED)
    iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED)

    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == [
        {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": MANAGED}]
    iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    with refused("NoSuchEntity", 404, f"Policy {MANAGED} was not found."):
        iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED)
    with refused("ValidationError", 400, "Invalid ARN:  Could not be parsed!"):
        iam.attach_role_policy(RoleName=name, PolicyArn="nonsense-of-20-characters")
    mine = f"arn:aws:iam::{ACCOUNT}:policy/mine"
    with refused("NoSuchEntity", 404, f"Policy {mine} does not exist or is not attachable."):
        iam.attach_role_policy(RoleName=name, PolicyArn=mine)


def test_a_role_is_deleted_only_when_it_is_bare(iam, role):
    name = role["RoleName"]
    iam.put_role_policy(RoleName=name, PolicyName="a", PolicyDocument=json.dumps(INLINE))
    iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED)
    with refused("DeleteConflict", 409, "Cannot delete entity, must detach all policies first."):
        iam.delete_role(RoleName=name)
    iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED)
    with refused("DeleteConflict", 409, "Cannot delete entity, must delete policies first."):
        iam.delete_role(RoleName=name)
    iam.delete_role_policy(RoleName=name, PolicyName="a")
    iam.delete_role(RoleName=name)

    with refused("NoSuchEntity", 404, f"The role with name {name} cannot be found."):
        iam.get_role(RoleName=name)


@pytest.mark.parametrize("operation, parameters", [
    ("get_role", {}),
    ("delete_role", {}),
    ("update_assume_role_policy", {"PolicyDocument": json.dumps(TRUST)}),
    ("tag_role", {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("untag_role", {"TagKeys": ["a"]}),
    ("list_role_tags", {}),
    ("put_role_policy", {"PolicyName": "p", "PolicyDocument": json.dumps(INLINE)}),
    ("get_role_policy", {"PolicyName": "p"}),
    ("delete_role_policy", {"PolicyName": "p"}),
    ("list_role_policies", {}),
    ("attach_role_policy", {"PolicyArn": MANAGED}),
    ("detach_role_policy", {"PolicyArn": MANAGED}),
    ("list_attached_role_policies", {}),
])
def test_a_role_that_is_not_there_is_named(iam, operation, parameters):
    with refused("NoSuchEntity", 404, NO_ROLE):
        getattr(iam, operation)(RoleName="nobody", **parameters)


def test_roles_are_listed_page_by_page_and_by_path(iam):
    names = [f"paged-{n}" for n in range(5)]
    for name in names:
        iam.create_role(RoleName=name, Path="/paged/", AssumeRolePolicyDocument=json.dumps(TRUST))
    pages = list(iam.get_paginator("list_roles").paginate(
        PathPrefix="/paged/", PaginationConfig={"PageSize": 2}))

    assert [len(page["Roles"]) for page in pages] == [2, 2, 1]
    assert [role["RoleName"] for page in pages for role in page["Roles"]] == names
    assert iam.list_roles(PathPrefix="/nowhere/")["Roles"] == []
    for name in names:
        iam.delete_role(RoleName=name)


def test_the_waiter_sees_the_role(iam, role):
    iam.get_waiter("role_exists").wait(RoleName=role["RoleName"])


def test_what_is_not_emulated_says_so(iam):
    with refused("NotEmulated", 501, "The local AWS does not emulate iam:CreateUser"):
        iam.create_user(UserName="somebody")


def test_a_managed_policy_has_versions_of_which_one_is_in_force(local_aws):
    iam = client(local_aws, "iam")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}
    made = iam.create_policy(PolicyName="managed", Path="/magi/", PolicyDocument=json.dumps(document))["Policy"]
    arn = made["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/magi/managed" and made["DefaultVersionId"] == "v1"
    with refused("EntityAlreadyExists", 409):
        iam.create_policy(PolicyName="managed", Path="/magi/", PolicyDocument=json.dumps(document))

    for number in range(2, 6):
        version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=number == 3)
        assert version["PolicyVersion"]["VersionId"] == f"v{number}"
    with refused("LimitExceeded", 409):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document))
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert {it["VersionId"]: it["IsDefaultVersion"] for it in versions} == {
        "v1": False, "v2": False, "v3": True, "v4": False, "v5": False}
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"] == document

    with refused("DeleteConflict", 409):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    for version in ("v1", "v2", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    with refused("NoSuchEntity", 404):
        iam.get_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity", 404, f"Policy {arn} was not found."):
        iam.get_policy(PolicyArn=arn)


def test_a_boundary_is_a_policy_that_exists_and_stays_as_long_as_it_is_used(local_aws):
    iam = client(local_aws, "iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    arn = iam.create_policy(PolicyName="limits", PolicyDocument=document)["Policy"]["Arn"]

    role = iam.create_role(RoleName="limited", AssumeRolePolicyDocument=document, PermissionsBoundary=arn)["Role"]
    shown = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    assert role["PermissionsBoundary"] == iam.get_role(RoleName="limited")["Role"]["PermissionsBoundary"] == shown
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    for call in (iam.create_role, iam.put_role_permissions_boundary):
        more = {"AssumeRolePolicyDocument": document} if call == iam.create_role else {}
        with refused("NoSuchEntity", 404):
            call(RoleName="limited", PermissionsBoundary=f"{arn}x", **more)
    iam.delete_role_permissions_boundary(RoleName="limited")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="limited")["Role"]
    iam.delete_policy(PolicyArn=arn)
