"""Where requests go, and through which proxy: all of a run's to the same place, whoever makes them."""

import contextlib
import json
import re
import socket
import threading

import pytest

from deployment import Deployment
from provision import Provision, Run

# What a run of `up` asks before it changes anything, as their signatures name the services.
SERVICES = {"lambda", "iam", "logs", "sts", "bedrock"}
# As variables and `services` sections name them.
NAMES = ("lambda", "iam", "cloudwatch_logs", "sts", "bedrock_agent")


class RefusingProxy:
    """Lets nobody through, and notes down to whom somebody wanted."""

    def __init__(self):
        self.wanted: set[str] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._refuse, args=(client,), daemon=True).start()

    def _refuse(self, client: socket.socket) -> None:
        # Whoever has failed elsewhere hangs up at any time.
        with client, contextlib.suppress(ConnectionError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := client.recv(4096)):
                    return
                head += more
            method, target, _ = head.decode().split(" ", 2)
            self.wanted.add(target if method == "CONNECT" else f"{method} {target}")
            client.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def proxy():
    proxy = RefusingProxy()
    yield proxy
    proxy.close()


@pytest.fixture
def up(local_deployment: Deployment, home, proxy):
    """Runs `up` with a profile of these lines and these variables, the agents' control plane asked, too. What does
    not go where it is configured to go ends at the proxy."""
    account = local_deployment.account
    (home / ".aws").mkdir()

    def run(lines: str = "", variables: dict[str, str] | None = None, command: list[str] | None = None) -> Run:
        keys = f"aws_access_key_id = {account.access_key_id}\naws_secret_access_key = {account.secret_access_key}\n"
        (home / ".aws/config").write_text(f"[profile base]\n{keys}[profile work]\n{lines}")
        # These would win over a role.
        (home / ".aws/credentials").write_text("" if "role_arn" in lines else f"[work]\n{keys}")
        local_deployment.recorder.clear()
        return Provision(None, home, local_deployment.project)(*(command or local_deployment.up_command()), environment={
            "AWS_PROFILE": "work", "AWS_REGION": local_deployment.account.region, "HTTPS_PROXY": f"http://{proxy.address}", "BEDROCK_GATEWAY_SKIP_AGENT_CHECK": "false",
            **(variables or {})})

    return run


def asked(deployment: Deployment) -> set[str]:
    # Lambda's own requests for the function are not `provision`'s.
    return {request.service for request in deployment.recorder.requests}


@pytest.mark.parametrize(("lines", "variables"), [
    pytest.param("endpoint_url = {endpoint}\n", {}, id="profile"),
    pytest.param("", {"AWS_ENDPOINT_URL": "{endpoint}"}, id="variable"),
    pytest.param("services = here\n[services here]\n" + "".join(
        f"{name} =\n  endpoint_url = {{endpoint}}\n" for name in NAMES), {}, id="services section"),
    pytest.param("", {f"AWS_ENDPOINT_URL_{name.upper()}": "{endpoint}" for name in NAMES}, id="variables by service"),
    pytest.param("endpoint_url = http://127.0.0.1:9\n", {"AWS_ENDPOINT_URL": "{endpoint}"}, id="variable over profile"),
    pytest.param("", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"} | {
        f"AWS_ENDPOINT_URL_{name.upper()}": "{endpoint}" for name in NAMES}, id="by service over all"),
])
def test_a_configured_endpoint_is_where_every_request_goes(local_deployment: Deployment, up, proxy, lines, variables):
    endpoint = local_deployment.recorder.endpoint

    run = up(lines.format(endpoint=endpoint),
             {name: value.format(endpoint=endpoint) for name, value in variables.items()})

    assert run.code == 0, run
    assert asked(local_deployment) >= SERVICES
    assert proxy.wanted == set()


@pytest.mark.parametrize("value", ["{endpoint} ", "http://local host"])
def test_an_endpoint_that_is_no_url_is_refused_and_not_ignored(local_deployment: Deployment, up, proxy, value):
    run = up(variables={"AWS_ENDPOINT_URL": value.format(endpoint=local_deployment.recorder.endpoint)})

    assert run.code == 2 and "AWS_ENDPOINT_URL is not a URL" in run.err, run
    assert proxy.wanted == set()


def hosts(proxy: RefusingProxy) -> set[str]:
    return {target.removesuffix(":443") for target in proxy.wanted}


def test_configured_endpoints_that_are_to_be_ignored_are_ignored_by_all(local_deployment: Deployment, up, proxy):
    endpoint = local_deployment.recorder.endpoint

    run = up(f"endpoint_url = {endpoint}\n", {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL_BEDROCK_AGENT": endpoint})

    assert run.code == 1, run
    assert asked(local_deployment) == set()
    assert {host.split(".")[0] for host in hosts(proxy)} >= {"lambda", "iam", "logs"}


@pytest.mark.parametrize(("variables", "pattern"), [
    ({"AWS_USE_FIPS_ENDPOINT": "true"}, r"[a-z-]+-fips\.(ap-northeast-1\.)?amazonaws\.com"),
    ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, r"[a-z-]+\.(ap-northeast-1|global)\.api\.aws"),
], ids=["FIPS", "dual stack"])
def test_fips_and_dual_stack_are_for_every_request(local_deployment: Deployment, up, proxy, variables, pattern):
    # The agents are asked for beside the rest, and by `init` they alone.
    runs = up(variables=variables), up(variables=variables, command=["init", "--name", "magi", "--config", "new.yaml"])

    assert [run.code for run in runs] == [1, 1], runs
    assert {host.split(".")[0].removesuffix("-fips") for host in hosts(proxy)} >= {"lambda", "iam", "logs", "bedrock-agent"}
    assert [host for host in hosts(proxy) if not re.fullmatch(pattern, host)] == []


@pytest.mark.parametrize("value", ["http://me:hush@{address}", "{address}", "http://{address}/ ", "\t{address}\n"])
def test_a_proxy_that_refuses_is_named_in_the_hint(up, proxy, value):
    run = up(variables={"HTTPS_PROXY": value.format(address=proxy.address)})

    assert run.code == 1, run
    hint = run.err.partition("hint:")[2]
    assert f"`{proxy.address}`" in hint and "HTTPS_PROXY" in hint and "NO_PROXY" in hint, run
    assert "hush" not in run.err
    assert hosts(proxy) != set()


def test_a_proxy_that_is_not_there_is_named_in_the_hint(up, proxy):
    proxy.close()

    run = up()

    assert run.code == 1 and f"`{proxy.address}`" in run.err.partition("hint:")[2], run


@pytest.fixture
def role(local_deployment: Deployment):
    """The lines of a profile whose user takes on a role that may do everything."""
    account = local_deployment.account
    iam = account.client("iam")
    name = f"{local_deployment.name}-assumed"
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account.client("sts").get_caller_identity()["Arn"]}}]}
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=json.dumps(everything))
    return f"role_arn = {arn}\nsource_profile = base\n"


