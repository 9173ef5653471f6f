"""`provision up`: what it makes, that it makes it once, and that it changes no more than it must."""

import pytest

from accounts import AGENT_ALIAS, AGENT_ID
from deployment import Deployment

# gateway.yaml's one agent, as the function reads it.
AGENTS = ('{"agents":{"default":{"agentAliasId":"%s","agentId":"%s","name":"SOLOMON",'
          '"type":"bedrock-agent"}},"default":"default"}' % (AGENT_ALIAS, AGENT_ID))

# What reading everything may cost when nothing has changed.
MOST_REQUESTS = 10


def account_id(deployment: Deployment) -> str:
    return deployment.account.client("sts").get_caller_identity()["Account"]


def assert_nothing_left_to_do(deployment: Deployment) -> None:
    run = deployment.up()
    assert run.code == 0, run
    assert "nothing to change" in run.err, run
    assert deployment.recorder.writes == []


def test_makes_the_whole_deployment_in_an_empty_account(deployment: Deployment):
    url = deployment.made()

    configuration = deployment.configuration()
    expected = {"Runtime": "provided.al2023", "Handler": "bootstrap", "MemorySize": 2048,
                "Timeout": 600, "Architectures": ["x86_64"], "PackageType": "Zip"}
    assert expected.items() <= configuration.items()
    assert configuration["Role"] == deployment.role()["Arn"]
    assert configuration["Environment"]["Variables"] == {
        "GATEWAY_AGENTS": AGENTS, "GATEWAY_AUTH": "iam", "GATEWAY_TRACE": "summary",
        "GATEWAY_KEEP_ALIVE_SECONDS": "10", "GATEWAY_IDLE_TIMEOUT_SECONDS": "120"}
    assert deployment.version() == "1"
    config = deployment.url_config()
    assert (config["FunctionUrl"], config["AuthType"], config["InvokeMode"]) == (
        url, "AWS_IAM", "RESPONSE_STREAM")
    assert deployment.log_group()["retentionInDays"] == 14
    # Signed calls need permission in the caller's account only.
    assert deployment.statements() == []
    assert configuration["LoggingConfig"]["LogFormat"] == "JSON"
    assert configuration["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{deployment.name}"
    if not deployment.account.is_moto:
        # moto 5.2.5 knows one URL a function, whatever the qualifier.
        assert config["FunctionArn"].endswith(f":function:{deployment.name}:live")


def test_the_role_may_do_exactly_what_the_function_needs(deployment: Deployment):
    deployment.made()

    assert deployment.role()["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                       "Action": "sts:AssumeRole"}]}
    region, account = deployment.account.region, account_id(deployment)
    (policy,) = deployment.role_policies().values()
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "InvokeAgent", "Effect": "Allow", "Action": "bedrock:InvokeAgent",
             "Resource": f"arn:aws:bedrock:{region}:{account}:agent-alias/{AGENT_ID}/{AGENT_ALIAS}"},
            # Not CreateLogGroup: a group that Lambda made again would keep its logs for ever.
            {"Sid": "WriteLogs", "Effect": "Allow",
             "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
             "Resource": f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{deployment.name}:*"},
        ]}


def test_tags_everything_as_its_own_and_adds_the_users_tags(deployment: Deployment):
    deployment.configure(tags={"team": "nerv"})

    deployment.made()

    expected = {**deployment.own_tags, "team": "nerv"}
    assert deployment.tags() == expected
    assert deployment.log_group_tags() == expected
    assert {tag["Key"]: tag["Value"] for tag in deployment.role()["Tags"]} == expected


def test_a_second_run_writes_and_uploads_nothing(deployment: Deployment):
    url = deployment.made()

    assert deployment.made() == url

    assert deployment.recorder.writes == []
    assert len(deployment.recorder.requests) <= MOST_REQUESTS, [
        str(request) for request in deployment.recorder.requests]
    assert_nothing_left_to_do(deployment)


@pytest.mark.parametrize(("setting", "field", "value"), [
    ({"memory_mb": 512}, "MemorySize", 512),
    ({"timeout_seconds": 60}, "Timeout", 60),
], ids=["memory", "timeout"])
def test_a_changed_setting_reaches_the_callers_without_an_upload(
        deployment: Deployment, setting, field, value):
    url = deployment.made()
    deployment.configure(**setting)

    assert deployment.made() == url

    assert deployment.configuration()[field] == value
    assert deployment.version() == "2"
    assert not [str(request) for request in deployment.recorder.requests
                if request.path.partition("?")[0].endswith("/code")]
    assert_nothing_left_to_do(deployment)


