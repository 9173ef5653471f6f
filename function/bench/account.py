"""An empty AWS account for one deployment: moto, a proxy that counts bytes, and what boto3 finds afterwards."""

import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError

REGION = "ap-northeast-1"
COMPLETE_MOTO = Path(__file__).parents[2] / "provisioner/tests/outside/support/complete_moto.py"
REQUEST = re.compile(r'"[A-Z]+ \S+ HTTP/1\.[01]" \d{3}')


class Account:
    """moto in a process of its own; `environment` points clients to it, through the meter."""

    def __init__(self, directory: Path):
        self._log = directory / "moto.log"
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(
                [sys.executable, COMPLETE_MOTO, "-H", "127.0.0.1", "-p", "0"], stdout=log, stderr=log,
                env={"PATH": "/usr/bin:/bin", "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"})
        self._moto = self._listening()
        self._load()
        self._meter = Meter(self._moto)
        self.environment = {
            "AWS_ENDPOINT_URL": self._meter.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true"}

    def _listening(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            if found := re.search(r"Running on (http://\S+)", self._log.read_text()):
                return found[1]
            time.sleep(0.05)
        raise RuntimeError(f"moto does not start:\n{self._log.read_text()}")

    def _load(self) -> None:
        """Makes moto load its services, which it does at their first request, before a deployment is measured."""
        self._client("sts").get_caller_identity()
        self._client("iam").list_roles()
        self._client("lambda").list_functions()
        self._client("logs").describe_log_groups()
        self._client("s3").list_buckets()
        self._client("cloudformation").list_stacks()
        self._client("ssm").describe_parameters()
        self._client("ecr").describe_repositories()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

    def requests(self) -> int:
        """How many requests moto has answered so far."""
        return len(REQUEST.findall(self._log.read_text()))

    def uploaded(self) -> int:
        """Bytes that clients have sent so far, heads included."""
        return self._meter.bytes

    def make_bucket(self, name: str) -> None:
        self._client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def _client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self._moto, region_name=REGION,
                            aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="secret")

    def deployed(self, name: str, qualifier: str | None) -> dict[str, Any]:
        """The function of this name as it is in the account, in the words of `outcome.RIGHT`."""
        client = self._client("lambda")
        target = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
        found: dict[str, Any] = {}
        try:
            configuration = client.get_function_configuration(FunctionName=name)
            found |= {"runtime": configuration["Runtime"], "timeout_s": configuration["Timeout"],
                      "memory_mb": configuration["MemorySize"]}
            found["invoke_mode"] = client.get_function_url_config(**target)["InvokeMode"]
            statements = json.loads(client.get_policy(**target)["Policy"])["Statement"]
            found["permissions"] = sorted(statement["Action"] for statement in statements)
        except ClientError as error:
            found["error"] = f"{error.operation_name}: {error.response['Error']['Code']}"
        return found


class Meter:
    """A TCP proxy that counts what clients send and changes nothing."""

    def __init__(self, upstream: str):
        address = urlsplit(upstream)
        self._upstream = (address.hostname, address.port)
        self.bytes = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        # By name, because moto parses a template's URL by its host.
        self.endpoint = f"http://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(self._upstream)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, count: bool) -> None:
        try:
            while received := source.recv(1 << 16):
                if count:
                    self.bytes += len(received)
                target.sendall(received)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def temporary() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="bench-")
