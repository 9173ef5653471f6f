"""What a generated Terraform module says, as the resources of a CloudFormation template: the two can be compared, and
deployed, in the same way. Terraform's own providers cannot be had in tests."""

import json
import re
from typing import Any

ATTRIBUTES = {
    "aws_cloudwatch_log_group": ("AWS::Logs::LogGroup", {
        "name": "LogGroupName", "retention_in_days": "RetentionInDays", "tags": "Tags"}),
    "aws_iam_role": ("AWS::IAM::Role", {
        "name": "RoleName", "assume_role_policy": "AssumeRolePolicyDocument",
        "permissions_boundary": "PermissionsBoundary", "tags": "Tags"}),
    "aws_lambda_function": ("AWS::Lambda::Function", {
        "function_name": "FunctionName", "role": "Role", "runtime": "Runtime", "handler": "Handler",
        "architectures": "Architectures", "memory_size": "MemorySize", "timeout": "Timeout",
        "logging_config": "LoggingConfig", "environment": "Environment", "tags": "Tags",
        "log_group": "LogGroup", "log_format": "LogFormat", "variables": "Variables",
        "reserved_concurrent_executions": "ReservedConcurrentExecutions"}),
    "aws_lambda_alias": ("AWS::Lambda::Alias", {
        "name": "Name", "function_name": "FunctionName", "function_version": "FunctionVersion"}),
    "aws_lambda_permission": ("AWS::Lambda::Permission", {
        "statement_id": "StatementId", "function_name": "FunctionName", "qualifier": "Qualifier",
        "principal": "Principal", "action": "Action", "function_url_auth_type": "FunctionUrlAuthType",
        "invoked_via_function_url": "InvokedViaFunctionUrl"}),
    "aws_lambda_function_url": ("AWS::Lambda::Url", {
        "function_name": "TargetFunctionArn", "qualifier": "Qualifier", "authorization_type": "AuthType",
        "invoke_mode": "InvokeMode", "cors": "Cors", "allow_credentials": "AllowCredentials", "max_age": "MaxAge",
        "allow_headers": "AllowHeaders", "allow_methods": "AllowMethods", "allow_origins": "AllowOrigins",
        "expose_headers": "ExposeHeaders"}),
}
# What the provider's documentation lists for these besides, as far as it is used.
CODE = {"filename": "${local.package}", "source_code_hash": "${filebase64sha256(local.package)}", "publish": True}
REFERENCES = {
    "data.aws_partition.current.partition": {"Ref": "AWS::Partition"},
    "data.aws_caller_identity.current.account_id": {"Ref": "AWS::AccountId"},
    "aws_iam_role.gateway.arn": {"Fn::GetAtt": ["aws_iam_role", "Arn"]},
    "aws_cloudwatch_log_group.gateway.name": {"Ref": "aws_cloudwatch_log_group"},
    "aws_lambda_function.gateway.function_name": {"Ref": "aws_lambda_function"},
    "aws_lambda_function.gateway.version": {"Fn::GetAtt": ["version", "Version"]},
    "aws_lambda_alias.live.name": "live",
}


def resources(module: dict) -> dict[str, dict]:
    """The module's resources. What is not known here is an error."""
    tags = module["locals"][0]["tags"]
    found: dict[str, dict] = {}
    declared = {kind: dict(instances) for kind, instances in module["resource"].items()}
    (policy,) = _only(declared.pop("aws_iam_role_policy"))
    for kind, instances in declared.items():
        type_, names = ATTRIBUTES[kind]
        for label, (attributes,) in instances.items():
            attributes = dict(attributes)
            depends_on = attributes.pop("depends_on", [])
            if kind == "aws_lambda_function":
                assert {key: attributes.pop(key) for key in CODE} == CODE
            key = label if kind == "aws_lambda_permission" else kind
            found[key] = {"Type": type_, "Properties": _properties(attributes, names, tags), "DependsOn": [
                reference.strip("${}").split(".")[1] for reference in depends_on
                if reference.startswith("${aws_lambda_permission.")]}
    assert policy["role"] == "${aws_iam_role.gateway.id}"
    found["aws_iam_role"]["Properties"]["Policies"] = [
        {"PolicyName": policy["name"], "PolicyDocument": _value(policy["policy"], {}, tags)}]
    # `publish = true`
    found["version"] = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "aws_lambda_function"}}}
    found["aws_lambda_function_url"].setdefault("DependsOn", []).append("aws_lambda_alias")
    return found


def _only(instances: dict) -> list[dict]:
    (blocks,) = instances.values()
    return blocks


def _properties(attributes: dict, names: dict[str, str], tags: dict) -> dict:
    return {names[key]: _value(value, names, tags) for key, value in attributes.items()}


def _value(value: Any, names: dict[str, str], tags: dict) -> Any:
    match value:
        case [dict() as block]:
            return _properties(block, names, tags)
        case "${local.tags}":
            return [{"Key": key, "Value": tag} for key, tag in tags.items()]
        case str() if value.startswith("${jsonencode("):
            return _texts(json.loads(_json(value.removeprefix("${jsonencode(").removesuffix(")}"))))
        case dict() | str():
            return _texts(value)
    return value


def _json(text: str) -> str:
    """An object of HCL, as `terraform fmt` lays it out, as JSON."""
    text = re.sub(r'^(\s*)"?([\w:-]+)"? += ', r'\1"\2": ', text, flags=re.M)
    text = re.sub(r"(?<![{\[,])\n", ",\n", text)
    return re.sub(r",(\s*[}\]])", r"\1", text)


def _texts(value: Any) -> Any:
    match value:
        case dict():
            return {key: _texts(member) for key, member in value.items()}
        case list():
            return [_texts(member) for member in value]
        case str():
            return _text(value)
    return value


def _text(text: str) -> Any:
    parts = [REFERENCES[part[2:-1]] if part.startswith("${") else part.replace("$${", "${").replace("%%{", "%{")
             for part in re.split(r"((?<!\$)\$\{[^}]*\})", text) if part]
    return parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]}
