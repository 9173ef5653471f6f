"""A plan one can trust: what it compares, what it leaves alone, and who is asked."""

import hashlib
import json
import os
import pty
import subprocess

import pytest

from deployment import Deployment
from provision import PROVISION


def on_a_terminal(deployment: Deployment, answer: str, *arguments: str, **environment) -> tuple[int, str]:
    """Runs the command as somebody at a terminal who types `answer`; exit code and what was shown."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [PROVISION, *arguments], cwd=deployment.project, stdin=follower, stdout=follower,
        stderr=follower, env=deployment.provision.environment(environment), start_new_session=True)
    os.close(follower)
    os.write(leader, f"{answer}\n".encode())
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux's way to tell the end.
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    return process.wait(timeout=60), shown.decode()


def up_on_a_terminal(deployment: Deployment, answer: str, **environment) -> tuple[int, str]:
    deployment.recorder.clear()
    return on_a_terminal(
        deployment, answer, "up", "--binary", str(deployment.binary), **environment)


def test_somebody_at_a_terminal_is_asked_before_anything_is_written(local_deployment: Deployment):
    code, shown = up_on_a_terminal(local_deployment, "n")

    assert code == 1 and "[y/N]" in shown and "not confirmed" in shown, shown
    assert local_deployment.recorder.writes == []

    code, shown = up_on_a_terminal(local_deployment, "yes")

    assert code == 0 and "[y/N]" in shown, shown
    assert local_deployment.exists()


def test_in_ci_nobody_is_asked(local_deployment: Deployment):
    code, shown = up_on_a_terminal(local_deployment, "n", CI="true")

    assert code == 0 and "[y/N]" not in shown, shown
    assert local_deployment.exists()


def test_without_a_terminal_up_goes_on_and_down_does_not(local_deployment: Deployment):
    run = local_deployment.provision("up", "--binary", str(local_deployment.binary))
    assert run.code == 0, run

    run = local_deployment.provision("down")
    assert run.code == 1 and "--yes" in run.err, run
    assert local_deployment.exists()


def test_a_run_that_changes_nothing_asks_each_thing_once(deployment: Deployment):
    deployment.configure(auth="none", reserved_concurrency=5, cors={"allow_origins": ["*"]})
    deployment.made()

    deployment.made()

    assert len(deployment.recorder.requests) == 10, deployment.recorder.requests


def test_a_run_that_changes_nothing_waits_at_most_twice_for_answers(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made()
    deployment.made()
    requests = len(deployment.recorder.requests)
    deployment.recorder.clear()
    # All are sent before any of them is answered, but one: a log group's tags are asked for by its ARN.
    deployment.recorder.hold(requests - 1, 1)

    run = deployment.provision(*deployment.up_command())

    assert run.code == 0 and len(deployment.recorder.requests) == requests, run


def test_a_first_run_needs_twenty_three_requests_besides_waiting(deployment: Deployment):
    deployment.configure(auth="none", reserved_concurrency=5, cors={"allow_origins": ["*"]})

    deployment.made()

    # Waiting asks for the configuration, and asks again where a role is not yet known.
    requests = [request for request in deployment.recorder.requests
                if not (request.method == "GET" and "/configuration" in request.path)]
    creations = [request for request in requests
                 if request.method == "POST" and request.path.rstrip("/").endswith("/functions")]
    assert len(requests) - len(creations) + 1 <= 23, requests


def test_strict_refuses_what_somebody_else_has_changed_and_shows_it(deployment: Deployment):
    deployment.made()
    deployment.change_elsewhere(MemorySize=1024)

    run = deployment.up("--strict")

    assert (run.code, run.out) == (1, ""), run
    assert "memory 2048 -> 1024 MB" in run.err, run
    assert deployment.recorder.writes == []

    plan = deployment.plan()
    assert "changed elsewhere since the last run: memory 2048 -> 1024 MB" in plan.out, plan
    deployment.made()
    assert deployment.configuration("$LATEST")["MemorySize"] == 2048
    deployment.made("--strict")


def test_strict_notices_an_alias_that_was_moved(deployment: Deployment):
    deployment.made()
    deployment.configure(memory_mb=512)
    deployment.made()
    deployment.account.client("lambda").update_alias(
        FunctionName=deployment.name, Name="live", FunctionVersion="1")

    run = deployment.up("--strict")

    assert run.code == 1 and "version 2 -> 1" in run.err, run
    assert deployment.version() == "1"


def test_strict_minds_nothing_that_we_have_done(deployment: Deployment, other_bootstrap):
    deployment.made("--strict")
    deployment.configure(memory_mb=512, environment={"A1": "1"}, tags={"team": "nerv"})
    deployment.binary = other_bootstrap

    deployment.made("--strict")

    assert deployment.version() == "2"
    deployment.made("--strict")


def first_generation(configuration: dict) -> str:
    """What the first versions of this tool noted down about a function: they did not know its ephemeral storage."""
    logging = configuration["LoggingConfig"]
    settings = [
        configuration["Role"], configuration["Runtime"], configuration["Handler"], configuration["MemorySize"],
        configuration["Timeout"], [logging["LogGroup"], logging["LogFormat"]],
        dict(sorted(configuration["Environment"]["Variables"].items())), configuration["CodeSha256"],
        configuration["Architectures"][0]]
    text = json.dumps(settings, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.mark.parametrize(("noted", "code"), [(first_generation, 0), (lambda _: "255:00", 1)],
                         ids=["older version", "newer version"])
def test_strict_blames_nobody_for_a_setting_that_this_version_has_learned(local_deployment: Deployment, noted, code):
    deployment = local_deployment
    deployment.made()
    deployment.account.client("lambda").update_alias(
        FunctionName=deployment.name, Name="live",
        Description=f"set by provision: version=1 content={noted(deployment.configuration())}")

    run = deployment.up("--strict")

    assert run.code == code, run
    assert deployment.recorder.writes == [], run


def test_strict_cannot_tell_without_a_record(deployment: Deployment):
    deployment.made()
    deployment.account.client("lambda").update_alias(
        FunctionName=deployment.name, Name="live", Description="mine now")

    run = deployment.up("--strict")

    assert run.code == 1 and "noted down" in run.err, run
    # Without it, what the alias points to is read instead.
    assert deployment.made() and deployment.recorder.writes == []


def test_reserved_concurrency_is_set_and_left_alone_when_not_configured(deployment: Deployment):
    deployment.configure(reserved_concurrency=7)
    deployment.made()
    assert deployment.reserved_concurrency() == 7

    deployment.configure(reserved_concurrency=8)
    plan = deployment.plan()
    assert "reserved concurrency 7 -> 8" in plan.out, plan
    deployment.made()
    assert deployment.reserved_concurrency() == 8

    deployment.configure()
    run = deployment.up()
    assert run.code == 0 and "left alone: reserved concurrency 8" in run.err, run
    assert deployment.reserved_concurrency() == 8 and deployment.recorder.writes == []


def test_cors_is_set_compared_as_sets_and_left_alone_when_not_configured(deployment: Deployment):
    origins = ["https://b.example", "https://a.example"]
    deployment.configure(cors={"allow_origins": origins, "max_age_seconds": 60})
    url = deployment.made()
    cors = deployment.url_config()["Cors"]
    assert (set(cors["AllowOrigins"]), cors["MaxAge"]) == (set(origins), 60)
    assert set(cors["AllowMethods"]) == {"GET", "POST"}

    deployment.configure(cors={"allow_origins": origins[::-1], "max_age_seconds": 60})
    assert deployment.made() == url and deployment.recorder.writes == []

    deployment.configure(cors={"allow_origins": ["https://a.example"], "max_age_seconds": 60})
    plan = deployment.plan()
    assert "CORS origins https://a.example, https://b.example -> https://a.example" in plan.out, plan
    assert deployment.made() == url
    assert deployment.url_config()["Cors"]["AllowOrigins"] == ["https://a.example"]

    deployment.configure()
    run = deployment.up()
    assert run.code == 0 and "left alone: CORS" in run.err, run
    assert deployment.url_config()["Cors"]["AllowOrigins"] == ["https://a.example"]


@pytest.mark.parametrize(("settings", "said"), [
    ({"cors": {"allow_origins": ["a.example"]}}, "`https://a.example`"),
    ({"cors": {}}, "allow_origins"),
    ({"keep_versions": 1}, "a whole number from 2 to 1000"),
    ({"probe": "maybe"}, "health"),
    ({"reserved_concurrency": -1}, "a whole number from 0"),
], ids=["origin", "no origins", "versions", "probe", "concurrency"])
def test_a_mistake_in_these_settings_is_told(local_deployment: Deployment, settings, said):
    local_deployment.configure(**settings)

    run = local_deployment.plan()

    assert (run.code, run.out) == (1, ""), run
    assert said in run.err and "gateway.yaml:" in run.err, run
    assert local_deployment.recorder.requests == []


@pytest.mark.parametrize("command", [["plan"], ["up", "--yes"]], ids=["plan", "up"])
def test_json_is_one_object_on_stdout(deployment: Deployment, command):
    for _ in range(2):
        run = deployment.provision(*command, "--json", "--binary", str(deployment.binary))

        assert run.code == 0, run
        result = json.loads(run.out)
        assert (result["name"], result["region"]) == (deployment.name, deployment.account.region)
        assert all(change["change"] in ("create", "update") for change in result["changes"])


def test_status_and_url_as_json(deployment: Deployment):
    url = deployment.made()

    assert json.loads(deployment.provision.done("url", "--json").out)["url"] == url
    status = json.loads(deployment.provision.done("status", "--json").out)
    assert (status["url"], status["version"], status["drift"]) == (url, "1", 0)
