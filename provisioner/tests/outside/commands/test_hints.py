"""What AWS refuses is told with what to do next, whatever it is; and where credentials come from."""

import hashlib
import json

import pytest

from accounts import Account
from played_server import PlayedHandler, PlayedServer
from provision import Provision

HINTS = {"PublicPolicyException": "use `auth: iam`", "ExpiredTokenException": "aws sso login",
         "UnrecognizedClientException": "check `--profile`", "SignatureDoesNotMatch": "the clock",
         "OptInRequired": "enable the Region", "AccessDeniedException": "lambda:GetFunctionUrlConfig",
         "ResourceConflictException": "somebody else is deploying", "CodeStorageExceededException": "old versions",
         "PolicyLengthExceededException": "quota", "ValidationException": "correct the setting",
         "InvalidParameterValueException": "correct the setting", "MalformedPolicyDocument": "correct the setting", "ResourceNotFoundException": "provision up"}


class Refusing(PlayedServer):
    """An AWS that answers every request with `code`, and notes down who has asked."""

    def __init__(self):
        self.code, self.callers = "", []
        refusing = self

        class Handler(PlayedHandler):
            def do_GET(self):
                refusing.callers.append(self.headers["authorization"].partition("Credential=")[2].partition("/")[0])
                self.reply(404 if refusing.code == "ResourceNotFoundException" else 400,
                           json.dumps({"Message": "no"}).encode(), x_amzn_errortype=refusing.code)

        super().__init__(Handler)


@pytest.fixture
def refusing():
    with Refusing() as server:
        yield server


TARGET = ("--name", "magi", "--region", "eu-west-1")


def test_each_refusal_has_its_hint(refusing, home, project):
    provision = Provision(Account("stub", refusing.endpoint, "eu-west-1", "AKID", "secret"), home, project)
    for code, hint in HINTS.items():
        refusing.code = code
        run = provision("url", *TARGET)
        assert run.code == 1 and hint in run.err.partition("hint:")[2], f"{code}: {run}"


def test_credentials_come_from_the_profile_that_is_named(refusing, provision: Provision, home):
    (home / ".aws").mkdir()
    helper = home / "helper"
    helper.write_text("""#!/bin/sh\necho '{"Version": 1, "AccessKeyId": "AKIDHELPER", "SecretAccessKey": "s"}'\n""")
    helper.chmod(0o755)
    (home / ".aws/credentials").write_text(
        "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s\n"
        "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = s\n")
    (home / ".aws/config").write_text(
        f"[profile helped]\ncredential_process = {helper}\n[profile sso]\nsso_session = corp\n"
        "sso_account_id = 123456789012\nsso_role_name = Admin\n[sso-session corp]\nsso_region = eu-west-1\n"
        "sso_start_url = https://corp.awsapps.com/start\n"
        "[profile console]\nlogin_session = arn:aws:iam::123456789012:user/me\n")
    refusing.code = "ResourceNotFoundException"
    url = ("url", *TARGET, "--endpoint-url", refusing.endpoint)

    provision(*url)
    provision(*url, "--profile", "work")
    provision(*url, environment={"AWS_PROFILE": "helped"})
    assert refusing.callers == ["AKIDDEFAULT", "AKIDWORK", "AKIDHELPER"]

    # Nobody has signed in.
    run = provision(*url, "--profile", "sso")
    assert run.code == 1 and "`aws sso login --profile sso`" in run.err.partition("hint:")[2], run
    # Somebody has, and the sign-in has ended.
    cache = home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    (cache / f"{hashlib.sha1(b'corp').hexdigest()}.json").write_text(json.dumps({
        "startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1", "accessToken": "secret-token",
        "expiresAt": "2020-01-01T00:00:00Z"}))
    run = provision(*url, environment={"AWS_PROFILE": "sso"})
    assert run.code == 1 and "SSO token has expired" in run.err and "secret-token" not in run.err, run
    assert "`aws sso login --profile sso`" in run.err.partition("hint:")[2], run
    # `aws login`, which would take another 26 crates.
    run = provision(*url, "--profile", "console")
    assert run.code == 1 and "export-credentials" in run.err.partition("hint:")[2], run
    assert len(refusing.callers) == 3
