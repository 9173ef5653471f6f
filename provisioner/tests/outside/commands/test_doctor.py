"""`provision doctor`: says what is wrong with a deployment, all at once, and changes nothing."""

import json
import time

import pytest

from accounts import Account
from deployment import Deployment
from processes import wait_until


def examined(deployment: Deployment, *, healthy: bool) -> list[dict]:
    deployment.recorder.clear()
    run = deployment.provision("doctor", "--json")
    assert run.code == (0 if healthy else 1), run
    assert deployment.recorder.writes == []
    result = json.loads(run.out)
    assert result["healthy"] is healthy
    return result["findings"]


def told(findings: list[dict], grade: str) -> str:
    return "\n".join(f"{finding['message']} -> {finding['remedy']}"
                     for finding in findings if finding["grade"] == grade)


def test_a_sound_deployment_is_fine(deployment: Deployment):
    deployment.made()

    findings = examined(deployment, healthy=True)

    assert "is deployed" in told(findings, "ok")
    if not deployment.account.is_moto:
        assert "GET /healthz" in told(findings, "ok")


def test_what_is_not_there_is_missing(deployment: Deployment):
    findings = examined(deployment, healthy=False)

    assert "log group, role, function, alias, function URL" in told(findings, "repair")


def test_all_faults_are_told_at_once(deployment: Deployment):
    deployment.configure(auth="none")
    deployment.made()
    functions = deployment.account.client("lambda")
    for statement in deployment.statements():
        if statement["Action"] == "lambda:InvokeFunction":
            functions.remove_permission(FunctionName=deployment.name, Qualifier="live",
                                        StatementId=statement["Sid"])
    functions.add_permission(FunctionName=deployment.name, Qualifier="live", StatementId="theirs",
                             Principal="*", Action="lambda:InvokeFunction")
    deployment.change_elsewhere(MemorySize=512)
    iam = deployment.account.client("iam")
    iam.update_assume_role_policy(RoleName=f"{deployment.name}-role", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                       "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}}]}))

    findings = examined(deployment, healthy=False)

    repairs = told(findings, "repair")
    assert "1 November 2026" in repairs and "memory 512 -> 2048 MB" in repairs, repairs
    assert "(trust)" in repairs, repairs
    broken = told(findings, "broken")
    assert "theirs" in broken and "remove-permission" in broken, broken
    notes = told(findings, "note")
    assert "changed elsewhere" in notes and "$0.020 each" in notes, notes

    functions.remove_permission(
        FunctionName=deployment.name, Qualifier="live", StatementId="theirs")
    deployment.made()
    examined(deployment, healthy=True)


def test_what_leads_past_the_alias_comes_with_the_command_that_mends_it(deployments, local_account, name):
    deployment = deployments(local_account, name)
    deployment.configure(auth="none")
    deployment.made()
    functions = deployment.account.client("lambda")
    # As old guides do it: all on the function itself, and every statement without its condition.
    functions.create_function_url_config(FunctionName=name, AuthType="NONE")
    functions.add_permission(FunctionName=name, StatementId="public", Principal="*",
                             Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    functions.add_permission(FunctionName=name, StatementId="hole", Principal="*", Action="lambda:InvokeFunction")
    functions.add_permission(FunctionName=name, StatementId="bucket", Principal="s3.amazonaws.com",
                             Action="lambda:InvokeFunction")
    functions.add_permission(FunctionName=name, Qualifier="live", StatementId="any-auth", Principal="*",
                             Action="lambda:InvokeFunctionUrl")
    functions.add_permission(FunctionName=name, Qualifier="live", StatementId="again", Principal="*",
                             Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")

    findings = examined(deployment, healthy=False)

    mends = {"lambda delete-function-url-config": lambda: functions.delete_function_url_config(FunctionName=name)}
    for sid, qualifier in (("public", None), ("hole", None), ("any-auth", "live"), ("again", "live")):
        given = {"Qualifier": qualifier} if qualifier else {}
        flag = f" --qualifier {qualifier}" if qualifier else ""
        command = f"lambda remove-permission --function-name {name}{flag} --statement-id {sid}"
        mends[command] = lambda sid=sid, given=given: functions.remove_permission(
            FunctionName=name, StatementId=sid, **given)
    for command, mend in mends.items():
        assert sum(command in (finding["remedy"] or "") for finding in findings) == 1, (command, findings)
        mend()
    broken = told(findings, "broken")
    assert "`$LATEST`, past the alias" in broken and "whatever its auth type is" in broken, broken
    assert "statement again says again what bedrock-gateway-call-url says" in told(findings, "note"), findings
    assert "bucket" not in json.dumps(findings)
    examined(deployment, healthy=True)
    # What only `doctor` has to know costs `up` nothing.
    deployment.made()
    assert len(deployment.recorder.requests) == 10, deployment.recorder.requests


def test_who_adopts_a_function_is_told_what_is_open(local_deployment: Deployment):
    deployment = local_deployment
    deployment.made()
    functions = deployment.account.client("lambda")
    functions.add_permission(FunctionName=deployment.name, StatementId="hole", Principal="*",
                             Action="lambda:InvokeFunction")

    run = deployment.up("--adopt")

    assert run.code == 0 and "warning: statement hole on the function itself" in run.err, run
    assert f"aws lambda remove-permission --function-name {deployment.name} --statement-id hole" in run.err, run


def test_a_binary_is_examined_and_credentials_that_are_not_accepted_are_a_finding_beside_it(local_deployment):
    deployment = local_deployment
    script = deployment.project / "script"
    script.write_text("#!/bin/sh\n")

    run = deployment.provision("doctor", "--json", "--binary", str(script),
                               environment={"AWS_SECRET_ACCESS_KEY": "wrong"})

    assert run.code == 1, run
    broken = told(json.loads(run.out)["findings"], "broken")
    assert "Lambda cannot run" in broken and "check `--profile`" in broken, broken

    deployment.made()
    run = deployment.provision("doctor", "--binary", str(deployment.binary))
    assert run.code == 0 and f"Lambda can run `{deployment.binary}`" in run.out, run


def test_a_permission_that_is_missing_is_named_by_the_probe(local_deployment: Deployment):
    deployment = local_deployment
    deployment.configure(auth="none")
    deployment.made()
    for statement in deployment.statements():
        deployment.account.client("lambda").remove_permission(
            FunctionName=deployment.name, Qualifier="live", StatementId=statement["Sid"])

    broken = told(examined(deployment, healthy=False), "broken")

    assert "403" in broken and "lambda:InvokeFunctionUrl and lambda:InvokeFunction" in broken, broken


def test_whoever_else_may_assume_the_role_is_found_by_doctor_and_by_every_run(deployment):
    deployment.made()
    deployment.account.client("iam").update_assume_role_policy(
        RoleName=f"{deployment.name}-role", PolicyDocument=json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}))

    repairs = told(examined(deployment, healthy=False), "repair")
    assert "(trust)" in repairs, repairs

    deployment.made()
    examined(deployment, healthy=True)


@pytest.fixture
def on_moto(deployments, moto: Account, name: str) -> Deployment:
    """Where anybody may write into the function's log."""
    return deployments(moto, name)


def reported(deployment: Deployment, used_mb: int, memory_mb: int = 2048) -> None:
    """An invocation has ended, as Lambda logs it."""
    logs = deployment.account.client("logs")
    group, stream = f"/aws/lambda/{deployment.name}", f"reports-{used_mb}-{memory_mb}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    report = {"time": "2026-11-27T08:00:00.000Z", "type": "platform.report", "record": {
        "requestId": "r", "status": "success", "metrics": {
            "durationMs": 95_000.5, "billedDurationMs": 95_001, "memorySizeMB": memory_mb,
            "maxMemoryUsedMB": used_mb}}}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
        {"timestamp": int(time.time() * 1000), "message": json.dumps(report)}])


