"""The same `bootstrap` under a Runtime API that somebody else wrote, `cargo lambda watch`, and what `cargo lambda build`
would build.

`--only-lambda-apis` leaves the function to us, so that the binary tested is the one that is shipped.
Known gaps of cargo-lambda 1.9.2 that do not matter here: a constant deadline in 1970, no IAM on its
URLs (hence GATEWAY_AUTH=none), and a prelude that has to come in a chunk of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import processes
from accounts import AGENTS, Account
from function_url import FunctionUrl, text_of
from provision import REPOSITORY

CARGO_LAMBDA = Path(sys.executable).parent / "cargo-lambda"


@pytest.fixture(scope="module")
def runtime_api(tmp_path_factory):
    """`host:port/path` of cargo-lambda's Runtime API."""
    port = processes.free_port()
    log = tmp_path_factory.mktemp("cargo-lambda") / "log"
    with open(log, "w") as output:
        watch = subprocess.Popen(
            [CARGO_LAMBDA, "lambda", "watch", "--only-lambda-apis",
             "--invoke-address", "127.0.0.1", "--invoke-port", str(port)],
            cwd=REPOSITORY / "function", stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "CARGO_NET_OFFLINE": "true"})
    try:
        processes.wait_until(
            lambda: processes.is_open(port) or watch.poll() is not None, "cargo-lambda listens")
        assert watch.poll() is None, log.read_text()
        yield f"127.0.0.1:{port}/.rt"
    finally:
        watch.terminate()
        watch.wait(timeout=30)


@pytest.fixture(scope="module")
def url(runtime_api: str, bootstrap: Path, local_account: Account):
    function = subprocess.Popen([bootstrap], stdout=subprocess.DEVNULL, env={
        # What `cargo lambda watch` asks to set for a function that it does not start itself.
        "AWS_LAMBDA_RUNTIME_API": runtime_api, "AWS_LAMBDA_FUNCTION_NAME": "_",
        "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "4096",
        "GATEWAY_AGENTS": AGENTS, "GATEWAY_AUTH": "none",
        **local_account.environment(),
    })
    try:
        yield FunctionUrl(f"http://{runtime_api.partition('/')[0]}/", None)
    finally:
        function.kill()
        function.wait()


def test_streams_the_councils_answer(url: FunctionUrl):
    stream = url.ask("東京に新しい公園を作るべきか")
    events = list(stream.events())

    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events[0]["type"] == "start" and events[-1]["type"] == "complete"
    assert events[-1]["chunkCount"] == sum(event["type"] == "chunk" for event in events)
    assert text_of(events, "SOLOMON")


def test_streams_while_the_agent_still_speaks(url: FunctionUrl):
    stream = url.ask("!stalls")

    assert next(event for event in stream.events() if event["type"] == "chunk")


def test_refuses_with_a_status(url: FunctionUrl):
    answer = url.post({"question": ""})

    assert (answer.status, answer.json()["error"]) == (400, "empty_question")


def test_tells_its_health(url: FunctionUrl):
    assert url.request("GET", "/healthz").status == 200


def test_builds_it_with_the_profile_of_the_manifest(tmp_path):
    """It fills in what `[profile.release]` leaves out, and that is `panic = "abort"`: a panic would cut off the stream."""
    cargo = tmp_path / "cargo"
    cargo.write_text('#!/bin/sh\n'
                     f'if [ "$1" = build ]; then echo "$@" >>{tmp_path}/build; exit 1; fi\n'
                     f'exec {shutil.which("cargo")} "$@"\n')
    cargo.chmod(0o755)

    subprocess.run([CARGO_LAMBDA, "lambda", "build", "--release", "--locked", "--compiler", "cargo", "-p", "gateway"],
                   cwd=REPOSITORY, capture_output=True, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})

    build = (tmp_path / "build").read_text()
    assert "--package gateway" in build and "profile.release" not in build
