"""What version 6 of Terraform's AWS provider knows of the resources that are generated: their attributes and blocks, as
its own schema says. Providers can't be had in tests, but `@cdktf/provider-aws` is made from that schema and is on npm.

    python terraform_schema.py     writes terraform_schema.json anew
"""

import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@cdktf/provider-aws@21.22.1"
SCHEMA = Path(__file__).with_name("terraform_schema.json")
RESOURCES = {
    "aws_cloudwatch_log_group": "cloudwatch-log-group", "aws_iam_role": "iam-role",
    "aws_iam_role_policy": "iam-role-policy", "aws_lambda_alias": "lambda-alias",
    "aws_lambda_function": "lambda-function", "aws_lambda_function_url": "lambda-function-url",
    "aws_lambda_permission": "lambda-permission", "aws_caller_identity": "data-aws-caller-identity",
    "aws_partition": "data-aws-partition", "aws_region": "data-aws-region",
}
# An attribute or block: its documentation ends with its name in Terraform, then comes the member.
MEMBER = re.compile(r"#(\w+) \w+#\w+\}.*?readonly \w+(\??): ([^;]+);", re.DOTALL)


def structure(interface: str, types: str) -> dict:
    """By the name in Terraform: whether it is required, and what is in it if it is a block."""
    body = re.search(rf"export interface {interface}\b[^{{]*\{{(.*?)\n\}}", types, re.DOTALL).group(1)
    members = {}
    for name, optional, kind in MEMBER.findall(body):
        block = re.match(r"[A-Z]\w+", kind)
        is_block = block and f"export interface {block.group()} " in types
        members[name] = {"required": not optional,
                         **({"block": structure(block.group(), types)} if is_block else {})}
    return members


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda letter: "_" + letter.group().lower(), name)


def resource(types: str) -> dict:
    """What can be set, and what can be read."""
    config = re.search(r"export interface (\w+Config) extends cdktf.TerraformMetaArguments", types).group(1)
    class_ = re.search(r"export declare class \w+ extends cdktf\.Terraform(?:Resource|DataSource) .*", types, re.DOTALL)
    return {"arguments": structure(config, types),
            "attributes": sorted({snake(name) for name in re.findall(r"^    get (\w+)\(\)", class_.group(), re.M)
                                  if not name.endswith("Input")})}


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=directory, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(directory).glob("*.tgz")
        with tarfile.open(archive) as package:
            read = lambda path: package.extractfile(f"package/{path}").read().decode()  # noqa: E731
            version = re.search(r"providerVersion: '([^']+)'", read("lib/lambda-function/index.js")).group(1)
            resources = {name: resource(read(f"lib/{path}/index.d.ts")) for name, path in RESOURCES.items()}
    schema = {"source": PACKAGE, "provider": version, "resources": resources}
    SCHEMA.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
