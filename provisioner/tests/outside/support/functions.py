"""Puts the built `bootstrap` behind a function URL with botocore alone, without `provision up`."""

import io
import json
import zipfile
from dataclasses import dataclass

from accounts import AGENTS, Account
from function_url import FunctionUrl
from processes import wait_until
from provision import BOOTSTRAP

AGENT_NAME = "SOLOMON"
ALIAS = "live"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                   "Action": "sts:AssumeRole"}],
}
# What the function needs, whichever agents it has.
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
    "bedrock:InvokeAgent", "bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness",
    "logs:CreateLogStream", "logs:PutLogEvents"]}]}


@dataclass(frozen=True)
class Function:
    """A deployed function."""

    name: str
    account: Account
    url: FunctionUrl

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.name}"

    def logs(self) -> list[str]:
        """All that the function and the platform have logged."""
        pages = self.account.client("logs").get_paginator("filter_log_events")
        return [event["message"] for page in pages.paginate(logGroupName=self.log_group)
                for event in page["events"]]

    def logs_after(self, *answers: list[dict]) -> list[str]:
        """The logs, as soon as the function's line about each of these answers' requests is in them."""
        asked = {answer[0]["requestId"] for answer in answers}

        def written() -> list[str]:
            logs = self.logs()
            told = [line for line in logs if '"outcome"' in line]
            return logs if all(any(request in line for line in told) for request in asked) else []
        return wait_until(written, f"the log of {self.name} tells of {len(asked)} requests")


def zip_of(binary: bytes) -> bytes:
    """A package with one executable `bootstrap`."""
    packed = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o100755 << 16
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(entry, binary)
    return packed.getvalue()


def deploy(account: Account, name: str, environment: dict[str, str], *, auth: str = "AWS_IAM",
           timeout: int = 120) -> Function:
    """Creates everything that `name` needs and waits until it can be called."""
    iam, logs, functions = (account.client(service) for service in ("iam", "logs", "lambda"))
    role = iam.create_role(RoleName=f"{name}-role",
                           AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"{name}-role", PolicyName="all", PolicyDocument=json.dumps(POLICY))
    logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    create = lambda: functions.create_function(  # noqa: E731
        FunctionName=name, Role=role, Runtime="provided.al2023", Handler="bootstrap",
        MemorySize=2048, Timeout=timeout, Code={"ZipFile": zip_of(BOOTSTRAP.read_bytes())},
        Environment={"Variables": {
            "GATEWAY_AGENTS": AGENTS,
            "GATEWAY_AUTH": "none" if auth == "NONE" else "iam", **environment}},
    )
    _while_role_is_fresh(functions, create)
    functions.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)
    if auth == "NONE":
        functions.add_permission(
            FunctionName=name, Qualifier=ALIAS, StatementId="url", Principal="*",
            Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
        functions.add_permission(
            FunctionName=name, Qualifier=ALIAS, StatementId="invoke", Principal="*",
            Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    url = functions.create_function_url_config(
        FunctionName=name, Qualifier=ALIAS, AuthType=auth, InvokeMode="RESPONSE_STREAM")
    caller = account if auth == "AWS_IAM" else None
    return Function(name, account, FunctionUrl(url["FunctionUrl"], caller))


def _while_role_is_fresh(functions, create) -> None:
    """On AWS a new role cannot be assumed for some seconds; the local AWS imitates that."""
    def created() -> bool:
        try:
            create()
        except functions.exceptions.InvalidParameterValueException as error:
            if "cannot be assumed" in str(error):
                return False
            raise
        return True

    wait_until(created, "the new role can be assumed")
