"""Nothing secret is printed or written: whatever is run, however much it is to say, and however it fails."""

import itertools
import json
from pathlib import Path
from typing import Iterator

import pytest

from accounts import AGENT_ALIAS, AGENT_ID, Account
from deploy_role import DeployRole
from deployment import Deployment
from played_server import PlayedHandler, PlayedServer
from provision import Provision, Run

QUESTION = "秘密の質問は何ですか"
JWT = "eyJhbGciOiJSUzI1NiJ9." + "c2VjcmV0LXRva2Vu" * 12 + ".c2lnbmF0dXJl"
THEIRS, DISGUISED, OURS, LINE = "hunter2-database", "hunter2-disguised", "hunter2-configured", "hunter2-env-file"
MODES = [(), ("-vvv",), ("--json", "--verbose")]
LOUD = {"RUST_LOG": "trace", "RUST_BACKTRACE": "full", "BEDROCK_GATEWAY_TOKEN": ""}


class Indiscreet(PlayedServer):
    """An AWS that refuses everything and repeats what it was told, as AWS does for a signature that does not match."""

    def __init__(self):
        class Handler(PlayedHandler):
            def _answer(self):
                self.read_body()
                headers = "\n".join(f"{name.lower()}:{value}" for name, value in self.headers.items())
                token = self.headers.get("x-amz-security-token", "")
                text = (f"The Canonical String should have been '{self.command}\n{headers}', see https://s3.example/x?"
                        f"X-Amz-Security-Token={token}&X-Amz-Signature={'0f' * 32}; the token {token} is bad")
                if "x-www-form-urlencoded" in self.headers.get("content-type", ""):
                    kind = "text/xml"
                    answer = ("<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>"
                              + text.replace("&", "&amp;") + "</Message></Error></ErrorResponse>")
                else:
                    kind = "application/x-amz-json-1.1"
                    answer = json.dumps({"__type": "InvalidSignatureException", "message": text})
                self.reply(403, answer.encode(), content_type=kind, x_amzn_errortype="InvalidSignatureException")

            do_GET = do_POST = do_PUT = do_DELETE = _answer

        super().__init__(Handler)


@pytest.fixture
def indiscreet() -> Iterator[Indiscreet]:
    with Indiscreet() as server:
        yield server


class Watch:
    """Looks for secrets in all that a run leaves behind."""

    def __init__(self, project: Path, account: Account):
        self.project = project
        self.secrets = [account.secret_access_key, account.session_token, JWT, JWT.split(".")[1], THEIRS, DISGUISED,
                        OURS, LINE]

    def __call__(self, run: Run, *more: str) -> Run:
        said = run.out + run.err
        for secret in (*self.secrets, *more):
            assert secret not in said, f"{secret} is in:\n{run}"
        for file in self.project.rglob("*"):
            if file.is_file() and file.name not in ("gateway.yaml", ".env.local"):
                content = file.read_bytes()
                assert not any(secret.encode() in content for secret in self.secrets), file
        return run


@pytest.fixture
def deployed(deployments, local_account, name, home) -> Deployment:
    deployment = deployments(local_account, name)
    deployment.configure(environment={"API_KEY": OURS})
    (deployment.project / ".env.local").write_text(f"OTHER={LINE}\n'broken={LINE}\n")
    deployment.role_taken_on = DeployRole(deployment, home)
    deployment.role_taken_on.provision.done("up", "--yes", "--binary", str(deployment.binary))
    variables = deployment.configuration("$LATEST")["Environment"]["Variables"]
    deployment.change_elsewhere(Environment={"Variables": {
        **variables, "DATABASE_PASSWORD": THEIRS, "GATEWAY_SECRET": DISGUISED, "API_KEY": THEIRS + "-too"}})
    return deployment


def test_a_deployment_with_secrets(deployed: Deployment, bootstrap):
    role = deployed.role_taken_on
    watch = Watch(deployed.project, role.account)
    binary = ("--binary", str(bootstrap))

    def run(*command: str, secret: str = "", **environment: str) -> None:
        for mode in MODES:
            watch(role.provision(*command, *mode, environment={**LOUD, **environment}), *filter(None, [secret]))

    run("plan", *binary)
    run("up", "--yes", "--strict", *binary)
    for command in ("status", "doctor", "url", "logs"):
        run(command)
    for mode in MODES:
        # The answer is what was asked for; what is said about it is not to repeat the question.
        run_ = watch(role.provision("ask", QUESTION, *mode, environment=LOUD))
        assert run_.code == 0 and QUESTION not in run_.err, run_
    # The function URL checks signatures: a token is refused before it is sent.
    run("ask", QUESTION, "--token", JWT, secret=QUESTION)
    run("ask", QUESTION, secret=QUESTION, BEDROCK_GATEWAY_TOKEN=JWT)
    deployed.configure(environment={"API_KEY": OURS + "-new"}, memory_mb=512, auth="none")
    run("plan", *binary)
    run("up", "--yes", "--probe", "ask", *binary)
    run("ask", QUESTION, "--token", JWT, "--agent", "nobody", secret=QUESTION)
    assert deployed.environment()["DATABASE_PASSWORD"] == THEIRS
    run("rollback")
    run("down", "--yes", "--logs")
    assert LINE in (deployed.project / ".env.local").read_text()


def test_an_aws_that_repeats_what_it_was_told(deployed: Deployment, indiscreet, home, bootstrap):
    account = deployed.role_taken_on.account
    watch = Watch(deployed.project, account)
    provision = Provision(account, home, deployed.project, endpoint=indiscreet.endpoint)

    for command, mode in itertools.product(
            (("up", "--yes", "--binary", str(bootstrap)), ("plan", "--binary", str(bootstrap)), ("status",), ("url",),
             ("doctor",), ("logs",), ("rollback",), ("down", "--yes"), ("ask", QUESTION), ("init", "--force")), MODES):
        run = watch(provision(*command, *mode, environment=LOUD), "0f0f0f0f0f0f0f0f", QUESTION)
        assert run.code in (1, 2), run
    run = watch(provision("url", environment=LOUD))
    # What is not secret is still told.
    assert "InvalidSignatureException" in run.err and "Canonical String" in run.err and "(hidden)" in run.err, run


def test_a_configuration_that_cannot_be_read(provision: Provision):
    watch = Watch(provision.cwd, Account("none", "", "", "no-such-key", "no-such-secret", "no-such-token"))
    for environment in (f"[{OURS}]", f"{{API_KEY: [{OURS}]}}", f"{{API_KEY: {{a: {OURS}}}}}", OURS,
                        f"{{API_KEY: {OURS}, API_KEY: {OURS}}}", f"{{API_KEY: '{OURS}}}", f"{{AWS_REGION: {OURS}}}",
                        f"{{API_KEY: !secret {OURS}}}", f"{{API_KEY: *{OURS}}}"):
        (provision.cwd / "gateway.yaml").write_text(
            f"name: magi\nregion: eu-west-1\nagent: {{id: {AGENT_ID}, alias: {AGENT_ALIAS}}}\nenvironment: {environment}\n")
        run = provision("plan", "--verbose", environment=LOUD)
        assert run.code == 1 or run.code == 2, run
        watch(run)