@pytest.mark.parametrize(("lines", "variables"), [
    ("endpoint_url = {endpoint}\n", {}), ("", {"AWS_ENDPOINT_URL": "{endpoint}"}),
    ("", {f"AWS_ENDPOINT_URL_{name.upper()}": "{endpoint}" for name in NAMES}),
], ids=["profile", "variable", "variables by service"])
def test_a_role_is_taken_on_where_everything_else_goes(local_deployment: Deployment, up, proxy, role, lines, variables):
    endpoint = local_deployment.recorder.endpoint

    run = up(role + lines.format(endpoint=endpoint),
             {name: value.format(endpoint=endpoint) for name, value in variables.items()})

    assert run.code == 0, run
    assert "AssumeRole" in {request.action for request in local_deployment.recorder.requests}
    assert proxy.wanted == set()


@pytest.mark.parametrize("told_by", ["flag", "flag over variable", "variables that are to be ignored"])
def test_a_role_that_would_be_taken_on_elsewhere_is_refused(local_deployment: Deployment, up, proxy, role, told_by):
    """The user's own keys would sign a request to somewhere else."""
    endpoint = local_deployment.recorder.endpoint
    variables, flags = {
        "flag": ({}, ["--endpoint-url", endpoint]),
        "flag over variable": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, ["--endpoint-url", endpoint]),
        "variables that are to be ignored": (
            {"AWS_ENDPOINT_URL": endpoint, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, []),
    }[told_by]

    run = up(role, variables, [*local_deployment.up_command(), *flags])

    assert run.code == 1 and "the role would be taken on at" in run.err, run
    assert "AWS_ENDPOINT_URL" in run.err.partition("hint:")[2], run
    assert local_deployment.recorder.requests == [] and proxy.wanted == set()


def test_the_flag_and_a_role_get_along_where_the_variable_says_the_same(local_deployment: Deployment, up, proxy, role):
    endpoint = local_deployment.recorder.endpoint

    run = up(role, {"AWS_ENDPOINT_URL": endpoint}, [*local_deployment.up_command(), "--endpoint-url", endpoint])

    assert run.code == 0 and proxy.wanted == set(), run


def test_a_role_is_taken_on_past_the_proxy_at_an_address_for_all_services(up, proxy, role):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    run = up(role, {"AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}"}, ["status"])

    assert run.code == 1 and proxy.wanted == set(), run


def test_a_role_that_is_refused_is_no_missing_sign_in(local_deployment: Deployment, up, role):
    unknown = role.replace("-assumed", "-nobody")

    run = up(unknown, {"AWS_ENDPOINT_URL": local_deployment.recorder.endpoint})

    hint = run.err.partition("hint:")[2]
    assert run.code == 1 and "trust policy" in hint and "sts:AssumeRole" in hint and "role_arn" in hint, run
    assert "no credentials were found" not in run.err, run


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("value", [
    "socks5://me:hush@{address}", "ftp://me:hush@{address}", "http://me:hush@{address}/x y", "http://[::1",
    "http://me:hu/sh@{address}", "http://127.0.0.1:port", b"http://\xff{address}"], ids=str)
def test_a_proxy_that_cannot_be_used_is_refused_and_not_passed_by(local_deployment: Deployment, up, proxy, variable, value):
    """Requests would go straight to where they are meant for, which those who set a proxy do not want."""
    with socket.create_server(("127.0.0.1", 0)) as target:
        address = proxy.address
        value = value.replace(b"{address}", address.encode()) if isinstance(value, bytes) else value.format(address=address)
        addresses = {f"AWS_ENDPOINT_URL_{name.upper()}": f"https://127.0.0.1:{target.getsockname()[1]}" for name in NAMES}
        run = up(variables={"HTTPS_PROXY": "", variable: value, **addresses}, command=["url", "--read-timeout", "3"])

        target.settimeout(0)
        with pytest.raises(BlockingIOError):
            target.accept()

    assert run.code == 2 and f"{variable} is not the address of a proxy" in run.err, run
    hint = run.err.partition("hint:")[2]
    assert variable in hint and "http://HOST:PORT" in hint and "https://HOST:PORT" in hint, run
    assert "hush" not in run.err and proxy.wanted == set(), run


def test_a_command_that_asks_nobody_needs_no_usable_proxy(provision: Provision):
    provision.done("schema", environment={"ALL_PROXY": "socks5://127.0.0.1:9"})
