"""One deployment: its gateway.yaml, the commands on it, and what botocore then finds in the account."""

import json
from pathlib import Path

from accounts import AGENT_ALIAS, AGENT_ID, Account
from provision import BOOTSTRAP, Provision, Run
from recorder import Recorder

# `up` and `rollback`: the new version does not work, and callers have the one before.
KEPT = 3


class Deployment:
    """The directory with gateway.yaml, and the account it is deployed to."""

    def __init__(self, account: Account, recorder: Recorder, home: Path, project: Path, name: str):
        self.account = account
        self.recorder = recorder
        self.name = name
        self.project = project
        self.binary = BOOTSTRAP
        self.provision = Provision(account, home, project, endpoint=recorder.endpoint)
        self._functions = account.client("lambda")
        self.configure()

    def configure(self, **settings) -> None:
        """Writes gateway.yaml: the required settings and these. (JSON is YAML.)"""
        required = {"name": self.name, "region": self.account.region,
                    "agent": {"id": AGENT_ID, "alias": AGENT_ALIAS, "name": "SOLOMON"}}
        (self.project / "gateway.yaml").write_text(json.dumps({**required, **settings}, indent=2))

    def up_command(self, *arguments: str) -> list[str]:
        return ["up", "--yes", "--binary", str(self.binary), *arguments]

    def up(self, *arguments: str, **options) -> Run:
        """`provision up` on a recorder that starts to count anew."""
        self.recorder.clear()
        return self.provision(*self.up_command(*arguments), **options)

    def made(self, *arguments: str, **options) -> str:
        """`up`, expected to succeed; the URL that it prints."""
        run = self.up(*arguments, **options)
        assert run.code == 0, run
        assert run.out.count("\n") == 1 and run.out.endswith("\n"), run
        return run.out[:-1]

    def rollback(self, *arguments: str) -> Run:
        self.recorder.clear()
        return self.provision("rollback", *arguments)

    def plan(self, *arguments: str) -> Run:
        self.recorder.clear()
        return self.provision("plan", "--binary", str(self.binary), *arguments)

    def down(self, *arguments: str) -> Run:
        self.recorder.clear()
        return self.provision("down", "--yes", *arguments)

    # What the account says, asked without the product.

    def configuration(self, qualifier: str = "live") -> dict:
        return self._functions.get_function_configuration(
            FunctionName=self.name, Qualifier=qualifier)

    def environment(self) -> dict[str, str]:
        return self.configuration()["Environment"]["Variables"]

    def version(self) -> str:
        return self._functions.get_alias(FunctionName=self.name, Name="live")["FunctionVersion"]

    def versions(self) -> list[str]:
        """The published versions, oldest first."""
        pages = self._functions.get_paginator("list_versions_by_function")
        found = [version["Version"] for page in pages.paginate(FunctionName=self.name)
                 for version in page["Versions"]]
        return sorted((number for number in found if number != "$LATEST"), key=int)

    def reserved_concurrency(self) -> int | None:
        answer = self._functions.get_function_concurrency(FunctionName=self.name)
        return answer.get("ReservedConcurrentExecutions")

    def change_elsewhere(self, **settings) -> None:
        """What somebody does in the console."""
        self._functions.update_function_configuration(FunctionName=self.name, **settings)
        self._functions.get_waiter("function_updated_v2").wait(FunctionName=self.name)

    def url_config(self) -> dict:
        return self._functions.get_function_url_config(FunctionName=self.name, Qualifier="live")

    def tags(self) -> dict[str, str]:
        arn = self._functions.get_function(FunctionName=self.name)["Configuration"]["FunctionArn"]
        return self._functions.list_tags(Resource=arn)["Tags"]

    def role(self) -> dict:
        return self.account.client("iam").get_role(RoleName=f"{self.name}-role")["Role"]

    def role_policies(self) -> dict[str, dict]:
        iam = self.account.client("iam")
        role = f"{self.name}-role"
        assert not iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return {policy: iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
                for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]}

    def log_group(self) -> dict | None:
        name = f"/aws/lambda/{self.name}"
        found = self.account.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return next((group for group in found if group["logGroupName"] == name), None)

    @property
    def own_tags(self) -> dict[str, str]:
        """What marks a resource as the tool's own and as this deployment's."""
        return {"managed-by": "bedrock-gateway-provision", "bedrock-gateway:deployment": self.name}

    def log_group_tags(self) -> dict[str, str]:
        arn = self.log_group()["arn"].removesuffix(":*")
        return self.account.client("logs").list_tags_for_resource(resourceArn=arn)["tags"]

    def statements(self) -> list[dict]:
        """The statements of the alias's resource policy."""
        try:
            policy = self._functions.get_policy(FunctionName=self.name, Qualifier="live")["Policy"]
        except self._functions.exceptions.ResourceNotFoundException:
            return []
        return json.loads(policy)["Statement"]

    def exists(self) -> bool:
        try:
            self._functions.get_function(FunctionName=self.name)
        except self._functions.exceptions.ResourceNotFoundException:
            return False
        return True

    def role_exists(self) -> bool:
        try:
            self.role()
        except self.account.client("iam").exceptions.NoSuchEntityException:
            return False
        return True
