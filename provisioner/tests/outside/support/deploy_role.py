"""The role that `provision generate policy` makes, taken on, so that the local AWS holds `provision` to its policy."""

import copy
import json
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from accounts import Account
from deployment import Deployment
from provision import Provision, Run
from stack import Stack


class DeployRole:
    """A deployment, and the role that may deploy it."""

    def __init__(self, deployment: Deployment, home: Path):
        self.deployment = deployment
        admin = deployment.account
        template = yaml_parse(deployment.provision.done("generate", "policy").out)
        resources = {name: it for name, it in template["Resources"].items() if name != "GitHub"}
        # GitHub's tokens are nothing that can be had here: this account may take the role on instead.
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}
        properties = resources["DeployRole"]["Properties"]
        properties["AssumeRolePolicyDocument"] = trust
        properties.setdefault("Tags", [])
        (inline,) = properties["Policies"]
        Stack(admin, resources, {}, b"").deploy()
        self.name = properties["RoleName"]
        self._iam = admin.client("iam")
        self._policy_name = inline["PolicyName"]
        self.policy = self._iam.get_role_policy(RoleName=self.name, PolicyName=self._policy_name)["PolicyDocument"]
        self.account: Account = admin.assumed(self._iam.get_role(RoleName=self.name)["Role"]["Arn"])
        # What the generated workflow tells `up`.
        boundary = {"BEDROCK_GATEWAY_PERMISSIONS_BOUNDARY": f"{deployment.name}-boundary"}
        self.provision = Provision(self.account, home, deployment.project, environment=boundary)

    @property
    def actions(self) -> set[str]:
        return {action for statement in self.policy["Statement"] for action in _list(statement["Action"])}

    def allow(self, policy: dict | None = None) -> None:
        """Gives the role this policy, or its own again."""
        self._iam.put_role_policy(RoleName=self.name, PolicyName=self._policy_name,
                                  PolicyDocument=json.dumps(policy or self.policy))

    def without_action(self, action: str) -> dict:
        policy = copy.deepcopy(self.policy)
        for statement in policy["Statement"]:
            statement["Action"] = [it for it in _list(statement["Action"]) if it != action]
        return policy

    def without_resource(self, sid: str, end: str) -> dict:
        """Without the resource of a statement that ends like this."""
        policy = copy.deepcopy(self.policy)
        (statement,) = [it for it in policy["Statement"] if it["Sid"] == sid]
        statement["Resource"] = [it for it in statement["Resource"] if not it.endswith(end)]
        return policy

    def run_with(self, policy: dict, *command: str, **options) -> Run:
        """Runs a command while the role has another policy."""
        self.allow(policy)
        try:
            return self.provision(*command, **options)
        finally:
            self.allow()


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