def test_ephemeral_storage_is_left_as_it_is_unless_it_is_configured(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made()
    assert deployment.configuration()["EphemeralStorage"] == {"Size": 512}
    deployment.change_elsewhere(EphemeralStorage={"Size": 2048})

    deployment.made()

    assert deployment.configuration("$LATEST")["EphemeralStorage"] == {"Size": 2048}
    deployment.configure(ephemeral_storage_mb=1024)
    deployment.made()
    assert deployment.configuration()["EphemeralStorage"] == {"Size": 1024}
    assert_nothing_left_to_do(deployment)


def test_a_changed_variable_reaches_the_callers(deployment: Deployment):
    deployment.made()
    deployment.configure(environment={"COUNCIL": "東京"}, keep_alive_seconds=5)

    deployment.made()

    environment = deployment.environment()
    assert environment["COUNCIL"] == "東京"
    assert environment["GATEWAY_KEEP_ALIVE_SECONDS"] == "5"
    assert_nothing_left_to_do(deployment)


def test_new_code_reaches_the_callers_and_is_uploaded_once(deployment: Deployment, other_bootstrap):
    url = deployment.made()
    before = deployment.configuration()["CodeSha256"]
    deployment.binary = other_bootstrap

    assert deployment.made() == url

    uploads = [request for request in deployment.recorder.requests
               if request.path.partition("?")[0].endswith("/code")]
    assert len(uploads) == 1
    assert deployment.configuration()["CodeSha256"] != before
    assert deployment.version() == "2"
    assert_nothing_left_to_do(deployment)


def test_callers_never_meet_a_half_updated_function(deployment: Deployment, other_bootstrap):
    deployment.made()
    deployment.binary = other_bootstrap
    deployment.configure(memory_mb=256)

    deployment.made()

    # Both in one version, and the alias moves after everything else.
    assert deployment.version() == "2"
    last = deployment.recorder.writes[-1]
    assert (last.method, last.path.rpartition("/functions/")[2].rstrip("/")) == (
        "PUT", f"{deployment.name}/aliases/live")


def test_variables_that_others_set_survive(deployment: Deployment):
    deployment.made()
    functions = deployment.account.client("lambda")
    theirs = {**deployment.environment(), "OTEL_EXPORTER": "theirs"}
    functions.update_function_configuration(
        FunctionName=deployment.name, Environment={"Variables": theirs})
    functions.get_waiter("function_updated_v2").wait(FunctionName=deployment.name)
    deployment.configure(memory_mb=1024)

    deployment.made()

    assert deployment.environment() == theirs
    assert_nothing_left_to_do(deployment)


def test_a_variable_that_others_changed_is_set_right(deployment: Deployment):
    deployment.made()
    functions = deployment.account.client("lambda")
    wrong = {**deployment.environment(), "GATEWAY_AGENTS": "{}"}
    functions.update_function_configuration(
        FunctionName=deployment.name, Environment={"Variables": wrong})
    functions.get_waiter("function_updated_v2").wait(FunctionName=deployment.name)

    deployment.made()

    assert deployment.environment()["GATEWAY_AGENTS"] == AGENTS


def test_url_prints_the_url_for_one_request(deployment: Deployment):
    url = deployment.made()
    deployment.recorder.clear()

    run = deployment.provision("url")

    assert (run.code, run.out) == (0, f"{url}\n"), run
    assert len(deployment.recorder.requests) == 1


def test_url_of_nothing_fails_and_says_what_to_do(deployment: Deployment):
    run = deployment.provision("url")

    assert (run.code, run.out) == (1, ""), run
    assert "provision up" in run.err, run


def test_plan_tells_changes_by_its_exit_code_and_writes_nothing(deployment: Deployment):
    before = deployment.plan("--detailed-exitcode")
    assert (before.code, deployment.recorder.writes) == (2, []), before
    assert deployment.plan().code == 0
    deployment.made()

    after = deployment.plan("--detailed-exitcode")

    assert (after.code, deployment.recorder.writes) == (0, []), after
    assert "nothing to change" in after.err + after.out, after


def test_down_removes_what_up_made_and_up_makes_it_again(deployment: Deployment):
    deployment.made()

    run = deployment.down()

    assert run.code == 0, run
    assert not deployment.exists() and not deployment.role_exists()
    # Logs are evidence: they stay unless asked for.
    assert deployment.log_group() is not None
    again = deployment.down()
    assert (again.code, deployment.recorder.writes) == (0, []), again

    deployment.made()
    assert deployment.exists() and deployment.role_exists()
    assert_nothing_left_to_do(deployment)
    assert deployment.down("--logs").code == 0
    assert deployment.log_group() is None
