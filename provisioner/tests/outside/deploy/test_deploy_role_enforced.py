"""The generated deploy role, enforced by the local AWS: it suffices for every command, and nothing of it is too much."""

import json
import os

import pytest

from accounts import AGENT_ALIAS, AGENT_ID
from binaries import never_run
from deploy_role import DeployRole
from deployment import Deployment
from recorder import Recorder


@pytest.fixture(scope="module")
def roles(tmp_path_factory, local_account):
    """Makes deployments with a role each."""
    recorders = []

    def role(name: str, **settings) -> DeployRole:
        home, project = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("project")
        recorders.append(Recorder(local_account.endpoint))
        deployment = Deployment(local_account, recorders[-1], home, project, f"{name}-{os.getpid()}")
        deployment.configure(**settings)
        return DeployRole(deployment, home)

    yield role
    for recorder in recorders:
        recorder.close()


@pytest.fixture
def built_otherwise(bootstrap, tmp_path):
    """Another build of the function at each call."""
    def another(number: int) -> str:
        other = tmp_path / f"bootstrap-{number}"
        other.write_bytes(bootstrap.read_bytes() + b"\nbuild %d\n" % number)
        other.chmod(0o755)
        return str(other)
    return another


def test_it_suffices_for_every_command(roles, built_otherwise):
    role = roles("sufficient", reserved_concurrency=3)
    deployment, done = role.deployment, role.provision.done
    up = ("up", "--yes", "--binary", str(deployment.binary))

    done("plan", "--binary", str(deployment.binary))
    done(*up)
    assert "nothing to change" in done(*up).err
    done("up", "--yes", "--binary", built_otherwise(1))
    deployment.configure(auth="iam", memory_mb=512, log_retention_days=7, reserved_concurrency=3,
                         tags={"team": "nerv"}, environment={"COUNCIL": "x"},
                         cors={"allow_origins": ["https://app.example"]})
    done("up", "--yes", "--binary", built_otherwise(1))
    done("plan", "--binary", str(deployment.binary))
    for command in ("url", "status", "doctor", "logs"):
        done(command)
    done("ask", "可決すべきか?")
    done("rollback")
    deployment.configure(auth="none")
    done(*up)
    deployment.configure(auth="iam", keep_versions=2)
    done("up", "--yes", "--binary", built_otherwise(2))
    done("down", "--yes")
    done("down", "--yes", "--logs")

    assert not deployment.exists() and not deployment.role_exists() and deployment.log_group() is None


