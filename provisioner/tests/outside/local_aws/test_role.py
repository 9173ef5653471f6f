"""The role of a function holds in the local AWS: the function signs with a session of its own role, and what the role's
policy does not allow, breaks. The policies are those that `provision up` writes."""

import copy
import json

import pytest

from accounts import AGENT_ID, Account
from deployment import Deployment
from examiner import ACCOUNT, TRUST, client, package, settle
from function_url import FunctionUrl, text_of
from processes import wait_until

QUESTION = "週休三日制を導入すべきでしょうか？"
ARN = "arn:aws:bedrock-agentcore:{region}:" + ACCOUNT + ":{kind}/magi-Council001"
INVOKE_AGENT = "bedrock:InvokeAgent"
INVOKE_RUNTIME = "bedrock-agentcore:InvokeAgentRuntime"
INVOKE_HARNESS = "bedrock-agentcore:InvokeHarness"
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")

# Answers each invocation with what its environment says of its credentials.
WHO = """
    import http.client, json, os

    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    path = "/2018-06-01/runtime/invocation"
    while True:
        connection = http.client.HTTPConnection(api)
        connection.request("GET", f"{path}/next")
        response = connection.getresponse()
        response.read()
        answer = http.client.HTTPConnection(api)
        invocation = response.headers["Lambda-Runtime-Aws-Request-Id"]
        answer.request("POST", f"{path}/{invocation}/response", json.dumps(
            {name: os.environ.get(name) for name in
             ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}))
        answer.getresponse().read()
"""


class Role:
    """The role of a deployment, whose policy can be changed and put back."""

    def __init__(self, deployment: Deployment):
        self.name = f"{deployment.name}-role"
        self.iam = deployment.account.client("iam")
        ((self.policy_name, self.policy),) = deployment.role_policies().items()

    def without(self, action: str) -> None:
        """Takes an action out of the policy as it was generated."""
        policy = copy.deepcopy(self.policy)
        before = len(self.actions(policy))
        for statement in policy["Statement"]:
            actions = statement["Action"]
            statement["Action"] = [it for it in ([actions] if isinstance(actions, str) else actions) if it != action]
        assert len(self.actions(policy)) < before, f"{action} is not in {self.policy}"
        self.put(policy)

    def put(self, policy: dict | None = None) -> None:
        self.iam.put_role_policy(RoleName=self.name, PolicyName=self.policy_name,
                                 PolicyDocument=json.dumps(policy or self.policy))

    @staticmethod
    def actions(policy: dict) -> list[str]:
        return [action for statement in policy["Statement"] for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])]


@pytest.fixture
def deployed(local_deployment: Deployment, local_account: Account):
    """Deploys with these agents; the function's URL, called with signatures, and its role."""
    def deploy(agent: dict) -> tuple[FunctionUrl, Role]:
        local_deployment.configure(agent=agent)
        url = local_deployment.made("--probe", "none")
        return FunctionUrl(url, local_account), Role(local_deployment)
    return deploy


def agent_of(kind: str, region: str) -> dict:
    if kind == "bedrock-agent":
        return {"id": AGENT_ID, "alias": "TSTALIASID", "name": "SOLOMON"}
    return {kind: ARN.format(region=region, kind=kind), "name": "SOLOMON"}


@pytest.mark.parametrize(("kind", "action"), [
    ("bedrock-agent", INVOKE_AGENT), ("runtime", INVOKE_RUNTIME),
    ("harness", INVOKE_HARNESS), ("harness", INVOKE_RUNTIME)])
def test_without_the_permission_there_is_no_answer(deployed, local_account: Account, kind: str, action: str):
    url, role = deployed(agent_of(kind, local_account.region))

    def ask() -> list[dict]:
        return list(url.ask(QUESTION).events())

    answer = ask()
    assert answer[-1]["type"] == "complete" and text_of(answer, "SOLOMON").startswith("三人の声を聞きました。")
    role.without(action)
    refused = ask()
    assert (refused[-1]["type"], refused[-1]["error"]) == ("error", "access_denied"), refused
    role.put()
    assert ask()[-1]["type"] == "complete"


