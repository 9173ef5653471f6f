"""The tools that deploy: what each needs in its directory, and the command that a user would type."""

import json
import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

import install
from account import REGION, Account
from peers import BENCH, REPOSITORY, TOOLS

CARGO_LAMBDA = Path(".tools/python/bin/cargo-lambda")
SAM, CDK = TOOLS / "sam", TOOLS / "cdk"
Command = list[str | Path]


class Deployer(ABC):
    """One tool. Its directory has `code/bootstrap`, which is changed between the runs."""

    name: str
    label: str
    #: The qualifier of the function URL and its permissions.
    qualifier: str | None = None
    #: Why its deployment is not what it should be.
    remark = ""

    def built(self) -> list[install.Job]:
        """The part of the tool that cargo builds."""
        return []

    def installed(self) -> list[install.Job]:
        """The part of the tool that npm or pip installs."""
        return []

    def template(self, directory: Path) -> dict[str, Any] | None:
        """What CloudFormation is to deploy, where it is CloudFormation that does: moto's leaves out what it does
        not know."""
        return None

    def prepare(self, directory: Path, account: Account) -> list[tuple[str, Command]]:
        """Writes its files; returns the commands that an account needs once, by name."""
        return []

    @abstractmethod
    def command(self, directory: Path) -> Command:
        """Deploys, the first time and every time."""

    def environment(self, directory: Path) -> dict[str, str]:
        """Additional variables for its commands."""
        return {}


class Provision(Deployer):
    name, label, qualifier = "provision", "provision up", "live"

    def built(self) -> list[install.Job]:
        return [install.provision]

    def prepare(self, directory: Path, account: Account) -> list[tuple[str, Command]]:
        # JSON is YAML.
        (directory / "gateway.yaml").write_text(json.dumps({
            "name": "bench", "region": REGION, "auth": "none", "agent": {"id": "AGENTAGENT", "alias": "LIVE"}}))
        return []

    def command(self, directory: Path) -> Command:
        # moto runs no functions, so the probe would have no answer.
        return [REPOSITORY / "target/debug/provision", "up", "--yes",
                "--probe", "none", "--binary", directory / "code/bootstrap"]


class CargoLambda(Deployer):
    name, label = "cargo-lambda", "cargo lambda deploy"
    remark = "it has no option for the invoke mode"

    def prepare(self, directory: Path, account: Account) -> list[tuple[str, Command]]:
        # It deploys a package of a workspace, even where the binary is given.
        (directory / "Cargo.toml").write_text('[package]\nname = "bench"\nedition = "2024"\n')
        (directory / "src").mkdir()
        (directory / "src/main.rs").write_text("fn main() {}\n")
        return []

    def environment(self, directory: Path) -> dict[str, str]:
        # It asks cargo for the package's settings, and cargo looks for itself in the home.
        home = Path.home()
        return {"RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(home / ".rustup")),
                "CARGO_HOME": os.environ.get("CARGO_HOME", str(home / ".cargo"))}

    def command(self, directory: Path) -> Command:
        return [REPOSITORY / CARGO_LAMBDA, "lambda", "deploy", "bench", "--binary-path", directory / "code/bootstrap",
                "--enable-function-url", "--memory", "2048", "--timeout", "600", "--runtime", "provided.al2023"]


class Sam(Deployer):
    name, label = "sam", "sam deploy"

    def installed(self) -> list[install.Job]:
        return [lambda: install.recipe(SAM, BENCH / "deployments/sam", lambda directory: install.venv(
            directory, BENCH / "deployments/sam/requirements.txt"))]

    def template(self, directory: Path) -> dict[str, Any]:
        template = yaml_parse((directory / "template.yaml").read_text())
        # The place where `sam deploy` has put the code.
        template["Resources"]["Gateway"]["Properties"]["CodeUri"] = "s3://bench-code/code"
        return Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION)).translate(template, {})

    def prepare(self, directory: Path, account: Account) -> list[tuple[str, Command]]:
        shutil.copy(BENCH / "deployments/sam/template.yaml", directory)
        # `--resolve-s3` would make one through a stack of its own, which moto does not describe as SAM expects.
        account.make_bucket("bench-code")
        return []

    def command(self, directory: Path) -> Command:
        return [SAM / "bin/sam", "deploy", "--stack-name", "bench", "--s3-bucket", "bench-code", "--region", REGION,
                "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
                "--template-file", directory / "template.yaml"]

    def environment(self, directory: Path) -> dict[str, str]:
        return {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_DISABLE_AUTO_UPDATE": "1"}


class Cdk(Deployer):
    name, label = "cdk", "cdk deploy"

    def installed(self) -> list[install.Job]:
        return [self._installed]

    def template(self, directory: Path) -> dict[str, Any]:
        return json.loads((directory / "cdk.out/bench.template.json").read_text())

    def _installed(self) -> None:
        install.recipe(CDK, BENCH / "deployments/cdk", self._install)
        # It has to stand beside the modules that it imports.
        shutil.copy(BENCH / "deployments/cdk/app.mjs", CDK)

    @staticmethod
    def _install(directory: Path) -> None:
        for file in (BENCH / "deployments/cdk").glob("*.json"):
            shutil.copy(file, directory)
        install.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=directory)

    def prepare(self, directory: Path, account: Account) -> list[tuple[str, Command]]:
        return [("bootstrap", [CDK / "node_modules/.bin/cdk", "bootstrap", f"aws://123456789012/{REGION}"])]

    def command(self, directory: Path) -> Command:
        # Directly, not through a change set, and with all parameters: moto fails when the CDK deletes the change
        # set before, and does not keep values; the CDK then tries again for a minute.
        return [CDK / "node_modules/.bin/cdk", "deploy", "--app", f"node {CDK / 'app.mjs'}", "--method", "direct",
                "--no-previous-parameters", "--require-approval", "never", "--output", directory / "cdk.out"]

    def environment(self, directory: Path) -> dict[str, str]:
        return {"BENCH_CODE": str(directory / "code"), "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"}


def all_deployers() -> list[Deployer]:
    return [Provision(), CargoLambda(), Sam(), Cdk()]
