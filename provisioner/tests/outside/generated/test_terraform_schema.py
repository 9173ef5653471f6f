"""What Terraform's AWS provider would say to the generated modules: `terraform validate` without the provider."""

import json
import re
from pathlib import Path

import pytest

from targets import Generated
from terraform_schema import SCHEMA

RESOURCES = json.loads(SCHEMA.read_text())["resources"]
# Younger than the schema's release; versions.tf asks for 6.29, the first with it (hashicorp/terraform-provider-aws#44858).
RESOURCES["aws_lambda_permission"]["arguments"]["invoked_via_function_url"] = {"required": False}
META = {"depends_on", "lifecycle"}
REFERENCE = re.compile(r"\b(?:data\.)?(aws_\w+)\.(?:gateway|current|live|call_url|invoke_via_url)\.(\w+)")


def faults(arguments: dict, given: dict, where: str) -> list[str]:
    """What is unknown, and what is missing."""
    found = [f"{where}: unknown `{name}`" for name in given.keys() - arguments.keys() - META]
    found += [f"{where}: missing `{name}`" for name, argument in arguments.items()
              if argument["required"] and name not in given]
    for name in given.keys() & arguments.keys():
        if block := arguments[name].get("block"):
            for content in given[name]:
                found += faults(block, content, f"{where}.{name}")
    return found


def in_module(content: dict) -> list[str]:
    return [fault for part in ("resource", "data") for kind, instances in content.get(part, {}).items()
            for label, blocks in instances.items() for block in blocks
            for fault in faults(RESOURCES[kind]["arguments"], block, f"{kind}.{label}")]


@pytest.fixture(scope="module")
def modules(generated: Generated) -> dict[str, dict]:
    found = {file: read["content"] for file, read in generated.terraform.items() if file.endswith("main.tf")}
    assert found
    return found


def test_every_argument_is_in_the_providers_schema(modules):
    assert [fault for content in modules.values() for fault in in_module(content)] == []


def test_every_attribute_that_is_read_is_one(modules):
    for file in modules:
        for other in Path(file).parent.glob("*.tf"):
            for kind, attribute in REFERENCE.findall(other.read_text()):
                known = RESOURCES[kind]["attributes"]
                assert attribute in known, f"{other.name}: {kind} has no `{attribute}`, but {known}"


def test_a_slip_would_be_found(modules):
    content = json.loads(json.dumps(next(iter(modules.values()))))
    (function,) = content["resource"]["aws_lambda_function"]["gateway"]
    function["memory"] = function.pop("memory_size")
    del function["role"]
    function["logging_config"][0]["format"] = "JSON"

    assert sorted(in_module(content)) == [
        "aws_lambda_function.gateway.logging_config: unknown `format`",
        "aws_lambda_function.gateway: missing `role`", "aws_lambda_function.gateway: unknown `memory`"]