def test_the_permission_for_one_alias_is_not_that_for_another(deployed):
    url, role = deployed({"id": AGENT_ID, "alias": "TSTALIASID", "name": "SOLOMON"})
    policy = json.loads(json.dumps(role.policy).replace("TSTALIASID", "LIVE"))
    assert policy != role.policy

    role.put(policy)

    assert list(url.ask(QUESTION).events())[-1]["error"] == "access_denied"


@pytest.mark.parametrize("action", LOGS)
def test_without_the_permission_nothing_is_logged(deployed, local_deployment: Deployment, action: str):
    url, role = deployed({"id": AGENT_ID, "alias": "TSTALIASID", "name": "SOLOMON"})
    logs = local_deployment.account.client("logs")

    def told(events: list[dict]) -> bool:
        request_id, group = events[0]["requestId"], f"/aws/lambda/{local_deployment.name}"
        found = logs.filter_log_events(logGroupName=group, filterPattern=f'"{request_id}"')["events"]
        return any('"outcome"' in event["message"] for event in found)

    def ask() -> list[dict]:
        events = list(url.ask(QUESTION).events())
        assert events[-1]["type"] == "complete", "the answer does not depend on the log"
        return events

    role.without(action)
    unlogged = ask()
    # Served by the same environment, and so only when the first has been written.
    ask()
    role.put()
    logged = ask()
    wait_until(lambda: told(logged), "the last answer is in the log")
    assert not told(unlogged)


@pytest.fixture
def who(local_aws: dict, name: str):
    """The role's ARN, and a function that tells its credentials."""
    iam, functions = client(local_aws, "iam"), client(local_aws, "lambda")
    role = iam.create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    functions.create_function(FunctionName=name, Role=role["Arn"], Handler="bootstrap", Runtime="provided.al2023",
                              Code={"ZipFile": package(WHO)}, Timeout=20)
    settle(functions, name)
    yield role, lambda: json.load(functions.invoke(FunctionName=name)["Payload"])
    functions.delete_function(FunctionName=name)


def test_a_function_runs_with_a_session_of_its_own_role(local_aws: dict, name: str, who):
    role, credentials = who[0], who[1]()

    assert credentials["AWS_ACCESS_KEY_ID"].startswith("ASIA") and credentials["AWS_SESSION_TOKEN"]
    keys = {"aws_access_key_id": credentials["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": credentials["AWS_SECRET_ACCESS_KEY"]}
    sts = client(local_aws, "sts", **keys, aws_session_token=credentials["AWS_SESSION_TOKEN"])
    identity = sts.get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role['RoleName']}/{name}"
    assert identity["UserId"] == f"{role['RoleId']}:{name}"
    with pytest.raises(sts.exceptions.ClientError, match="InvalidClientTokenId"):
        client(local_aws, "sts", **keys).get_caller_identity()


def test_a_function_whose_role_lambda_may_no_longer_assume_does_not_start(local_aws: dict, who):
    role, invoke = who
    trust = json.loads(json.dumps(TRUST).replace("lambda.amazonaws.com", "ec2.amazonaws.com"))
    client(local_aws, "iam").update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=json.dumps(trust))

    assert "The role defined for the function cannot be assumed by Lambda." in invoke()["errorMessage"]


@pytest.mark.parametrize("agent", [AGENT_ID, "CASPAR0001"])
def test_every_agent_has_a_test_alias(local_account: Account, agent: str):
    plane, runtime = (local_account.client(service) for service in ("bedrock-agent", "bedrock-agent-runtime"))

    alias = plane.get_agent_alias(agentId=agent, agentAliasId="TSTALIASID")["agentAlias"]
    assert (alias["agentAliasId"], alias["agentAliasStatus"]) == ("TSTALIASID", "PREPARED")
    answer = runtime.invoke_agent(agentId=agent, agentAliasId="TSTALIASID", sessionId="s-1", inputText=QUESTION)
    assert b"".join(event["chunk"]["bytes"] for event in answer["completion"])
    with pytest.raises(plane.exceptions.ResourceNotFoundException):
        plane.get_agent_alias(agentId=agent, agentAliasId="NOSUCHONE1")
