"""A deployment that was killed is finished by the strictest run as well, minds what came after, and answers."""

from concurrent.futures import ThreadPoolExecutor

from binaries import never_run
from deployment import Deployment
from function_url import FunctionUrl
from killing import killed_after_write

SIDE_BY_SIDE = 4
# Nobody starts the binaries of most of these, so that they can be small.
UNPROBED = ("--probe", "none")


def assert_converges(deployment: Deployment, what: str, *more: str) -> str:
    run = deployment.up(*more)
    assert run.code == 0, f"{what}: {run}"
    again = deployment.up(*more)
    assert (again.code, deployment.recorder.writes) == (0, []), f"{what}: {again}"
    return run.out.strip()


def side_by_side(round, numbers: range) -> None:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(round, numbers))


def test_the_strictest_run_minds_nothing_that_a_killed_one_has_left(local_account, deployments, name, tmp_path):
    binaries = [never_run(tmp_path / f"bootstrap-{build}", build) for build in (1, 2)]

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
    deployment.binary = never_run(tmp_path / "bootstrap-1", 1)
    deployment.made(*UNPROBED)
    deployment.configure(memory_mb=512)
    deployment.binary = never_run(tmp_path / "bootstrap-2", 2)
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
