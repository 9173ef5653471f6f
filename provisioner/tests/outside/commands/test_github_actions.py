"""What GitHub Actions is told of a run, and what its log does not show."""

from pathlib import Path

from deployment import Deployment
from faults import FaultyAws, Unrecorded

ACCOUNT = "123456789012"


def unmasked(run) -> str:
    """What GitHub's log shows: a mask acts from the line on that asks for it."""
    masks, shown = [], []
    for line in (run.err + run.out).splitlines():
        if line.startswith("::add-mask::"):
            masks.append(line.removeprefix("::add-mask::"))
            continue
        for mask in masks:
            line = line.replace(mask, "***")
        shown.append(line)
    return "\n".join(shown)


def test_the_account_is_nowhere_in_githubs_log(deployment: Deployment):
    github = {"GITHUB_ACTIONS": "true", "CI": "true"}
    runs = [deployment.up(environment=github)]
    deployment.configure(memory_mb=512)
    runs += [deployment.up(environment=github),
             deployment.provision("rollback", environment=github),
             deployment.provision("status", environment=github),
             deployment.provision("down", "--yes", environment=github)]

    for run in runs:
        assert run.code == 0 and "***" in unmasked(run) and ACCOUNT not in unmasked(run), run


def test_nor_in_the_error_of_a_run_that_was_denied(home, project, tmp_path: Path):
    faulty = FaultyAws(tmp_path)
    try:
        faulty.rules({"operation": "lambda:GetFunction", "fault": {"kind": "access-denied"}})
        recorder = Unrecorded(faulty.account.endpoint)
        run = Deployment(faulty.account, recorder, home, project, "denied").up(
            environment={"GITHUB_ACTIONS": "true"})
    finally:
        faulty.close()

    assert run.code == 1 and "AccessDenied" in run.err, run
    assert "***" in unmasked(run) and ACCOUNT not in unmasked(run), run
    (annotation,) = (line for line in run.err.splitlines() if line.startswith("::error"))
    assert "lambda:GetFunction" in annotation and "%0Ahint: " in annotation, run


def test_github_actions_is_told(deployment: Deployment, tmp_path: Path):
    output, summary = tmp_path / "output", tmp_path / "summary"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(output),
              "GITHUB_STEP_SUMMARY": str(summary), "CI": "true"}

    run = deployment.up(environment=github)

    assert run.code == 0 and run.out.startswith("http"), run
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert told == {"url": run.out.strip(), "version": "1", "changed": "true"}
    assert summary.read_text().count("\n") == 1 and "version 1 is live" in summary.read_text()
    assert f"::add-mask::{ACCOUNT}" in run.err.splitlines()
    assert ACCOUNT not in summary.read_text()

    failed = deployment.provision("up", "--binary", "nowhere", environment=github)
    assert any(line.startswith("::error title=provision::") for line in failed.err.splitlines()), failed
    # Nothing of this elsewhere.
    assert "::" not in deployment.up().err
