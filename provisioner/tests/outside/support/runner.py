"""Runs a workflow's jobs as GitHub's runner does: each `run:` as it is written, each `uses:` as that action would."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import yaml

from provision import Provision

# Never for what compiles or installs.
SECRET = re.compile(r"AWS_|ACTIONS_ID_TOKEN_|BEDROCK_GATEWAY_TOKEN")


def generate(provision: Provision, **environment: str) -> Path:
    """The workflow beside gateway.yaml, which are all that is in the repository."""
    provision.done("generate", "github", "--out", ".", environment=environment)
    return provision.cwd / ".github/workflows/deploy.yml"


class Runner:
    """A repository at GitHub, and what its jobs leave behind."""

    def __init__(self, directory: Path, repository: Path, path: str, credentials: dict[str, str],
                 environment: dict[str, str]):
        self._directory = directory
        self._repository = repository
        self._credentials = credentials
        self._environment = {
            "PATH": path, "HOME": str(directory / "home"), "CI": "true", "GITHUB_ACTIONS": "true", "LANG": "C.UTF-8",
            **environment}
        (directory / "home").mkdir(exist_ok=True)
        self._runs = 0
        # The name of each step that ran a command, and the variables that it saw.
        self.saw: list[tuple[str, set[str]]] = []
        # How many seconds each of these steps took.
        self.took: list[tuple[str, float]] = []
        self.log = ""

    def run(self, workflow: Path) -> dict[str, str]:
        """Runs all jobs, one after the other; the outputs of the last one's steps."""
        document = yaml.safe_load(workflow.read_text())
        self._runs += 1
        outputs = {}
        for name, job in document["jobs"].items():
            outputs = self._job(name, job, document.get("env", {}))
        return outputs

    def _job(self, name: str, job: dict, of_workflow: dict) -> dict[str, str]:
        machine = self._directory / f"{self._runs}-{name}"
        workspace, temp = machine / "workspace", machine / "temp"
        for directory in (workspace, temp):
            directory.mkdir(parents=True)
        output = machine / "output"
        output.touch()
        environment = {**self._environment, **of_workflow, **job.get("env", {}), "RUNNER_TEMP": str(temp),
                       "GITHUB_WORKSPACE": str(workspace), "GITHUB_OUTPUT": str(output),
                       "GITHUB_STEP_SUMMARY": str(machine / "summary")}
        if job["permissions"].get("id-token") == "write":
            environment |= {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "token", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x"}
        for step in job["steps"]:
            if "uses" in step:
                inputs = {key: str(value).replace("${{ runner.temp }}", str(temp))
                          for key, value in step.get("with", {}).items()}
                self._use(step["uses"].partition("@")[0], inputs, workspace, environment)
                continue
            of_step = {key: "a caller's token" if "secrets." in value else value
                       for key, value in step.get("env", {}).items()}
            self._command(step.get("name", ""), step["run"], workspace, {**environment, **of_step})
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    def _use(self, action: str, inputs: dict[str, str], workspace: Path, environment: dict[str, str]) -> None:
        match action:
            case "actions/checkout":
                shutil.copytree(self._repository, workspace, dirs_exist_ok=True)
            case "actions/upload-artifact":
                # It keeps no mode.
                shutil.copytree(inputs["path"], self._artifact(inputs), copy_function=shutil.copyfile)
            case "actions/download-artifact":
                shutil.copytree(self._artifact(inputs), inputs["path"], copy_function=shutil.copyfile)
            case "aws-actions/configure-aws-credentials":
                environment.update(self._credentials)
            case _:
                raise AssertionError(f"what does {action} do?")

    def _artifact(self, inputs: dict[str, str]) -> Path:
        return self._directory / f"{self._runs}-artifact-{inputs['name']}"

    def _command(self, name: str, script: str, workspace: Path, environment: dict[str, str]) -> None:
        self.saw.append((name, {variable for variable in environment if SECRET.match(variable)}))
        begun = time.monotonic()
        # GitHub's own way to start bash.
        run = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=workspace,
                             env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.took.append((name, time.monotonic() - begun))
        self.log += f"--- {name}\n{run.stdout}"
        assert run.returncode == 0, self.log
