"""Deployments written down by `provision generate` for every target, and read back with the targets' own tools."""

import json
import os
import struct
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

import terraform
from accounts import AGENT_ALIAS, AGENT_ID
from provision import BOOTSTRAP, Provision

INFRASTRUCTURE = Path(__file__).parent / "infrastructure"
REGION = "ap-northeast-1"
FUNCTION_DIRECTORY = "amplify/functions/bedrock-agent-gateway"
TARGETS = ("cloudformation", "sam", "terraform", "cdk", "amplify")
_RUNTIME = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC123"

CASES = {
    "signed": {"agent": {"id": AGENT_ID, "alias": AGENT_ALIAS, "name": "SOLOMON"}, "role_sessions": "separate",
               "permissions_boundary": "arn:aws:iam::123456789012:policy/boundaries/generated"},
    "tokens": {
        "agents": {"magi": {"id": AGENT_ID, "alias": AGENT_ALIAS}, "research": {
            "runtime": _RUNTIME, "request": {"prompt": "<${question}>", "runtimeSessionId": "${session}", "as it is": "$${x} %{y}"},
            "answer": {"text": ["/payload/text", "/final"], "end": "/over"}}},
        "default_agent": "magi", "members": {"CASPAR": {"name": "カスパー", "role": "sage"}},
        "auth": "jwt", "jwt": {"issuer": "https://issuer.example/pool", "audience": ["web", "app"]},
        "permissions_boundary": "boundaries/generated", "architecture": "arm64", "memory_mb": 512, "timeout_seconds": 60, "log_retention_days": 30,
        "environment": {"COUNCIL": "東京", "NUMBER": "1", "SWITCH": "on", "QUOTED": "it's \"so\" `x` \\ %{y}", "NONE": ""},
        "tags": {"team": "nerv", "cost centre": "7"}},
    "open": {"agent": {"id": AGENT_ID, "alias": AGENT_ALIAS}, "auth": "none", "reserved_concurrency": 3,
             "cors": {"allow_origins": ["https://app.example", "https://other.example"], "max_age_seconds": 60}},
}


class Case:
    """One deployment, and what each target makes of it."""

    def __init__(self, case: str, directory: Path, home: Path):
        self.case = case
        self.name = f"generated-{case}"
        self.directory = directory
        directory.mkdir()
        self.settings = {"name": self.name, "region": REGION, **CASES[case]}
        (directory / "gateway.yaml").write_text(json.dumps(self.settings))
        # Node.js looks for packages where a project has them.
        (directory / "node_modules").symlink_to(INFRASTRUCTURE / "node_modules")
        self.provision = Provision(None, home, directory)
        for target in TARGETS:
            self.provision.done("generate", target, "--out", "amplify-app" if target == "amplify" else target)
        self.binary = directory / "bootstrap"
        self.binary.write_bytes(_for(CASES[case].get("architecture", "x86_64")))
        self.code_sha256 = self.provision.done("package", "--binary", str(self.binary)).out.strip()
        self.zip_file = (directory / "bootstrap.zip").read_bytes()

    def file(self, path: str) -> Path:
        return self.directory / path

    @property
    def cloudformation(self) -> dict:
        return yaml_parse(self.file("cloudformation/bedrock-gateway.yaml").read_text())

    @property
    def sam(self) -> dict:
        """As the SAM transform leaves it; `sam deploy` has put the package into S3."""
        template = yaml_parse(self.file("sam/template.yaml").read_text())
        function = template["Resources"]["Function"]["Properties"]
        assert function["CodeUri"] == "bootstrap.zip"
        function["CodeUri"] = f"s3://bucket/{self.code_sha256}"
        session = boto3.Session(region_name=REGION)
        return Translator({}, Parser(), boto_session=session).translate(template, {})


def _for(architecture: str) -> bytes:
    """The function's binary, said to be for another processor if need be. It is never run here."""
    binary = bytearray(BOOTSTRAP.read_bytes())
    struct.pack_into("<H", binary, 18, {"x86_64": 62, "arm64": 183}[architecture])
    return bytes(binary)


