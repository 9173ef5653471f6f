"""Deploys the resources of a CloudFormation template with botocore, one call after the other.

moto's CloudFormation knows neither aliases nor function URLs, so the local AWS gets its resources from here. What is
not known here is an error: a property that is ignored would prove nothing.
"""

import json
import re
from typing import Any

from accounts import Account

Attributes = dict[str, Any]


class Stack:
    """A template's resources in an account. Other resources are made first as far as they are referred to."""

    def __init__(self, account: Account, resources: dict[str, dict], parameters: dict[str, str], zip_file: bytes):
        self._lambda = account.client("lambda")
        self._iam = account.client("iam")
        self._logs = account.client("logs")
        identity = account.client("sts").get_caller_identity()
        self._parameters = {"AWS::Region": account.region, "AWS::AccountId": identity["Account"],
                            "AWS::Partition": "aws", **parameters}
        self._resources = resources
        self._zip_file = zip_file
        self._made: dict[str, Attributes] = {}

    def deploy(self) -> None:
        for name in self._resources:
            self._make(name)

    def _make(self, name: str) -> Attributes:
        if name not in self._made:
            resource = self._resources[name]
            depends_on = resource.get("DependsOn", [])
            for other in [depends_on] if isinstance(depends_on, str) else depends_on:
                self._make(other)
            properties = self._resolved(resource["Properties"])
            make = getattr(self, "_" + resource["Type"].replace("::", "_").lower())
            self._made[name] = make(name, properties)
            assert not properties, f"{name}: properties that are not known here: {properties}"
        return self._made[name]

    def _resolved(self, value: Any) -> Any:
        match value:
            case {"Ref": name}:
                return self._parameters[name] if name in self._parameters else self._make(name)["Ref"]
            case {"Fn::GetAtt": [name, attribute]}:
                return self._make(name)[attribute]
            case {"Fn::Join": [separator, parts]}:
                return separator.join(self._resolved(parts))
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{(!?)([^}]+)\}", lambda found: f"${{{found[2]}}}" if found[1]
                              else self._resolved({"Ref": found[2]}), text)
            case dict():
                assert not any(key.startswith("Fn::") for key in value), value
                return {key: self._resolved(member) for key, member in value.items()}
            case list():
                return [self._resolved(member) for member in value]
        return value

    def _aws_logs_loggroup(self, _, properties: dict) -> Attributes:
        name = properties.pop("LogGroupName")
        self._logs.create_log_group(logGroupName=name, tags=_map(properties.pop("Tags")))
        self._logs.put_retention_policy(logGroupName=name, retentionInDays=properties.pop("RetentionInDays"))
        return {"Ref": name}

    def _aws_iam_managedpolicy(self, _, properties: dict) -> Attributes:
        policy = self._iam.create_policy(PolicyName=properties.pop("ManagedPolicyName"),
                                         PolicyDocument=json.dumps(properties.pop("PolicyDocument")))["Policy"]
        return {"Ref": policy["Arn"]}

    def _aws_iam_role(self, _, properties: dict) -> Attributes:
        name = properties.pop("RoleName")
        boundary = properties.pop("PermissionsBoundary", None)
        role = self._iam.create_role(
            RoleName=name, Tags=properties.pop("Tags"),
            **({"PermissionsBoundary": boundary} if boundary else {}),
            AssumeRolePolicyDocument=json.dumps(properties.pop("AssumeRolePolicyDocument")))["Role"]
        for policy in properties.pop("Policies"):
            self._iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"],
                                      PolicyDocument=json.dumps(policy["PolicyDocument"]))
        return {"Ref": name, "Arn": role["Arn"]}

    def _aws_lambda_function(self, _, properties: dict) -> Attributes:
        name = properties["FunctionName"]
        reserved = properties.pop("ReservedConcurrentExecutions", None)
        function = self._lambda.create_function(**{
            **properties, "Code": {"ZipFile": self._zip_file}, "Tags": _map(properties["Tags"])})
        properties.clear()
        self._lambda.get_waiter("function_active_v2").wait(FunctionName=name)
        if reserved is not None:
            self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
        return {"Ref": name, "Arn": function["FunctionArn"]}

    def _aws_lambda_version(self, _, properties: dict) -> Attributes:
        version = self._lambda.publish_version(**properties)
        properties.clear()
        self._lambda.get_waiter("published_version_active").wait(
            FunctionName=version["FunctionName"], Qualifier=version["Version"])
        return {"Ref": version["FunctionArn"], "Version": version["Version"]}

    def _aws_lambda_alias(self, _, properties: dict) -> Attributes:
        alias = self._lambda.create_alias(**properties)
        properties.clear()
        return {"Ref": alias["AliasArn"]}

    def _aws_lambda_permission(self, name: str, properties: dict) -> Attributes:
        self._lambda.add_permission(**{"StatementId": name, **properties})
        properties.clear()
        return {"Ref": name}

    def _aws_lambda_url(self, _, properties: dict) -> Attributes:
        url = self._lambda.create_function_url_config(
            FunctionName=properties.pop("TargetFunctionArn"), **properties)
        properties.clear()
        return {"Ref": url["FunctionArn"], "FunctionUrl": url["FunctionUrl"]}


def _map(tags: list[dict]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
