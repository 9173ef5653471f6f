"""Settings: where they may come from, and what is said about one that cannot be meant."""

import json

import pytest

from deployment import Deployment


def write(deployment: Deployment, text: str) -> None:
    (deployment.project / "gateway.yaml").write_text(text)


def refused(deployment: Deployment) -> str:
    """What `plan` says when it refuses the configuration, before it has asked AWS anything."""
    run = deployment.plan()
    assert (run.code, run.out) == (1, ""), run
    assert deployment.recorder.requests == []
    return run.err


YAML = """\
name: magi
region: ap-northeast-1
agent:
  id: MAGICOUNCL
  alias: LIVE
"""


@pytest.mark.parametrize(("line", "said"), [
    # An unknown key is named, and so are the known ones.
    ("memory: 512", ["unknown field", "`memory`", "memory_mb", "timeout_seconds"]),
    # A wrong type and a value out of range: what it is, what it may be.
    ("memory_mb: plenty", ["plenty", "a whole number from 128 to 10240"]),
    ("memory_mb: 64", ["64", "a whole number from 128 to 10240"]),
    ("timeout_seconds: 901", ["901", "a whole number from 1 to 900"]),
    ("timeout_seconds: -1", ["-1", "a whole number from 1 to 900"]),
    ("keep_alive_seconds: 61", ["61", "a whole number from 1 to 60"]),
    ("idle_timeout_seconds: 4", ["4", "a whole number from 5 to 900"]),
    ("log_retention_days: 8", ["8", "1, 3, 5, 7, 14, 30"]),
    ("auth: open", ["open", "iam", "none"]),
    ("role_sessions: apart", ["apart", "shared", "separate"]),
    ("permissions_boundary: 'arn:aws:iam::1:role/x'", ["arn:aws:iam::1:role/x", "a managed policy's name"]),
    ("trace: everything", ["everything", "off", "summary"]),
    ("architecture: riscv", ["riscv", "x86_64", "arm64"]),
    ("environment: {GATEWAY_AUTH: none}", ["GATEWAY_AUTH"]),
    ("environment: {AWS_REGION: x}", ["AWS_REGION", "reserve"]),
    ("environment: [A]", ["environment", "sequence"]),
    ("tags: {'aws:x': y}", ["aws:x"]),
    # To IAM, which tags the role, these are keys that are there already.
    ("tags: {Managed-By: me}", ["Managed-By"]),
    ("tags: {BEDROCK-GATEWAY:DEPLOYMENT: me}", ["BEDROCK-GATEWAY:DEPLOYMENT"]),
    ("tags: {Team: a, team: b}", ["`Team`", "team", "IAM"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_mistake_is_shown_where_it_is_with_what_is_allowed(local_deployment, line, said):
    write(local_deployment, f"{YAML}{line}\n")

    error = refused(local_deployment)

    assert all(word in error for word in said), error
    # Where editors and terminals make a link of it.
    assert "gateway.yaml:6:" in error, error


@pytest.mark.parametrize(("yaml", "line", "said"), [
    ("name: a b\nregion: ap-northeast-1\n", 1, "letters, digits"),
    ("name: magi\nregion: tokyo\n", 2, "ap-northeast-1"),
    ("name: magi\nagent:\n  id: not-an-id\n", 3, "letters or digits"),
    ("name: magi\nagent:\n  identity: A\n", 3, "unknown field"),
    ("name: magi\n\tregion: x\n", 2, ""),
    ("name: magi\nagent: {id: A\n", 3, ""),
])
def test_a_mistake_deeper_in_the_file_is_found_too(local_deployment, yaml, line, said):
    write(local_deployment, yaml)

    error = refused(local_deployment)

    assert f"gateway.yaml:{line}:" in error and said in error, error


def test_role_sessions_are_for_callers_who_sign(local_deployment):
    write(local_deployment, f"{YAML}auth: none\nrole_sessions: separate\n")

    assert "role_sessions: has no effect without `auth: iam`" in refused(local_deployment)


@pytest.mark.parametrize("overlay", [False, True])
def test_a_byte_order_mark_is_no_part_of_the_file(local_deployment, overlay):
    (local_deployment.project / "gateway.yaml").write_text(
        f"{YAML}environments: {{staging: {{memory_mb: 512}}}}\n", encoding="utf-8-sig")

    plan = local_deployment.plan(*(["--env", "staging"] if overlay else []))

    assert plan.code == 0 and "+ function magi" in plan.out, plan
    # Where a mistake is, is counted without it.
    (local_deployment.project / "gateway.yaml").write_text("nmae: magi\n" + YAML, encoding="utf-8-sig")
    assert "gateway.yaml:1:1: unknown field `nmae`" in refused(local_deployment)


def test_a_file_that_is_not_utf_8_is_told_what_to_do(local_deployment):
    (local_deployment.project / "gateway.yaml").write_text(YAML, encoding="utf-16")

    assert "save it as UTF-8" in refused(local_deployment).partition("hint:")[2]


def test_a_key_given_twice_is_named(local_deployment):
    write(local_deployment, f"{YAML}name: again\n")

    assert "duplicate field `name`" in refused(local_deployment)


def test_a_required_setting_that_is_missing_is_named_with_every_way_to_give_it(local_deployment):
    write(local_deployment, "name: magi\n")

    error = refused(local_deployment)

    for way in ("--agent-id", "BEDROCK_GATEWAY_AGENT_ID", "agent.id",
                "--agent-alias", "BEDROCK_GATEWAY_AGENT_ALIAS", "agent.alias"):
        assert way in error, error


def test_a_file_that_was_asked_for_has_to_exist(local_deployment: Deployment):
    run = local_deployment.plan("--config", "elsewhere.yaml")

    assert run.code == 1 and "elsewhere.yaml" in run.err, run


def test_without_a_file_flags_suffice(local_deployment: Deployment):
    (local_deployment.project / "gateway.yaml").unlink()

    run = local_deployment.plan("--name", local_deployment.name, "--agent-id", "MAGICOUNCL",
                                "--agent-alias", "LIVE", "--detailed-exitcode")

    assert run.code == 2, run


@pytest.mark.parametrize(("flag", "variable", "expected"), [
    ("flag", "variable", "flag"), (None, "variable", "variable"), (None, None, "file"),
    (None, "", "file"),
], ids=["flag", "variable", "file", "empty variable"])
def test_a_flag_beats_a_variable_beats_the_file(local_deployment, flag, variable, expected):
    local_deployment.configure(name="file")
    arguments = ["--name", flag] if flag else []
    environment = {"BEDROCK_GATEWAY_NAME": variable} if variable is not None else {}

    run = local_deployment.provision(
        "plan", "--json", "--binary", str(local_deployment.binary), *arguments,
        environment=environment)

    assert run.code == 0, run
    json.loads(run.out)
    # The role is named after the deployment.
    assert f"{expected}-role" in run.out, run


def test_bad_usage_is_told_apart_from_failure(local_deployment: Deployment):
    assert local_deployment.provision("up", "--no-such-flag").code == 2
    assert local_deployment.provision("no-such-command").code == 2


def test_help_is_data_and_explains_the_exit_codes(local_deployment: Deployment):
    run = local_deployment.provision("--help")

    assert run.code == 0 and run.err == "" and "Exit codes" in run.out, run


def test_wrong_credentials_are_told_as_such(local_deployment: Deployment):
    run = local_deployment.up(environment={"AWS_SECRET_ACCESS_KEY": "wrong"})

    assert run.code == 1 and "signature" in run.err.lower(), run
    assert local_deployment.recorder.writes == []


def test_an_endpoint_that_nobody_listens_on_is_told_with_what_to_check(local_deployment):
    local_deployment.recorder.close()

    run = local_deployment.up()

    assert run.code == 1 and "--endpoint-url" in run.err, run


@pytest.mark.parametrize(("origin", "said"), [
    ("https://app.example.com:443", "a browser sends `https://app.example.com`"),
    ("http://app.example.com:80", "a browser sends `http://app.example.com`"),
    ("https://App.Example.com", "a browser sends `https://app.example.com`"),
    ("https://app.example.com/", "a browser sends `https://app.example.com`"),
    ("https://app.example.com/chat", "a browser sends `https://app.example.com`"),
    ("https://user@app.example.com", "a browser sends `https://app.example.com`"),
    ("https://例え.example", "a browser sends `https://xn--r8jz45g.example`"),
    ("https://app..example.com", "1 to 63 characters"),
    ("https://.example.com", "1 to 63 characters"),
    (f"https://{'a' * 64}.example.com", "1 to 63 characters"),
    ("https://app.example.com:0", "nothing listens on port 0"),
    ("app.example.com", "`https://app.example.com`"),
    ("https://*.example.com", "there are no patterns"),
    ("file://", "`null`"),
    ("null", "every sandboxed page"),
    ("capacitor://localhost/", "`capacitor://localhost`"),
])
def test_an_origin_that_no_browser_sends_is_refused_with_what_it_sends(local_deployment: Deployment, origin, said):
    write(local_deployment, f"{YAML}cors:\n  allow_origins: ['{origin}']\n")

    error = refused(local_deployment)

    assert said in error and "gateway.yaml:7:" in error, error


def test_origins_of_apps_and_extensions_are_taken(local_deployment: Deployment):
    origins = ["capacitor://localhost", "ionic://localhost", "tauri://localhost", "http://[::1]:3000", "http://localhost:5173",
               "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://0b6f1a4e-6f0c-4a55-9d3c-0d4f7f9c2b11"]
    local_deployment.configure(cors={"allow_origins": origins})

    run = local_deployment.plan()

    assert run.code == 0 and all(origin in run.out for origin in origins), run


@pytest.mark.parametrize("key", ["allow_origins", "allow_methods", "allow_headers", "expose_headers"])
def test_everything_and_credentials_do_not_go_together(local_deployment: Deployment, key):
    cors = {"allow_origins": ["https://app.example.com"], "allow_credentials": True, key: ["*"]}
    local_deployment.configure(cors=cors)

    error = refused(local_deployment)

    assert f"cors.{key}: `*` does not go with `allow_credentials: true`" in error, error
