"""The two accounts that the provisioner is tried on: the local AWS and moto."""

import json
import subprocess
import threading
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
from botocore.config import Config

import processes

# The scripted council, templates/scenarios/magi.yaml.
AGENT_ID = "MAGICOUNCL"
AGENT_ALIAS = "LIVE"
# The council as the function's GATEWAY_AGENTS names it.
AGENTS = json.dumps({"default": "magi", "agents": {"magi": {
    "type": "bedrock-agent", "agentId": AGENT_ID, "agentAliasId": AGENT_ALIAS, "name": "SOLOMON"}}})

COMPLETE_MOTO = Path(__file__).with_name("complete_moto.py")

_clients: dict = {}
_clients_lock = threading.Lock()


@dataclass(frozen=True)
class Account:
    """Where an account is and how to sign for it."""

    kind: str
    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    @property
    def is_moto(self) -> bool:
        return self.kind == "moto"

    @classmethod
    def of_line(cls, line: dict) -> "Account":
        """From the line that `provision dev` prints on stdout."""
        return cls("local AWS", line["endpoint"], line["region"],
                   line["accessKeyId"], line["secretAccessKey"])

    def client(self, service: str):
        """A botocore client, the independent witness of what is in the account."""
        # Making one takes longer than most of what it is made for, and is not for two threads at once.
        with _clients_lock:
            if (self, service) not in _clients:
                _clients[self, service] = self._client(service)
            return _clients[self, service]

    def _client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            # moto's server breaks a connection now and then while it serves others.
            config=Config(retries={"total_max_attempts": 4 if self.is_moto else 1}, read_timeout=120,
                          max_pool_connections=32),
        )

    def assumed(self, role_arn: str, session: str = "test") -> "Account":
        """The same account for somebody who has taken on a role."""
        assumed = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)
        credentials = assumed["Credentials"]
        return replace(self, access_key_id=credentials["AccessKeyId"],
                       secret_access_key=credentials["SecretAccessKey"],
                       session_token=credentials["SessionToken"])

    def environment(self, endpoint: str | None = None) -> dict[str, str]:
        """The variables with which an AWS SDK finds the account, by way of `endpoint`."""
        return {
            "AWS_ENDPOINT_URL": endpoint or self.endpoint,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            **({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {}),
            # moto runs no functions.
            **({"BEDROCK_GATEWAY_PROBE": "none"} if self.is_moto else {}),
        }


class Moto:
    """moto's server as a process of its own."""

    def __init__(self, python: str):
        self._process = subprocess.Popen(
            [python, COMPLETE_MOTO, "-H", "127.0.0.1", "-p", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
        line = processes.wait_for_line(self._process.stderr, "Running on ")
        endpoint = line.partition("Running on ")[2].strip()
        self.account = Account("moto", endpoint, "ap-northeast-1", "AKIAIOSFODNN7EXAMPLE", "secret")

    def reset(self) -> None:
        """An empty account."""
        request = urllib.request.Request(f"{self.account.endpoint}/moto-api/reset", method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
