"""`provision logs`: all that was logged since then, and nothing else."""

import json
import signal
import time

import pytest

import raw_function
from faults import FaultyAws
from processes import wait_for_line, wait_until
from provision import Provision

# More than AWS puts into one answer, and no more than into one event.
LINES = 40
VERBOSE_FUNCTION = f"""#!/usr/bin/env python3
for number in range({LINES}):
    print(f"line {{number}} " + "x" * 50_000, flush=True)
""".encode()


@pytest.fixture
def faulty(tmp_path):
    aws = FaultyAws(tmp_path)
    yield aws
    aws.close()


def numbers(lines: list[str]) -> list[int]:
    """Of those of the function's lines."""
    texts = [json.loads(line)["message"] for line in lines]
    return [int(text.split()[1]) for text in texts
            if isinstance(text, str) and text.startswith("line ")]


def test_all_pages_are_shown(home, project, local_account, name):
    function = raw_function.deploy(local_account, name, code=raw_function.package(VERBOSE_FUNCTION))
    # It logs and ends, whoever asks.
    function.call("/")
    wait_until(lambda: any(f"line {LINES - 1} " in line for line in function.logs()), "all is logged")
    provision = Provision(local_account, home, project)

    shown = numbers(provision.done("logs", "--json", "--name", name).out.splitlines())

    # Started again after it has ended, it logs again: then in full.
    assert set(shown) == set(range(LINES)) and len(shown) % LINES == 0
    pages = local_account.client("logs").get_paginator("filter_log_events")
    assert len(list(pages.paginate(logGroupName=f"/aws/lambda/{name}"))) > 1


def test_what_was_logged_before_is_not_shown(home, project, moto):
    logs = moto.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/old")
    logs.create_log_stream(logGroupName="/aws/lambda/old", logStreamName="s")
    minutes_ago = {30: "long past", 2: "just now"}
    logs.put_log_events(logGroupName="/aws/lambda/old", logStreamName="s", logEvents=[
        {"timestamp": int((time.time() - 60 * minutes) * 1000), "message": message}
        for minutes, message in minutes_ago.items()])
    provision = Provision(moto, home, project)

    def shown(since: str) -> list[str]:
        out = provision.done("logs", "--name", "old", "--since", since).out
        return [line.split(" ", 1)[1] for line in out.splitlines()]

    assert shown("10m") == ["just now"]
    assert shown("1h") == ["long past", "just now"]


def test_following_outlasts_a_time_without_answers(home, project, faulty):
    logs = faulty.account.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/followed")
    # Every try of the second round.
    faulty.rules({"operation": "logs:FilterLogEvents", "first": 2, "times": 3,
                  "fault": {"kind": "throttled"}})
    process = Provision(faulty.account, home, project).start("logs", "--follow", "--name", "followed")
    try:
        wait_for_line(process.stderr, "still following")
        met = faulty.shown()[0]["met"]
        wait_until(lambda: faulty.shown()[0]["met"] > met, "it asks again")
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_what_will_not_pass_ends_it(home, project, faulty):
    faulty.account.client("logs").create_log_group(logGroupName="/aws/lambda/followed")
    faulty.rules({"operation": "logs:FilterLogEvents", "first": 2, "fault": {"kind": "access-denied"}})

    run = Provision(faulty.account, home, project)("logs", "--follow", "--name", "followed")

    assert run.code == 1 and "logs:FilterLogEvents" in run.err, run


def test_what_was_never_deployed_has_no_log(home, project, local_account):
    run = Provision(local_account, home, project)("logs", "--name", "nowhere")

    assert run.code == 1 and run.out == "", run
    assert "nothing is deployed as `nowhere`" in run.err and "/aws/lambda/nowhere" in run.err, run
    assert "hint:" in run.err and "--name" in run.err, run
