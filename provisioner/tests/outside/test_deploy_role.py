"""`provision generate policy` and `github`: a role that may do what `provision` does, and little else."""

import ast
import re

import pytest
import yaml
from botocore.session import get_session

from accounts import Account
from deployment import Deployment
from recorder import Request

# Not requests of their own: AWS asks for these permissions with another request.
WITH_ANOTHER = {
    "iam:PassRole",                                         # with CreateFunction
    "lambda:ListTags",                                      # with GetFunction, which shows tags
    "lambda:InvokeFunctionUrl", "lambda:InvokeFunction",    # with a call of the URL
}
# Needed on a way that this tour does not take: releases that go back, settings by hand.
ELSEWHERE = {
    "iam:UpdateAssumeRolePolicy", "lambda:GetFunctionConfiguration", "lambda:ListAliases",
    "lambda:ListVersionsByFunction", "lambda:PutFunctionConcurrency", "iam:GetRole",
    "lambda:GetAlias", "lambda:DeleteAlias",
}


# The one operation whose permission has another name.
OTHER_NAMES = {"lambda:Invoke": "lambda:InvokeFunction"}


def action_of(request: Request) -> str:
    """The permission that a request takes, by botocore's models."""
    if request.action:
        return f"{request.service}:{request.action}"
    model = get_session().get_service_model(request.service)
    path = request.path.partition("?")[0]
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(http["requestUri"].partition("?")[0]))
        if http["method"] == request.method and re.fullmatch(pattern, path):
            operation = f"{request.service}:{name}"
            return OTHER_NAMES.get(operation, operation)
    raise AssertionError(f"no operation is {request}")


@pytest.fixture
def role(moto: Account, deployments, local_account, name) -> dict:
    """The generated role, as CloudFormation makes it on moto."""
    deployment = deployments(local_account, name)
    template = deployment.provision.done("generate", "policy").out
    stack = moto.client("cloudformation")
    stack.create_stack(
        StackName="deploy", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": "Repository", "ParameterValue": "nerv/magi"},
                    {"ParameterKey": "Provider", "ParameterValue": "exists"}])
    iam = moto.client("iam")
    role = iam.get_role(RoleName=f"{name}-deploy")["Role"]
    policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName="provision")
    return {"deployment": deployment, "trust": document(role["AssumeRolePolicyDocument"]),
            "statements": document(policy["PolicyDocument"])["Statement"]}


def document(answered: dict | str) -> dict:
    """moto 5.2.5 answers a document out of a template as Python prints it, not as JSON."""
    return ast.literal_eval(answered) if isinstance(answered, str) else answered


def test_only_this_repositorys_branch_may_take_it_on(role):
    (statement,) = role["trust"]["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": "arn:aws:iam::123456789012:oidc-provider/"
                                                   "token.actions.githubusercontent.com"}
    assert statement["Condition"] == {"StringEquals": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:nerv/magi:ref:refs/heads/main"}}


def test_it_reaches_this_deployment_and_no_other(role):
    name = role["deployment"].name
    lists = {"logs:DescribeLogGroups"}
    for statement in role["statements"]:
        actions = {statement["Action"]} if isinstance(statement["Action"], str) \
            else set(statement["Action"])
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) \
            else statement["Resource"]
        assert statement["Effect"] == "Allow" and not any("*" in action for action in actions)
        for resource in resources:
            own = re.search(rf"[:/]{re.escape(name)}(-role)?(:\*)?$", resource)
            assert own or actions == lists, statement
        if "iam:PassRole" in actions:
            assert statement["Condition"] == {
                "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_it_suffices_for_everything_and_holds_nothing_that_is_never_used(role, other_bootstrap):
    deployment = role["deployment"]
    recorded: list[Request] = []

    def tour(*arguments: str, **settings) -> None:
        if settings:
            deployment.configure(**settings)
        deployment.recorder.clear()
        run = deployment.provision(*arguments)
        assert run.code == 0, run
        recorded.extend(deployment.recorder.requests)

    up = ("up", "--yes", "--binary", str(deployment.binary))
    tour(*up, auth="none")
    tour(*up)
    tour("plan", "--binary", str(deployment.binary))
    tour(*up, memory_mb=512, log_retention_days=7, tags={"a": "b"}, trace="off",
         agent={"id": "OTHER", "alias": "B"})
    tour("up", "--yes", "--binary", str(other_bootstrap))
    for command in ("status", "url", "logs"):
        tour(command)
    tour("down", "--yes", "--logs")

    used = {action_of(request) for request in recorded} - {"sts:GetCallerIdentity"}
    allowed = set()
    for statement in role["statements"]:
        action = statement["Action"]
        allowed |= {action} if isinstance(action, str) else set(action)
    assert used <= allowed, used - allowed
    assert allowed - used <= WITH_ANOTHER | ELSEWHERE, allowed - used - WITH_ANOTHER - ELSEWHERE


def test_the_workflow_has_no_keys_and_deploys_one_at_a_time(local_deployment: Deployment):
    local_deployment.provision.done("generate", "github", "--out", ".")
    file = local_deployment.project / ".github/workflows/deploy.yml"

    text = file.read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["concurrency"] == {
        "group": f"deploy-{local_deployment.name}", "cancel-in-progress": False}
    assert "secrets." not in text and "AWS_SECRET_ACCESS_KEY" not in text
    (deploy,) = workflow["jobs"].values()
    credentials = deploy["steps"][1]["with"]
    assert credentials["aws-region"] == local_deployment.account.region
    # What GitHub fills in is left to GitHub.
    assert credentials["role-to-assume"] == "${{ vars.AWS_DEPLOY_ROLE }}"
    run = local_deployment.provision("generate", "github", "--out", ".", "--check")
    assert run.code == 0, run
