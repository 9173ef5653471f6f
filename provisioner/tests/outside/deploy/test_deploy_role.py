"""`provision generate policy` and `github`: who may take the role on, and what it reaches. That it suffices, and that
nothing of it is too much, test_deploy_role_enforced.py shows."""

import ast
import json
import re

import pytest
import yaml
from samtranslator.yaml_helper import yaml_parse

from accounts import Account
from deployment import Deployment

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


@pytest.mark.parametrize(("repository", "is_taken"), [
    ("nerv/magi", True), ("nerv@123456/magi@456789", True), ("a.b-c_d/e.f-g_h", True),
    ("nerv", False), ("nerv/*", False), ("nerv@123456/magi", False), ("nerv/magi@456789", False), ("nerv@x/magi@y", False),
    ("nerv/magi/x", False), ("nerv/magi:ref", False), ("", False)])
def test_a_repository_is_named_with_githubs_ids_or_without(role, repository, is_taken):
    """As GitHub's tokens name it in `sub`: repositories of 15 July 2026 or later, and those that opted in, with ids."""
    template = yaml_parse(role["deployment"].provision.done("generate", "policy").out)

    pattern = template["Parameters"]["Repository"]["AllowedPattern"]
    assert (re.fullmatch(pattern, repository) is not None) == is_taken


def test_it_makes_roles_only_within_the_boundary(role):
    boundary = f"arn:aws:iam::123456789012:policy/{role['deployment'].name}-boundary"
    for statement in role["statements"]:
        actions = set(statement["Action"]) if isinstance(statement["Action"], list) else {statement["Action"]}
        if actions & {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy"}:
            assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def test_a_boundary_of_somebody_elses_is_demanded_and_none_is_made(role):
    deployment = role["deployment"]
    theirs = "arn:aws:iam::123456789012:policy/org/everybody"
    for configured, demanded in ((theirs, theirs),
                                 ("org/everybody", {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/org/everybody"})):
        deployment.configure(permissions_boundary=configured)
        resources = yaml_parse(deployment.provision.done("generate", "policy").out)["Resources"]
        (policy,) = resources["DeployRole"]["Properties"]["Policies"]
        conditions = [it["Condition"]["StringEquals"] for it in policy["PolicyDocument"]["Statement"] if "Condition" in it]
        assert {"iam:PermissionsBoundary": demanded} in conditions and "Boundary" not in resources
        assert "PERMISSIONS_BOUNDARY" not in deployment.provision.done("generate", "github").out
    # Its own by name is its own.
    deployment.configure(permissions_boundary=f"{deployment.name}-boundary")
    assert "Boundary" in yaml_parse(deployment.provision.done("generate", "policy").out)["Resources"]


def test_it_reaches_this_deployment_and_no_other(role):
    name = role["deployment"].name
    # Whether the agents are ready is their own affair.
    elsewhere = ({"logs:DescribeLogGroups"}, {"bedrock:GetAgentAlias"})
    for statement in role["statements"]:
        actions = {statement["Action"]} if isinstance(statement["Action"], str) \
            else set(statement["Action"])
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) \
            else statement["Resource"]
        assert statement["Effect"] == "Allow" and not any("*" in action for action in actions)
        for resource in resources:
            own = re.search(rf"[:/]{re.escape(name)}(-role)?(:\*)?$", resource)
            assert own or actions in elsewhere, statement
        if "iam:PassRole" in actions:
            assert statement["Condition"] == {
                "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_the_workflow_has_no_keys_and_deploys_one_at_a_time(local_deployment: Deployment):
    local_deployment.provision.done("generate", "github", "--out", ".")
    file = local_deployment.project / ".github/workflows/deploy.yml"

    text = file.read_text()
    workflow = yaml.safe_load(text)
    build, deploy = workflow["jobs"].values()
    # What compiles can neither write nor become anybody.
    assert workflow["permissions"] == {} and build["permissions"] == {"contents": "read"}
    assert deploy["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["concurrency"] == {
        "group": f"deploy-{local_deployment.name}", "cancel-in-progress": False}
    assert "secrets." not in text and "AWS_SECRET_ACCESS_KEY" not in text
    (credentials,) = [step["with"] for step in deploy["steps"] if "role-to-assume" in step.get("with", {})]
    assert credentials["aws-region"] == local_deployment.account.region
    # What GitHub fills in is left to GitHub.
    assert credentials["role-to-assume"] == "${{ vars.AWS_DEPLOY_ROLE }}"
    assert "env" not in workflow
    assert deploy["env"] == {"BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY": f"{local_deployment.name}-boundary"}
    # `up` itself tells GitHub what came of it.
    assert '/provision" up --yes --no-env-file --binary' in deploy["steps"][-1]["run"]
    run = local_deployment.provision("generate", "github", "--out", ".", "--check")
    assert run.code == 0, run


def test_each_environment_has_a_workflow_and_a_role_of_its_own(local_deployment: Deployment):
    name = local_deployment.name
    local_deployment.configure(environments={"staging": {}, "load-test": {}})
    for env in ("staging", "load-test"):
        for target in ("github", "policy"):
            local_deployment.provision.done("generate", target, "--env", env, "--out", ".")
    local_deployment.provision.done("generate", "github", "--out", ".")
    workflows = local_deployment.project / ".github/workflows"

    assert {file.name for file in workflows.iterdir()} == {"deploy.yml", "deploy-staging.yml", "deploy-load-test.yml"}
    for env, variable in (("staging", "AWS_DEPLOY_ROLE_STAGING"), ("load-test", "AWS_DEPLOY_ROLE_LOAD_TEST")):
        text = (workflows / f"deploy-{env}.yml").read_text()
        workflow = yaml.safe_load(text)
        deploy = workflow["jobs"]["deploy"]
        assert workflow["env"] == {"BEDROCK_GATEWAY_ENV": env}
        assert deploy["env"] == {"BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY": f"{name}-{env}-boundary"}
        assert f"role-to-assume: ${{{{ vars.{variable} }}}}" in text
        assert f"variable set {variable} --body arn:aws:iam::ACCOUNT:role/{name}-{env}-deploy" in text
        assert f"deploy-{name}-{env}" in text and f"`provision generate github --env {env}`" in text
        assert (local_deployment.project / f"deploy-role-{env}.yaml").is_file()
    # With its variable the workflow's command deploys this environment.
    run = local_deployment.provision.done(
        "plan", "--json", "--binary", str(local_deployment.binary), environment=workflow["env"])
    assert json.loads(run.out)["name"] == f"{name}-load-test"