def test_memory_that_is_never_used_is_told_with_what_less_of_it_would_save(on_moto: Deployment):
    on_moto.made()
    reported(on_moto, 61)
    # Of before, when it had less.
    reported(on_moto, 127, memory_mb=128)

    notes = told(examined(on_moto, healthy=True), "note")

    assert "used at most 61 MB of 2048 MB" in notes, notes
    assert "`memory_mb: 256` would cost 88 % less" in notes and "gets slower" in notes, notes
    assert "arm64" in notes, notes


def test_memory_that_is_needed_is_fine(on_moto: Deployment):
    on_moto.configure(memory_mb=512)
    on_moto.made()
    reported(on_moto, 300, memory_mb=512)

    findings = examined(on_moto, healthy=True)

    assert "used at most 300 MB of 512 MB" in told(findings, "ok")
    assert "memory_mb" not in told(findings, "note")


def test_what_a_real_invocation_took_is_told(local_deployment: Deployment):
    # `up` has asked whether it works: that was an invocation.
    local_deployment.made()

    def sizes() -> str:
        return told(examined(local_deployment, healthy=True), "note")

    notes = wait_until(lambda: "MB of 2048 MB" in sizes() and sizes(), "the report is in the log")
    assert "`memory_mb: 256`" in notes, notes
