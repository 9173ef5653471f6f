"""The local AWS belongs to who has started it. Everybody on the machine reaches its ports, and so does a page in the
developer's browser whose name was made to lead to 127.0.0.1: none of them gets anywhere."""

import json
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts import Account
from another_user import run_as_another_user, status_for_another_user
from doors import REBOUND, knock, signed
from examiner import client, package
from local_dev import local_dev
from processes import wait_until
from provision import Provision
from raw_function import RawFunction

FUNCTIONS = "/2015-03-31/functions"
RUNTIME = "/2018-06-01/runtime"
# Keys that others may know: those of other emulators, and one that this one had for everybody once.
KNOWN_KEYS = [("test", "test"), ("LOCALAWS00000000DEV0", "local/only/developer/secret/0000000000dev")]


# ---- The keys ----

@pytest.mark.parametrize("key", KNOWN_KEYS, ids=["test", "fixed"])
def test_keys_that_others_know_open_nothing(local_aws, key):
    stranger = {"aws_access_key_id": key[0], "aws_secret_access_key": key[1]}
    for service, call in [
            ("sts", lambda aws: aws.get_caller_identity()),
            ("iam", lambda aws: aws.get_role(RoleName="examined")),
            ("lambda", lambda aws: aws.create_function(
                FunctionName="strangers", Role="arn:aws:iam::123456789012:role/examined", Handler="bootstrap",
                Runtime="provided.al2023", Code={"ZipFile": package("print('theirs')")})),
            ("lambda", lambda aws: aws.invoke(FunctionName="raw")),
            ("logs", lambda aws: aws.describe_log_groups())]:
        with pytest.raises(ClientError) as refused:
            call(client(local_aws, service, **stranger))
        assert refused.value.response["Error"]["Code"] in ("UnrecognizedClientException", "InvalidClientTokenId")


def test_each_run_has_keys_of_its_own(local_aws, tmp_path):
    with local_dev(tmp_path) as other:
        assert other["accessKeyId"] != local_aws["accessKeyId"]
        assert other["secretAccessKey"] != local_aws["secretAccessKey"]
        with pytest.raises(ClientError):
            client({**local_aws, "endpoint": other["endpoint"]}, "sts").get_caller_identity()
        assert client(other, "sts").get_caller_identity()["Arn"].endswith(":user/developer")


def test_only_their_owner_can_read_the_keys(local_aws):
    file = Path(local_aws["configFile"])

    assert local_aws["secretAccessKey"] in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert run_as_another_user("cat", str(file)).stdout == b""


def test_the_keys_are_not_on_any_command_line(local_aws):
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout

    assert local_aws["secretAccessKey"] not in listed


def test_a_second_terminal_gets_in_with_the_profile(local_aws, monkeypatch, provision: Provision):
    variables = {"AWS_CONFIG_FILE": local_aws["configFile"], "AWS_PROFILE": local_aws["profile"]}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    identity = boto3.session.Session().client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/developer"
    run = provision.done("status", "--name", "second-terminal", "--region", local_aws["region"], environment=variables)
    assert "second-terminal" in run.out + run.err, run


def test_after_the_run_the_profile_is_gone_and_leads_to_nobody_elses_account(tmp_path, provision: Provision):
    with local_dev(tmp_path) as line:
        variables = {"AWS_CONFIG_FILE": line["configFile"], "AWS_PROFILE": line["profile"]}
    assert not Path(line["configFile"]).parent.exists()

    run = provision("status", "--name", "magi", "--region", line["region"], environment=variables)
    assert run.code == 1 and "magi" not in run.out, run


# ---- The endpoint ----

def test_the_endpoint_answers_to_this_machines_names_only(local_aws):
    url = local_aws["endpoint"] + FUNCTIONS + "/"

    for host in (None, "localhost", "[::1]"):
        assert signed(local_aws, "lambda", url, host=host)[0] == 200, host
    for host in (REBOUND, "localhost.evil.example", "127.0.0.1.nip.io"):
        status, told = signed(local_aws, "lambda", url, host=host)
        assert status == 403 and "127.0.0.1" in told["message"], (host, told)


