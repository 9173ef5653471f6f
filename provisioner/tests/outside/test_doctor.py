"""`provision doctor`: says what is wrong with a deployment, all at once, and changes nothing."""

import json

from deployment import Deployment


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


def test_a_permission_that_is_missing_is_named_by_the_probe(local_deployment: Deployment):
    deployment = local_deployment
    deployment.configure(auth="none")
    deployment.made()
    for statement in deployment.statements():
        deployment.account.client("lambda").remove_permission(
            FunctionName=deployment.name, Qualifier="live", StatementId=statement["Sid"])

    broken = told(examined(deployment, healthy=False), "broken")

    assert "403" in broken and "lambda:InvokeFunctionUrl and lambda:InvokeFunction" in broken, broken


def test_a_run_that_changes_nothing_takes_the_roles_trust_on_trust_unless_strict(deployment):
    deployment.made()
    deployment.account.client("iam").update_assume_role_policy(
        RoleName=f"{deployment.name}-role", PolicyDocument=json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}))
    deployment.made()
    assert deployment.recorder.writes == []

    repairs = told(examined(deployment, healthy=False), "repair")
    assert "(trust)" in repairs and "--strict" in repairs, repairs

    deployment.made("--strict")
    examined(deployment, healthy=True)
