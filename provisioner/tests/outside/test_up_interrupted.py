"""A deployment that was killed anywhere is finished by the same command, run again."""

import subprocess
from concurrent.futures import Future, ThreadPoolExecutor

from deployment import Deployment
from faults import tiny_binary
from function_url import FunctionUrl


SIDE_BY_SIDE = 4
# Nobody starts the binaries of most of these, so that they can be small.
UNPROBED = ("--probe", "none")


def killed_after_write(deployment: Deployment, number: int, *more: str) -> bool:
    """Runs `up` and kills it when its `number`-th write is done but not yet known to be done.

    False when the run ended before.
    """
    deployment.recorder.clear()
    # Its first requests may come before it is known here.
    started: Future[subprocess.Popen] = Future()
    deployment.recorder.strike_at_write(number, answered=True, blow=lambda: started.result().kill())
    process = deployment.provision.start("up", "--yes", "--binary", str(deployment.binary), *more)
    started.set_result(process)
    try:
        _, err = process.communicate("", timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode in (0, -9), err
    return process.returncode == -9


def assert_converges(deployment: Deployment, what: str, *more: str) -> str:
    run = deployment.up(*more)
    assert run.code == 0, f"{what}: {run}"
    again = deployment.up(*more)
    assert (again.code, deployment.recorder.writes) == (0, []), f"{what}: {again}"
    return run.out.strip()


def side_by_side(round, numbers: range) -> None:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(round, numbers))


def test_a_creation_killed_after_any_write_is_finished(account, deployments, name, tmp_path):
    binary = tiny_binary(tmp_path / "bootstrap")

    def fresh(number: int) -> Deployment:
        deployment = deployments(account, f"{name}-{number}-x")
        deployment.configure(auth="none")
        deployment.binary = binary
        return deployment

    def round(number: int) -> None:
        deployment = fresh(number)
        assert killed_after_write(deployment, number, *UNPROBED), number
        assert_converges(deployment, f"killed after write {number}", *UNPROBED)

    undisturbed = fresh(0)
    undisturbed.made(*UNPROBED)
    writes = len(undisturbed.recorder.writes)
    # Log group, role, policy, function, version, alias, two permissions and the URL at least.
    assert writes > 8
    side_by_side(round, range(1, writes + 1))


def test_an_update_killed_after_any_write_is_finished(account, deployments, name, tmp_path):
    binaries = [tiny_binary(tmp_path / f"bootstrap-{build}", build) for build in (1, 2)]

    def fresh(number: int) -> tuple[Deployment, str]:
        deployment = deployments(account, f"{name}-{number}-x")
        deployment.binary = binaries[0]
        url = deployment.made(*UNPROBED)
        deployment.configure(memory_mb=512, environment={"ROUND": str(number)})
        deployment.binary = binaries[1]
        return deployment, url

    def round(number: int) -> None:
        deployment, url = fresh(number)
        assert killed_after_write(deployment, number, *UNPROBED), number
        assert assert_converges(deployment, f"killed after write {number}", *UNPROBED) == url
        assert deployment.configuration()["MemorySize"] == 512
        assert deployment.environment()["ROUND"] == str(number)

    undisturbed, _ = fresh(0)
    undisturbed.made(*UNPROBED)
    writes = len(undisturbed.recorder.writes)
    # Configuration, code, version and alias.
    assert writes >= 4
    side_by_side(round, range(1, writes + 1))


def test_the_strictest_run_minds_nothing_that_a_killed_one_has_left(local_account, deployments, name, tmp_path):
    binaries = [tiny_binary(tmp_path / f"bootstrap-{build}", build) for build in (1, 2)]

    def round(number: int) -> None:
        deployment = deployments(local_account, f"{name}-{number}-x")
        deployment.binary = binaries[0]
        deployment.made(*UNPROBED)
        # Somebody else's variable, which every run keeps.
        deployment.change_elsewhere(Environment={"Variables": {**deployment.environment(), "THEIRS": "1"}})
        deployment.configure(memory_mb=1024)
        deployment.made(*UNPROBED)
        deployment.configure(memory_mb=512)
        deployment.binary = binaries[1]
        assert killed_after_write(deployment, number, *UNPROBED), number

        run = deployment.up("--strict", *UNPROBED)

        assert run.code == 0, f"killed after write {number}: {run}"
        assert deployment.configuration()["MemorySize"] == 512
        assert deployment.environment()["THEIRS"] == "1"

    # Configuration, code, version and alias.
    side_by_side(round, range(1, 5))


def test_the_strictest_run_minds_what_came_after_the_one_that_was_killed(local_deployment, tmp_path):
    deployment = local_deployment
    deployment.binary = tiny_binary(tmp_path / "bootstrap-1", 1)
    deployment.made(*UNPROBED)
    deployment.configure(memory_mb=512)
    deployment.binary = tiny_binary(tmp_path / "bootstrap-2", 2)
    assert killed_after_write(deployment, 1, *UNPROBED)
    deployment.account.client("lambda").get_waiter("function_updated_v2").wait(FunctionName=deployment.name)
    deployment.change_elsewhere(Environment={"Variables": {**deployment.environment(), "THEIRS": "1"}})

    run = deployment.up("--strict", *UNPROBED)

    assert run.code == 1 and "THEIRS (unset) -> (value hidden)" in run.err, run
    assert deployment.recorder.writes == []


def test_a_finished_deployment_answers(local_deployment: Deployment):
    assert killed_after_write(local_deployment, 5)
    local_deployment.configure(auth="none")

    url = FunctionUrl(assert_converges(local_deployment, "killed after write 5"), None)

    assert url.request("GET", "/healthz").status == 200
