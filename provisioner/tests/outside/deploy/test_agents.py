"""Which agents a deployment has, who may call it, and what its function and role make of that."""

import json

import pytest

from deployment import Deployment
from public_url import BOTH, conditions

RUNTIME = "arn:aws:bedrock-agentcore:{region}:123456789012:runtime/research-AbC1234567"
HARNESS = "arn:aws:bedrock-agentcore:{region}:123456789012:harness/assistant-AbC1234567"


def test_a_harness_without_memory_gets_the_whole_conversation(deployment: Deployment):
    harness = HARNESS.format(region=deployment.account.region)
    deployment.configure(agent={"harness": harness, "history": "client", "name": "assistant"})
    deployment.made()

    told = json.loads(deployment.environment()["GATEWAY_AGENTS"])
    assert told["agents"]["default"]["history"] == "client"
    assert deployment.made() and deployment.recorder.writes == []

    deployment.configure(agent={"harness": harness, "history": "session", "name": "assistant"})
    run = deployment.up()
    assert f"DEFAULT, history: client, called assistant -> {harness}, endpoint DEFAULT, called" in run.err, run
    assert "history" not in json.loads(deployment.environment()["GATEWAY_AGENTS"])["agents"]["default"]


@pytest.fixture
def council(deployment: Deployment) -> Deployment:
    """One agent of each kind."""
    region = deployment.account.region
    deployment.configure(
        agent=None, default_agent="magi",
        agents={"magi": {"id": "MAGICOUNCL", "alias": "LIVE", "name": "SOLOMON"},
                "research": {"runtime": RUNTIME.format(region=region), "protocol": "a2a"},
                "assistant": {"harness": HARNESS.format(region=region), "qualifier": "beta"}},
        members={"CASPAR": {"name": "カスパー", "role": "sage"}})
    return deployment


def test_the_function_is_told_all_of_them(council: Deployment):
    council.made()

    region = council.account.region
    text = council.environment()["GATEWAY_AGENTS"]
    assert json.loads(text) == {
        "default": "magi",
        "agents": {
            "magi": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE",
                     "name": "SOLOMON"},
            "research": {"type": "agentcore-runtime", "arn": RUNTIME.format(region=region),
                         "qualifier": "DEFAULT", "name": "research", "protocol": "a2a"},
            "assistant": {"type": "harness", "arn": HARNESS.format(region=region),
                          "qualifier": "beta", "name": "assistant"}},
        "members": {"CASPAR": {"name": "カスパー", "role": "sage"}}}
    # Lambda allows 4 KB for all variables together.
    assert ": " not in text and "\n" not in text
    assert council.made() and council.recorder.writes == []


def test_the_role_may_call_each_of_them_and_nothing_else(council: Deployment):
    council.made()

    region = council.account.region
    runtime, harness = RUNTIME.format(region=region), HARNESS.format(region=region)
    account = council.account.client("sts").get_caller_identity()["Account"]
    (policy,) = council.role_policies().values()
    allowed = {statement["Sid"]: (statement["Action"], statement["Resource"])
               for statement in policy["Statement"]}
    assert allowed == {
        "InvokeAgent": ("bedrock:InvokeAgent",
                        f"arn:aws:bedrock:{region}:{account}:agent-alias/MAGICOUNCL/LIVE"),
        # AWS checks the runtime and its endpoint.
        "InvokeRuntime": ("bedrock-agentcore:InvokeAgentRuntime",
                          [runtime, f"{runtime}/runtime-endpoint/DEFAULT"]),
        # A harness runs on a runtime, and calling it takes both permissions.
        "InvokeHarness": (["bedrock-agentcore:InvokeHarness",
                           "bedrock-agentcore:InvokeAgentRuntime"],
                          [harness, f"{harness}/harness-endpoint/beta"]),
        "WriteLogs": (["logs:CreateLogStream", "logs:PutLogEvents"],
                      f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{council.name}:*")}


def test_another_agent_is_an_update_of_role_and_function_and_nothing_else(council: Deployment):
    url = council.made()
    council.configure()

    assert council.made() == url

    (policy,) = council.role_policies().values()
    assert [statement["Sid"] for statement in policy["Statement"]] == ["InvokeAgent", "WriteLogs"]
    assert "members" not in council.environment()["GATEWAY_AGENTS"]
    assert council.version() == "2"


def test_tokens_are_checked_by_the_function_so_the_url_is_open(deployment: Deployment):
    deployment.configure(auth="jwt", jwt={"issuer": "https://issuer.example/", "audience": ["a", "b"]})

    run = deployment.up()

    assert run.code == 0, run
    assert deployment.url_config()["AuthType"] == "NONE"
    assert conditions(deployment) == BOTH
    told = deployment.environment()
    assert (told["GATEWAY_AUTH"], told["GATEWAY_JWT_ISSUER"], told["GATEWAY_JWT_AUDIENCE"]) == (
        "jwt", "https://issuer.example/", "a,b")
    assert "whoever knows the URL" not in run.err, run

    # Back to signatures: nothing of it stays.
    deployment.configure()
    deployment.made()
    assert deployment.url_config()["AuthType"] == "AWS_IAM" and deployment.statements() == []
    assert not [key for key in deployment.environment() if key.startswith("GATEWAY_JWT")]


def test_environments_stand_side_by_side(deployments, local_account, name):
    deployment = deployments(local_account, name)
    deployment.configure(tags={"stage": "production"}, environments={
        "staging": {"agent": {"alias": "STAGE"}, "tags": {"stage": "staging"}, "memory_mb": 512}})
    staging = deployments(local_account, f"{name}-staging")

    production_url = deployment.made()
    staging_url = deployment.made("--env", "staging")

    assert production_url != staging_url
    assert deployment.configuration()["MemorySize"] == 2048
    assert staging.configuration()["MemorySize"] == 512
    assert staging.tags() == {**staging.own_tags, "stage": "staging"}
    assert '"agentAliasId":"STAGE"' in staging.environment()["GATEWAY_AGENTS"]
    line = "BEDROCK_GATEWAY_LAMBDA_URL={}\n"
    assert (deployment.project / ".env.local").read_text() == line.format(production_url)
    assert (deployment.project / ".env.staging.local").read_text() == line.format(staging_url)
    run = deployment.provision.done("url", environment={"BEDROCK_GATEWAY_ENV": "staging"})
    assert run.out == f"{staging_url}\n"

    assert deployment.down("--env", "staging").code == 0
    assert deployment.exists() and not staging.exists()


def test_flags_suffice_for_an_agentcore_runtime(local_deployment: Deployment):
    (local_deployment.project / "gateway.yaml").unlink()
    runtime = RUNTIME.format(region=local_deployment.account.region)

    local_deployment.made("--name", local_deployment.name, "--agent-runtime", runtime)

    agents = json.loads(local_deployment.environment()["GATEWAY_AGENTS"])
    assert agents["agents"]["default"]["arn"] == runtime