def test_each_action_is_needed_and_missed_by_name(roles, tmp_path):
    role = roles("minimal", reserved_concurrency=3)
    deployment = role.deployment
    missed: dict[str, str] = {}

    def needs(action: str, *command: str) -> None:
        run = role.run_with(role.without_action(action), *command)
        assert run.code == 1 and action in run.out + run.err, f"{action}: {command}: {run}"
        assert "Traceback" not in run.err and "panicked" not in run.err
        missed[action] = " ".join(command[:1])

    # Nothing is there. Each run goes on from where the one before it was refused.
    deployment.configure(auth="none", reserved_concurrency=3)
    up = ("up", "--yes", "--binary", str(never_run(tmp_path / "bootstrap")))
    for action in ("logs:DescribeLogGroups", "iam:GetRolePolicy", "lambda:GetFunction", "lambda:GetAlias",
                   "lambda:GetPolicy"):
        needs(action, "status")
    needs("lambda:GetFunctionUrlConfig", "url")
    for action in (
            "logs:CreateLogGroup", "logs:TagResource", "logs:PutRetentionPolicy", "iam:CreateRole", "iam:TagRole",
            "lambda:CreateFunction", "lambda:TagResource", "iam:PassRole", "lambda:GetFunctionConfiguration",
            "iam:PutRolePolicy", "lambda:PutFunctionConcurrency", "lambda:PublishVersion", "lambda:InvokeFunction"):
        needs(action, *up)
    up = (*up, "--probe", "none")
    for action in ("lambda:CreateAlias", "lambda:AddPermission", "lambda:CreateFunctionUrlConfig"):
        needs(action, *up)
    role.provision.done(*up)

    # All is there.
    needs("lambda:ListTags", "status")
    needs("iam:GetRole", "doctor")
    needs("logs:FilterLogEvents", "logs")
    deployment.configure(auth="none", reserved_concurrency=3, log_retention_days=7)
    needs("logs:ListTagsForResource", *up)
    deployment.configure(auth="none", reserved_concurrency=3, memory_mb=512)
    up = ("up", "--yes", "--binary", str(deployment.binary))
    for action in ("lambda:ListVersionsByFunction", "lambda:ListAliases", "lambda:UpdateFunctionConfiguration",
                   "lambda:UpdateFunctionCode", "lambda:UpdateAlias"):
        needs(action, *up)
    role.provision.done(*up)
    deployment.account.client("iam").update_assume_role_policy(
        RoleName=f"{deployment.name}-role", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
                "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}]}))
    deployment.account.client("iam").delete_role_permissions_boundary(RoleName=f"{deployment.name}-role")
    deployment.configure(auth="iam", reserved_concurrency=3)
    for action in ("iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy", "lambda:UpdateFunctionUrlConfig", "lambda:RemovePermission"):
        needs(action, *up)
    role.provision.done(*up)
    needs("lambda:InvokeFunctionUrl", "ask", "可決すべきか?")

    # All is taken away.
    for action in ("lambda:DeleteFunctionUrlConfig", "lambda:DeleteAlias", "lambda:DeleteFunction",
                   "iam:DeleteRolePolicy", "iam:DeleteRole", "logs:DeleteLogGroup"):
        needs(action, "down", "--yes", "--logs")
    role.provision.done("down", "--yes", "--logs")

    # Without it `up` warns and goes on: the next test is about that.
    missed["bedrock:GetAgentAlias"] = ""
    assert set(missed) == role.actions, set(missed) ^ role.actions


def test_it_may_reserve_concurrency_only_where_that_is_configured(roles, tmp_path):
    """Whoever may reserve may reserve nearly all that the account's other functions have left: IAM limits no amount."""
    role = roles("unreserved")
    up = ("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    role.provision.done(*up)
    functions = role.account.client("lambda")
    with pytest.raises(functions.exceptions.ClientError, match="lambda:PutFunctionConcurrency"):
        functions.put_function_concurrency(FunctionName=role.deployment.name, ReservedConcurrentExecutions=900)

    # Whoever configures it later is told which action is missing, and what writes it down.
    role.deployment.configure(reserved_concurrency=3)
    refused = role.provision(*up)

    hint = refused.err.partition("hint:")[2]
    assert refused.code == 1 and "`lambda:PutFunctionConcurrency`" in hint and "provision generate policy" in hint, refused
    assert role.deployment.reserved_concurrency() is None


def test_who_may_not_look_at_an_agent_of_any_kind_is_told_so(roles, tmp_path):
    arn = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:%s/magi-Council001"
    role = roles("looking", agent=None, default_agent="alias", agents={
        "alias": {"id": AGENT_ID, "alias": AGENT_ALIAS}, "draft": {"id": AGENT_ID, "alias": "TSTALIASID"},
        "runtime": {"runtime": arn % "runtime"}, "harness": {"harness": arn % "harness"}})
    up = ("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    doctor = ("doctor", "--probe", "none")
    look = {"BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false"}

    for command in (up, doctor):
        allowed = role.provision(*command, environment=look)
        assert allowed.code == 0 and ":Get" not in allowed.out + allowed.err, allowed
    looks = {action for action in role.actions if action.startswith("bedrock")}
    assert len(looks) == 5, looks
    for action in looks:
        role.allow(role.without_action(action))
        refused = role.provision(*doctor, environment=look)
        assert "note" in refused.out and action in refused.out, f"{action}: {refused}"

    # `up` warns with the cause and the remedy, and goes on.
    role.deployment.configure(memory_mb=512)
    warned = role.run_with(role.without_action("bedrock:GetAgentAlias"), "up", "--yes", "--probe", "none",
                           "--binary", str(never_run(tmp_path / "bootstrap")), environment=look)
    assert warned.code == 0 and "-> allow `bedrock:GetAgentAlias`" in warned.err, warned
    assert "AccessDeniedException: " in warned.err, warned


def test_it_suffices_for_taking_over_what_is_nobodys(roles, tmp_path):
    role = roles("adopting")
    deployment = role.deployment
    up = ("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    role.provision.done(*up, "--strict")
    functions, iam = (deployment.account.client(service) for service in ("lambda", "iam"))
    functions.untag_resource(Resource=functions.get_function(
        FunctionName=deployment.name)["Configuration"]["FunctionArn"], TagKeys=list(deployment.own_tags))
    iam.untag_role(RoleName=f"{deployment.name}-role", TagKeys=list(deployment.own_tags))
    assert role.provision(*up).code == 1

    role.provision.done(*up, "--adopt")

    assert deployment.own_tags.items() <= deployment.tags().items()
    role.provision.done(*up, "--strict")


def test_each_resource_is_needed(roles, tmp_path):
    role = roles("resources")
    deployment = role.deployment
    up = ("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    role.provision.done(*up)

    for sid, end, command in (("Function", f"function:{deployment.name}", ("status",)),
                              ("Function", f"function:{deployment.name}:*", ("url",)),
                              ("LogGroup", f"{deployment.name}:*", ("logs",))):
        run = role.run_with(role.without_resource(sid, end), *command)
        assert run.code == 1 and "is not authorized to perform" in run.err, f"{sid} {end}: {run}"
    deployment.configure(log_retention_days=7)
    run = role.run_with(role.without_resource("LogGroup", f"log-group:/aws/lambda/{deployment.name}"), *up)
    assert run.code == 1 and "logs:ListTagsForResource" in run.err, run


def test_another_deployment_is_out_of_reach(roles, tmp_path):
    role, other = roles("mine"), roles("theirs")
    up = ("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    other.provision.done(*up)
    before = other.deployment.configuration()["RevisionId"]

    role.deployment.configure(name=other.deployment.name, memory_mb=256)
    for command in (up, ("status",), ("url",), ("logs",), ("ask", "?"), ("rollback",), ("down", "--yes", "--logs"),
                    ("doctor",)):
        run = role.provision(*command)
        said = run.out + run.err
        assert run.code == 1 and "is not authorized to perform" in said and other.deployment.name in said, \
            f"{command}: {run}"
    # Nor may it hand another's role to Lambda, or its own to anything else.
    role.deployment.configure()
    role.provision.done(*up)
    functions = role.account.client("lambda")
    with pytest.raises(functions.exceptions.ClientError, match="iam:PassRole"):
        functions.update_function_configuration(FunctionName=role.deployment.name, Role=other.deployment.role()["Arn"])

    assert other.deployment.configuration()["RevisionId"] == before


def test_url_needs_one_permission(roles, tmp_path):
    role = roles("reader")
    role.provision.done("up", "--yes", "--probe", "none", "--binary", str(never_run(tmp_path / "bootstrap")))
    one = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "lambda:GetFunctionUrlConfig",
        "Resource": f"arn:aws:lambda:*:*:function:{role.deployment.name}:live"}]}

    run = role.run_with(one, "url")

    assert run.code == 0 and run.out.startswith("http"), run
