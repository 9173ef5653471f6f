"""A deployment that was killed anywhere is finished by the same command, run again."""

import subprocess

from deployment import Deployment
from function_url import FunctionUrl


def killed_after_write(deployment: Deployment, number: int) -> bool:
    """Runs `up` and kills it when its `number`-th write is done but not yet known to be done.

    False when the run ended before.
    """
    deployment.recorder.clear()
    started: list[subprocess.Popen] = []
    deployment.recorder.strike_at_write(number, answered=True, blow=lambda: started[0].kill())
    process = deployment.provision.start("up", "--yes", "--binary", str(deployment.binary))
    started.append(process)
    try:
        _, err = process.communicate("", timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode in (0, -9), err
    return process.returncode == -9


def assert_converges(deployment: Deployment, what: str) -> str:
    run = deployment.up()
    assert run.code == 0, f"{what}: {run}"
    again = deployment.up()
    assert (again.code, deployment.recorder.writes) == (0, []), f"{what}: {again}"
    return run.out.strip()


def test_a_creation_killed_after_any_write_is_finished(account, deployments, name):
    number = 1
    while True:
        deployment = deployments(account, f"{name}-{number}")
        deployment.configure(auth="none")
        if not killed_after_write(deployment, number):
            break
        assert_converges(deployment, f"killed after write {number}")
        number += 1
    # Log group, role, policy, function, version, alias, two permissions and the URL at least.
    assert number > 8


def test_an_update_killed_after_any_write_is_finished(account, deployments, name, other_bootstrap):
    number = 1
    while True:
        deployment = deployments(account, f"{name}-{number}")
        url = deployment.made()
        deployment.configure(memory_mb=512, environment={"ROUND": str(number)})
        deployment.binary = other_bootstrap
        if not killed_after_write(deployment, number):
            break
        assert assert_converges(deployment, f"killed after write {number}") == url
        assert deployment.configuration()["MemorySize"] == 512
        assert deployment.environment()["ROUND"] == str(number)
        number += 1
    # Configuration, code, version and alias.
    assert number > 4


def test_a_finished_deployment_answers(local_deployment: Deployment):
    assert killed_after_write(local_deployment, 5)
    local_deployment.configure(auth="none")

    url = FunctionUrl(assert_converges(local_deployment, "killed after write 5"), None)

    assert url.request("GET", "/healthz").status == 200