class Generated:
    """All cases. What takes Node.js is done once for all of them."""

    def __init__(self, directory: Path, home: Path):
        self.directory = directory
        self.cases = {case: Case(case, directory / case, home) for case in CASES}

    def resources(self, target: str, case: str) -> dict[str, dict]:
        """A target's resources as CloudFormation has them."""
        match target:
            case "cloudformation":
                return self.cases[case].cloudformation["Resources"]
            case "sam":
                return self.cases[case].sam["Resources"]
            case "terraform":
                main = self.terraform[str(self.cases[case].file("terraform/main.tf"))]
                return terraform.resources(main["content"])
            case "cdk":
                return self.cdk[case]["Resources"]
            case "amplify":
                return self.amplify["Resources"]
        raise ValueError(target)

    @cached_property
    def terraform(self) -> dict[str, dict]:
        """Each Terraform file, parsed and formatted."""
        files = sorted(str(file) for file in self.directory.glob("*/terraform/*.tf"))
        return json.loads(node("hcl.mjs", *files))

    @cached_property
    def cdk(self) -> dict[str, dict]:
        """The template that the CDK makes of each case's construct."""
        out = self.directory / "cdk.out"
        directories = []
        for case, generated in self.cases.items():
            # A stack is called like its directory.
            generated.file(case).symlink_to(generated.file("cdk"))
            directories.append(str(generated.file(case)))
        zip_file = str(self.cases["signed"].file("bootstrap.zip"))
        tsx("synthesize.ts", str(out), zip_file, *directories)
        return {case: json.loads((out / f"{case}.template.json").read_text()) for case in self.cases}

    @cached_property
    def amplify(self) -> dict:
        """The template of the function's stack that Amplify makes of a backend with the lines we give for it."""
        app = self.amplify_app()
        context = {"amplify-backend-namespace": "app", "amplify-backend-name": "me",
                   "amplify-backend-type": "sandbox", "secretLastUpdated": 0}
        tsx(str(app / "amplify/backend.ts"), CDK_OUTDIR=str(app / "cdk.out"), CDK_CONTEXT_JSON=json.dumps(context))
        (nested,) = (app / "cdk.out").glob("*function*.nested.template.json")
        return json.loads(nested.read_text())

    def amplify_app(self) -> Path:
        """A backend that holds what the generated file's first lines say."""
        case = self.cases["tokens"]
        app = case.file("amplify-app")
        (app / FUNCTION_DIRECTORY / "bootstrap.zip").write_bytes(case.zip_file)
        head = (app / FUNCTION_DIRECTORY / "resource.ts").read_text().partition("\n\nimport ")[0]
        told = head.partition("In amplify/backend.ts:\n//\n")[2].partition("\n//\n// The browser")[0]
        lines = [line.removeprefix("//").removeprefix("   ") for line in told.splitlines()]
        backend = 'import { defineBackend } from "@aws-amplify/backend";\n' + "\n".join(lines) + "\n"
        assert "defineBackend({" in backend, backend
        (app / "amplify/backend.ts").write_text(backend)
        (app / "amplify/package.json").write_text('{"type": "module"}')
        return app


def node(script: str, *arguments: str, **variables: str) -> str:
    """Runs a script of infrastructure/ with Node.js; what it prints. Warnings are failures."""
    run = subprocess.run(
        ["node", script, *arguments], cwd=INFRASTRUCTURE, capture_output=True, text=True, timeout=300,
        env={**os.environ, "NO_COLOR": "1", "CDK_DISABLE_VERSION_CHECK": "1", **variables})
    assert run.returncode == 0 and "arning" not in run.stderr, f"{script}:\n{run.stdout}\n{run.stderr}"
    return run.stdout


def tsx(script: str, *arguments: str, **variables: str) -> str:
    """The same with TypeScript."""
    return node("node_modules/tsx/dist/cli.mjs", script, *arguments, **variables)


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess:
    """Runs a program that came with a Python package."""
    return subprocess.run([str(Path(sys.executable).parent / name), *arguments], capture_output=True, text=True,
                          timeout=300)
