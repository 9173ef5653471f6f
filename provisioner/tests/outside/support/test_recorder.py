"""The recorder that other tests count with neither loses, changes nor invents a request."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.exceptions import BotoCoreError

from accounts import Account
from processes import wait_until
from recorder import Recorder


@pytest.fixture
def recorder(moto: Account):
    recorder = Recorder(moto.endpoint)
    yield recorder
    recorder.close()


@pytest.fixture
def recorded(moto: Account, recorder: Recorder) -> Account:
    # Of a kind of its own: nothing that is struck is sent again.
    return replace(moto, kind="recorded", endpoint=recorder.endpoint)


def test_writes_down_each_request_with_its_service_and_kind(recorder, recorded):
    logs, iam, functions = (recorded.client(service) for service in ("logs", "iam", "lambda"))

    logs.create_log_group(logGroupName="group")
    assert logs.describe_log_groups()["logGroups"][0]["logGroupName"] == "group"
    iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    iam.get_role(RoleName="role")
    functions.list_functions()

    assert [(request.service, request.action, request.writes) for request in recorder.requests] == [
        ("logs", "CreateLogGroup", True),
        ("logs", "DescribeLogGroups", False),
        ("iam", "CreateRole", True),
        ("iam", "GetRole", False),
        ("lambda", "", False),
    ]
    assert recorder.requests[4].path.startswith("/2015-03-31/functions")


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_strikes_before_or_after_the_server_acts(recorder, recorded, moto, answered):
    struck = []
    recorder.strike_at_write(2, answered=answered, blow=lambda: struck.append(True))
    logs = recorded.client("logs")

    logs.create_log_group(logGroupName="one")
    logs.describe_log_groups()
    with pytest.raises(BotoCoreError):
        logs.create_log_group(logGroupName="two")

    assert struck == [True]
    groups = [group["logGroupName"] for group in moto.client("logs").describe_log_groups()["logGroups"]]
    assert groups == (["one", "two"] if answered else ["one"])


def test_holds_requests_until_all_of_a_group_have_come(recorder, recorded):
    logs = recorded.client("logs")
    recorder.hold(2, 1)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(logs.create_log_group, logGroupName="one")
        wait_until(lambda: len(recorder.requests) == 1, "the first request comes")
        assert not one.done()
        pool.submit(logs.create_log_group, logGroupName="two").result()
        one.result()

    assert len(logs.describe_log_groups()["logGroups"]) == 2
    assert len(logs.describe_log_groups()["logGroups"]) == 2