def test_faults_are_for_the_developer(local_aws, local_account: Account, role):
    url = local_aws["endpoint"] + "/_local/faults/others"
    rule = json.dumps([{"operation": "sts:GetCallerIdentity", "about": "nobody", "fault": {"kind": "throttled"}}]).encode()

    for unsigned in (knock(url), knock(url, "POST", rule, headers={"content-type": "application/json"})):
        assert unsigned.status == 403
    iam = client(local_aws, "iam")
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName="faulty", AssumeRolePolicyDocument=json.dumps(trust))
    session = client(local_aws, "sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/faulty", RoleSessionName="session")["Credentials"]
    assert signed(local_aws, "local-aws", url, "POST", rule, session=session)[0] == 403
    assert signed(local_aws, "local-aws", url, "POST", rule, host=REBOUND)[0] == 403
    assert signed(local_aws, "lambda", url, "POST", rule)[0] == 501, "another service's signature"
    assert signed(local_aws, "local-aws", url) == (200, [])

    status, rules = signed(local_aws, "local-aws", url, "POST", rule)
    assert (status, len(rules)) == (200, 1)
    assert signed(local_aws, "local-aws", url, "POST", b"[]") == (200, [])


# ---- Function URLs ----

def test_a_function_url_answers_to_this_machines_names_only(raw: RawFunction):
    url = raw.url + "pid"

    for host in (None, "localhost", "[::1]"):
        assert knock(url, host=host).status == 200, host
    answer = knock(url, host=REBOUND, headers={"Origin": f"http://{REBOUND}"})
    assert answer.status == 403 and not answer.headers["access-control-allow-origin"]
    preflight = knock(url, "OPTIONS", host=REBOUND, headers={
        "Origin": f"http://{REBOUND}", "Access-Control-Request-Method": "POST"})
    assert preflight.status == 403


# ---- The Runtime API ----

@pytest.fixture
def attacked(raw_functions) -> RawFunction:
    return raw_functions()


@pytest.fixture
def runtime_api(attacked: RawFunction) -> tuple[str, int]:
    """Where the function asks for its events. Who lists the machine's sockets finds that, too."""
    host, port = attacked.call("/echo").json()["environment"]["AWS_LAMBDA_RUNTIME_API"].split(":")
    return host, int(port)


def test_another_user_takes_no_event_and_gives_no_answer(attacked: RawFunction, runtime_api, tmp_path):
    with ThreadPoolExecutor(1) as pool:
        # Under way as long as the attacks last.
        asked = pool.submit(attacked.call, f"/until-the-end?file={tmp_path}/told&gone={tmp_path}/gone")
        told = {
            what: status_for_another_user(runtime_api, method, RUNTIME + path) for what, method, path in [
                ("the next event", "GET", "/invocation/next"),
                ("an answer", "POST", "/invocation/00000000-0000-4000-8000-000000000000/response"),
                ("an error", "POST", "/invocation/00000000-0000-4000-8000-000000000000/error"),
                ("a failed start", "POST", "/init/error"),
                ("anything", "GET", "/"),
            ]}
        (tmp_path / "gone").touch()
        assert asked.result().status == 200

    assert set(told.values()) == {403}, told
    assert attacked.call("/pid").status == 200


def test_another_user_who_waits_for_the_next_event_does_not_get_it(attacked: RawFunction, runtime_api):
    assert status_for_another_user(runtime_api, "GET", f"{RUNTIME}/invocation/next") == 403

    assert attacked.call("/pid").status == 200


def test_the_runtime_api_is_not_for_web_pages(attacked: RawFunction, runtime_api):
    url = f"http://{runtime_api[0]}:{runtime_api[1]}{RUNTIME}/init/error"

    # The developer's browser is a process of the developer.
    for host, headers in [(REBOUND, {}), (None, {"Origin": "http://evil.example"}),
                          (None, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})]:
        told = knock(url, "POST", b"{}", host=host, headers=headers)
        assert (told.status, json.loads(told.read())["errorType"]) == (403, "Forbidden"), (host, headers)
    assert attacked.call("/pid").status == 200


def test_nobody_else_can_change_what_runs(raw: RawFunction):
    task_root = Path(raw.call("/echo").json()["cwd"])

    assert stat.S_IMODE(task_root.parent.stat().st_mode) == 0o700
    assert run_as_another_user("ls", str(task_root)).stdout == b""
