"""A local AWS of a test's own in which things go wrong on demand, and what an account then holds."""

import contextlib
import json
import re
from pathlib import Path

from accounts import Account
from deployment import Deployment
from doors import signed
from local_dev import local_dev

# Different in every account, and never a sign that something is wrong.
VOLATILE = {"RevisionId", "LastModified", "CreateDate", "RoleId", "creationTime", "storedBytes", "Location",
            "ResponseMetadata", "CreationTime", "LastModifiedTime", "RoleLastUsed"}


class FaultyAws:
    """The local AWS, without waits of its own."""

    def __init__(self, home: Path):
        self._running = contextlib.ExitStack()
        line = self._running.enter_context(local_dev(home, "--speed", "0", "--transition-ms", "1"))
        self._line = line
        self.account = Account.of_line(line)

    def rules(self, *rules: dict, of: str = "") -> None:
        """Replaces the rules, those of a set; see provisioner/local-aws/src/faults.rs."""
        self._ask(json.dumps(rules).encode(), of)

    def shown(self, of: str = "") -> list[dict]:
        """The rules, with how often each has struck."""
        return self._ask(None, of)

    def struck(self, of: str = "") -> int:
        """How often a rule has struck since the rules were set."""
        return sum(rule["struck"] for rule in self.shown(of))

    def close(self) -> None:
        self._running.close()

    def _ask(self, body: bytes | None, of: str) -> list[dict]:
        path = "/".join(part for part in ("/_local/faults", of) if part)
        method = "GET" if body is None else "POST"
        status, answer = signed(self._line, "local-aws", f"{self.account.endpoint}{path}", method, body or b"")
        assert status == 200, answer
        return answer


class Unrecorded:
    """In place of a recorder, where nobody looks at the requests."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint

    def clear(self) -> None:
        pass


def snapshot(deployment: Deployment) -> str:
    """All that the account holds under the deployment's names, as text that two of them may share."""
    name = deployment.name
    held: dict = {"log group": deployment.log_group(), "role": None, "function": None}
    if held["log group"]:
        held["log group tags"] = deployment.log_group_tags()
    if deployment.role_exists():
        held["role"] = deployment.role()
        held["role policies"] = deployment.role_policies()
    if deployment.exists():
        functions = deployment.account.client("lambda")
        held["function"] = functions.get_function(FunctionName=name)
        held["versions"] = functions.list_versions_by_function(FunctionName=name)["Versions"]
        held["aliases"] = functions.list_aliases(FunctionName=name)["Aliases"]
        held["concurrency"] = deployment.reserved_concurrency()
        # moto lists none; its answer for the alias has to do.
        held["urls"] = [deployment.url_config()] if deployment.account.is_moto else \
            functions.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
        held["statements"] = sorted(deployment.statements(), key=str)
    return _comparable(held, name)


def served(deployment: Deployment) -> str | None:
    """All settings of the version that callers get, in the same form."""
    try:
        return _comparable(deployment.configuration("live"), deployment.name)
    except deployment.account.client("lambda").exceptions.ResourceNotFoundException:
        return None


def _comparable(held: dict, name: str) -> str:
    text = json.dumps(_lasting(held), indent=1, sort_keys=True, default=str)
    text = text.replace(name, "NAME")
    text = re.sub(r"(content|latest)=[0-9a-f:]+", r"\1=DIGEST", text)
    return re.sub(r'"FunctionUrl": "[^"]*"', '"FunctionUrl": "URL"', text)


def _lasting(value):
    if isinstance(value, dict):
        return {key: _lasting(member) for key, member in value.items() if key not in VOLATILE}
    return [_lasting(member) for member in value] if isinstance(value, list) else value
