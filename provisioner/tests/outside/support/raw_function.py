"""Puts `raw_bootstrap.py` behind a function URL, and talks to the URL with plain sockets."""

import http.client
import io
import json
import socket
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from processes import wait_until

SOURCE = Path(__file__).with_name("raw_bootstrap.py")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                   "Action": "sts:AssumeRole"}],
}
LOGS = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]}
# Longer than anything that these functions do.
SILENCE_SECONDS = 120


@dataclass
class Answer:
    """What came: all of it, or what came before the connection broke."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    # Without the last chunk of a chunked body.
    cut: bool = False

    def json(self):
        return json.loads(self.body)


@dataclass
class RawFunction:
    """A deployed function."""

    account: object
    name: str
    url: str
    auth: str = "NONE"
    address: tuple[str, int] = field(init=False)

    def __post_init__(self):
        parts = urlsplit(self.url)
        assert parts.hostname == "127.0.0.1", f"{self.url} is not on this machine"
        self.address = (parts.hostname, parts.port)

    def open(self, path: str, method: str = "GET", body: bytes | None = None,
             headers: dict[str, str] | None = None, signed: bool = False):
        """Sends a request; the answer has not been read when this returns."""
        headers = dict(headers or {})
        if signed:
            request = AWSRequest(method, f"http://{self.address[0]}:{self.address[1]}{path}",
                                 headers=headers, data=body)
            credentials = Credentials(self.account.access_key_id, self.account.secret_access_key)
            SigV4Auth(credentials, "lambda", self.account.region).add_auth(request)
            headers = dict(request.headers.items())
        connection = http.client.HTTPConnection(*self.address, timeout=SILENCE_SECONDS)
        connection.request(method, path, body, headers)
        return connection, connection.getresponse()

    def call(self, path: str, method: str = "GET", body: bytes | None = None, **options) -> Answer:
        """Sends a request and reads all of the answer."""
        connection, response = self.open(path, method, body, **options)
        try:
            return Answer(response.status, response.headers, response.read())
        except http.client.IncompleteRead as cut:
            return Answer(response.status, response.headers, cut.partial, cut=True)
        finally:
            response.close()
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=SILENCE_SECONDS)

    def logs(self) -> list[str]:
        pages = self.account.client("logs").get_paginator("filter_log_events")
        return [event["message"] for page in pages.paginate(logGroupName=f"/aws/lambda/{self.name}")
                for event in page["events"]]

    def platform_lines(self, kind: str) -> list[dict]:
        """The platform's own lines that have been written so far."""
        lines = [json.loads(line) for line in self.logs() if line.startswith("{")]
        return [line["record"] for line in lines if line.get("type") == kind]

    def reports(self, invocations: int = 1) -> list[dict]:
        """The last line of each invocation, which is written behind the answer: waits for so many."""
        def written() -> list[dict]:
            reports = self.platform_lines("platform.report")
            return reports if len(reports) >= invocations else []
        return wait_until(written, f"{invocations} invocations are reported")


def package(source: bytes, *, name: str = "bootstrap", mode: int = 0o755) -> bytes:
    packed = io.BytesIO()
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = (0o100000 | mode) << 16
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, source)
    return packed.getvalue()


def deploy(account, name: str, *, auth: str = "NONE", mode: str = "RESPONSE_STREAM",
           timeout: int = 20, environment: dict[str, str] | None = None, cors: dict | None = None,
           code: bytes | None = None, open_to_all: bool = True) -> RawFunction:
    """Creates a function, its log group and its URL, with botocore alone."""
    iam, logs, functions = (account.client(service) for service in ("iam", "logs", "lambda"))
    role = iam.create_role(RoleName=f"{name}-role",
                           AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"{name}-role", PolicyName="logs", PolicyDocument=json.dumps(LOGS))
    logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    functions.create_function(
        FunctionName=name, Role=role, Runtime="provided.al2023", Handler="bootstrap", MemorySize=128,
        Timeout=timeout, Code={"ZipFile": code or package(SOURCE.read_bytes())},
        Environment={"Variables": environment or {}})
    functions.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    if auth == "NONE" and open_to_all:
        functions.add_permission(
            FunctionName=name, StatementId="url", Principal="*",
            Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
        functions.add_permission(
            FunctionName=name, StatementId="invoke", Principal="*",
            Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    url = functions.create_function_url_config(
        FunctionName=name, AuthType=auth, InvokeMode=mode, **({"Cors": cors} if cors else {}))
    return RawFunction(account, name, url["FunctionUrl"], auth)


def recorded(path: Path):
    """What the function has written to a file."""
    wait_until(path.exists, f"the function writes {path}")
    return json.loads(path.read_text())


def assert_bad_gateway(answer: Answer):
    assert (answer.status, answer.body) == (502, b"Internal Server Error")
