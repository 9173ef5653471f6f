"""AssumeRole, and policies that hold, examined by botocore."""

import datetime
import itertools
import json

import pytest

from examiner import ACCOUNT, client, package, refused

TRUST = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
LAMBDA = {"Service": "lambda.amazonaws.com"}
_numbers = itertools.count(1)


class Role:
    """A role made by the developer, and clients for whoever takes it on."""

    def __init__(self, local_aws: dict, *statements: dict, principal: dict | str = TRUST, **settings):
        self.local_aws = local_aws
        self.name = f"access-{next(_numbers)}"
        self.iam = client(local_aws, "iam")
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **settings.pop("trust", {})}]}
        made = self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(trust), **settings)
        self.arn, self.id = made["Role"]["Arn"], made["Role"]["RoleId"]
        self.allow(*statements)

    def allow(self, *statements: dict) -> None:
        self.iam.put_role_policy(RoleName=self.name, PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **it} for it in statements]}))

    def assume(self, **arguments) -> dict:
        sts = client(self.local_aws, "sts")
        return sts.assume_role(RoleArn=self.arn, RoleSessionName="magi", **arguments)

    def client(self, service: str, **overrides):
        credentials = self.assume()["Credentials"]
        return client(self.local_aws, service, **{
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"], **overrides})

    def denial(self, action: str, resource: str) -> str:
        return (f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/magi is not authorized to perform: {action} "
                f"on resource: {resource} because no identity-based policy allows the {action} action")


def test_a_role_is_taken_on_for_a_while(local_aws):
    role = Role(local_aws)

    assumed = role.assume(DurationSeconds=900)

    assert assumed["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role.id}:magi", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/magi"}
    left = assumed["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=14) < left <= datetime.timedelta(minutes=15)
    identity = role.client("sts").get_caller_identity()
    assert identity["Arn"] == assumed["AssumedRoleUser"]["Arn"]
    assert identity["UserId"] == assumed["AssumedRoleUser"]["AssumedRoleId"]


def test_temporary_credentials_are_three(local_aws):
    role = Role(local_aws, {"Action": "*"})
    for token in (None, "another"):
        with refused("InvalidClientTokenId", 403, "The security token included in the request is invalid."):
            role.client("sts", aws_session_token=token).get_caller_identity()
        with refused("UnrecognizedClientException", 403):
            role.client("lambda", aws_session_token=token).list_functions()


@pytest.mark.parametrize("arguments, words", [
    ({"DurationSeconds": 899}, "greater than or equal to 900"),
    ({"DurationSeconds": 43201}, "less than or equal to 43200"),
    ({"DurationSeconds": 3601}, "exceeds the MaxSessionDuration"),
    ({"RoleSessionName": "a"}, "length greater than or equal to 2"),
    ({"RoleSessionName": "a b"}, "regular expression"),
])
def test_what_cannot_be_asked_for(local_aws, arguments, words):
    role = Role(local_aws)
    with refused("ValidationError", 400) as refusal:
        client(local_aws, "sts").assume_role(**{"RoleArn": role.arn, "RoleSessionName": "magi", **arguments})
    assert words in refusal.message


def test_only_those_whom_the_role_trusts(local_aws):
    developer = f"arn:aws:iam::{ACCOUNT}:user/developer"
    for principal in (TRUST, {"AWS": developer}, {"AWS": [ACCOUNT, "arn:aws:iam::111111111111:root"]}, "*"):
        assert Role(local_aws, principal=principal).assume()
    distrustful = [Role(local_aws, principal=principal) for principal in (
        LAMBDA, {"AWS": f"{developer}s"}, {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/x"})]
    gone = Role(local_aws)
    gone.iam.delete_role_policy(RoleName=gone.name, PolicyName="p")
    gone.iam.delete_role(RoleName=gone.name)
    for role in (*distrustful, gone):
        with refused("AccessDenied", 403, f"User: {developer} is not authorized to perform: sts:AssumeRole "
                                          f"on resource: {role.arn}"):
            role.assume()


def test_a_trust_policys_condition_holds(local_aws):
    role = Role(local_aws, trust={"Condition": {"StringEquals": {"sts:ExternalId": "7"}}})

    assert role.assume(ExternalId="7")
    for arguments in ({}, {"ExternalId": "8"}):
        with refused("AccessDenied", 403):
            role.assume(**arguments)


def test_a_role_takes_on_another_if_its_policies_let_it(local_aws):
    second = Role(local_aws)
    first = Role(local_aws, {"Action": "sts:AssumeRole", "Resource": second.arn})
    other = Role(local_aws)

    assert first.client("sts").assume_role(RoleArn=second.arn, RoleSessionName="chained")
    with refused("AccessDenied", 403):
        first.client("sts").assume_role(RoleArn=other.arn, RoleSessionName="chained")


def test_what_no_policy_allows_is_refused_in_the_words_of_the_service(local_aws):
    role = Role(local_aws, {"Action": "ec2:*"})
    region, prefix = local_aws["region"], f"arn:aws:lambda:{local_aws['region']}:{ACCOUNT}:function"

    with refused("AccessDeniedException", 403, role.denial("lambda:GetFunction", f"{prefix}:magi")):
        role.client("lambda").get_function(FunctionName="magi")
    with refused("AccessDeniedException", 403, role.denial("lambda:GetFunctionUrlConfig", f"{prefix}:magi:live")):
        role.client("lambda").get_function_url_config(FunctionName="magi", Qualifier="live")
    with refused("AccessDeniedException", 403, role.denial("lambda:ListFunctions", "*")):
        role.client("lambda").list_functions()
    with refused("AccessDenied", 403, role.denial("iam:GetRole", "role magi-role")):
        role.client("iam").get_role(RoleName="magi-role")
    with refused("AccessDeniedException", 400, role.denial(
            "logs:PutRetentionPolicy", f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/magi:log-stream:")):
        role.client("logs").put_retention_policy(logGroupName="/magi", retentionInDays=7)
    with refused("AccessDeniedException", 403, role.denial("bedrock:ListAgents", "*")):
        role.client("bedrock-agent").list_agents()


def test_what_a_policy_forbids_no_other_allows(local_aws):
    role = Role(local_aws, {"Action": "lambda:*"}, {"Effect": "Deny", "Action": "lambda:List*"})

    role.client("lambda").get_account_settings()
    with refused("AccessDeniedException", 403, (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/magi is not authorized to perform: "
            "lambda:ListFunctions on resource: * with an explicit deny in an identity-based policy")):
        role.client("lambda").list_functions()


def test_a_role_is_passed_to_lambda_with_permission_only(local_aws):
    execution = Role(local_aws, principal=LAMBDA)
    functions = {"Action": "lambda:*"}
    passing = {"Action": "iam:PassRole", "Resource": execution.arn}
    role = Role(local_aws, functions)
    arguments = {"FunctionName": role.name, "Role": execution.arn, "Runtime": "provided.al2023",
                 "Handler": "bootstrap", "Code": {"ZipFile": package()}}

    for statements in ((functions,), (functions, {**passing, "Condition": {
            "StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}})):
        role.allow(*statements)
        with refused("AccessDeniedException", 403, role.denial("iam:PassRole", execution.arn)):
            role.client("lambda").create_function(**arguments)
    role.allow(functions, {**passing, "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}})
    role.client("lambda").create_function(**arguments)


def test_tags_are_hidden_from_whoever_may_not_list_them(local_aws):
    execution = Role(local_aws, principal=LAMBDA)
    role = Role(local_aws, {"Action": "lambda:GetFunction"})
    client(local_aws, "lambda").create_function(
        FunctionName=role.name, Role=execution.arn, Runtime="provided.al2023", Handler="bootstrap",
        Code={"ZipFile": package()}, Tags={"team": "nerv"})

    answer = role.client("lambda").get_function(FunctionName=role.name)

    assert "Tags" not in answer and answer["TagsError"]["ErrorCode"] == "AccessDeniedException"
    assert "lambda:ListTags" in answer["TagsError"]["Message"]
    role.allow({"Action": ["lambda:GetFunction", "lambda:ListTags"]})
    assert role.client("lambda").get_function(FunctionName=role.name)["Tags"] == {"team": "nerv"}


def test_what_is_not_understood_lets_nobody_in(local_aws):
    role = Role(local_aws, {"Action": "*", "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}})
    with refused("NotEmulated", 501, "The local AWS does not emulate the condition key `aws:SourceIp`"):
        role.client("lambda").list_functions()

    role = Role(local_aws)
    role.iam.attach_role_policy(RoleName=role.name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with refused("NotEmulated", 501) as refusal:
        role.client("lambda").list_functions()
    assert "ReadOnlyAccess" in refusal.message


def test_a_deleted_roles_sessions_may_nothing(local_aws):
    role = Role(local_aws, {"Action": "*"})
    functions = role.client("lambda")
    functions.list_functions()
    role.iam.delete_role_policy(RoleName=role.name, PolicyName="p")
    role.iam.delete_role(RoleName=role.name)

    with refused("AccessDeniedException", 403):
        functions.list_functions()


def boundary_of(local_aws: dict, *statements: dict) -> str:
    """The ARN of a managed policy."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **it} for it in statements]}
    iam = client(local_aws, "iam")
    return iam.create_policy(PolicyName=f"boundary-{next(_numbers)}", PolicyDocument=json.dumps(document))["Policy"]["Arn"]


def test_a_boundary_limits_what_policies_allow(local_aws):
    boundary = boundary_of(local_aws, {"Action": ["lambda:*", "iam:Get*"]},
                           {"Effect": "Deny", "Action": "lambda:ListFunctions"})
    role = Role(local_aws, {"Action": ["lambda:*", "logs:*"]}, PermissionsBoundary=boundary)
    who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/magi is not authorized to perform: "

    role.client("lambda").get_account_settings()
    with refused("AccessDeniedException", 400) as refusal:
        role.client("logs").describe_log_groups()
    assert refusal.message.startswith(who) and refusal.message.endswith(
        "because no permissions boundary allows the logs:DescribeLogGroups action")
    with refused("AccessDeniedException", 403, f"{who}lambda:ListFunctions on resource: * "
                                               "with an explicit deny in a permissions boundary"):
        role.client("lambda").list_functions()
    # What a boundary allows it does not give.
    with refused("AccessDenied", 403, role.denial("iam:GetRole", f"role {role.name}")):
        role.client("iam").get_role(RoleName=role.name)
    role.iam.delete_role_permissions_boundary(RoleName=role.name)
    role.client("logs").describe_log_groups()


def test_everything_but_some_actions_is_denied(local_aws):
    boundary = boundary_of(local_aws, {"Action": "*"}, {"Effect": "Deny", "NotAction": "lambda:Get*"})
    role = Role(local_aws, {"Action": "*"}, PermissionsBoundary=boundary)

    role.client("lambda").get_account_settings()
    with refused("AccessDeniedException", 403):
        role.client("lambda").list_functions()


def test_a_trust_policy_does_not_reach_beyond_a_boundary_unless_it_names_the_session(local_aws):
    bounded = Role(local_aws, PermissionsBoundary=boundary_of(local_aws, {"Action": "lambda:*"}))
    denied = Role(local_aws, PermissionsBoundary=boundary_of(
        local_aws, {"Action": "*"}, {"Effect": "Deny", "Action": "sts:AssumeRole"}))

    def session(role: Role) -> str:
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/magi"

    for caller, principal, is_let_in in ((bounded, bounded.arn, False), (bounded, session(bounded), True),
                                         (denied, denied.arn, False), (denied, session(denied), False),
                                         (Role(local_aws), None, True)):
        target = Role(local_aws, principal={"AWS": principal or caller.arn})
        assume = lambda: caller.client("sts").assume_role(RoleArn=target.arn, RoleSessionName="chained")  # noqa: B023, E731
        if is_let_in:
            assume()
        else:
            with refused("AccessDenied", 403):
                assume()


def test_roles_are_made_and_given_policies_within_a_boundary_only(local_aws):
    boundary, other = (boundary_of(local_aws, {"Action": "*"}) for _ in range(2))
    actions = ["CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary", "UpdateAssumeRolePolicy"]
    deployer = Role(local_aws, {"Action": [f"iam:{it}" for it in actions],
                                "Condition": {"StringEquals": {"iam:PermissionsBoundary": boundary}}})
    iam, document = deployer.client("iam"), json.dumps({"Version": "2012-10-17", "Statement": []})
    within, without = Role(local_aws, PermissionsBoundary=boundary), Role(local_aws, PermissionsBoundary=other)
    name = f"made-{next(_numbers)}"

    def policies(role: Role):
        yield lambda: iam.put_role_policy(RoleName=role.name, PolicyName="x", PolicyDocument=document)
        yield lambda: iam.attach_role_policy(RoleName=role.name, PolicyArn=other)

    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, PermissionsBoundary=boundary)
    iam.put_role_permissions_boundary(RoleName=without.name, PermissionsBoundary=boundary)
    for allowed in policies(within):
        allowed()
    without = Role(local_aws, PermissionsBoundary=other)
    for denied in (lambda: iam.create_role(RoleName=f"{name}x", AssumeRolePolicyDocument=document),
                   lambda: iam.create_role(RoleName=f"{name}x", AssumeRolePolicyDocument=document, PermissionsBoundary=other),
                   lambda: iam.put_role_permissions_boundary(RoleName=within.name, PermissionsBoundary=other),
                   # AWS does not tell the boundary where a trust policy is written.
                   lambda: iam.update_assume_role_policy(RoleName=within.name, PolicyDocument=document),
                   *policies(without)):
        with refused("AccessDenied", 403):
            denied()


def test_an_attached_policy_counts_in_the_version_that_is_in_force(local_aws):
    policy = boundary_of(local_aws, {"Action": "lambda:ListFunctions"})
    role = Role(local_aws, {"Action": "ec2:*"})
    role.iam.attach_role_policy(RoleName=role.name, PolicyArn=policy)
    functions = role.client("lambda")
    functions.list_functions()

    nothing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    version = role.iam.create_policy_version(PolicyArn=policy, PolicyDocument=nothing)["PolicyVersion"]
    assert (version["VersionId"], version["IsDefaultVersion"]) == ("v2", False)
    functions.list_functions()
    role.iam.set_default_policy_version(PolicyArn=policy, VersionId="v2")
    with refused("AccessDeniedException", 403):
        functions.list_functions()
