"""Whoever is called may do what it needs: the role, while versions with different agents come and go."""

import json
import re
from urllib.parse import unquote_plus

import pytest

from accounts import AGENT_ALIAS, AGENT_ID
from deployment import KEPT, Deployment

OTHER = {"id": "RESEARCHER", "alias": AGENT_ALIAS}


def agents(text: str) -> set[str]:
    return set(re.findall("agent-alias/([A-Z]+)/", text))


def allowed(deployment: Deployment) -> set[str]:
    (policy,) = deployment.role_policies().values()
    return agents(str(policy))


@pytest.fixture
def made(local_deployment: Deployment) -> Deployment:
    local_deployment.made()
    return local_deployment


def test_the_role_may_call_both_agents_until_the_alias_has_moved(made: Deployment):
    made.configure(agent=OTHER)
    made.made()

    steps = [agents(unquote_plus(request.body.decode())) if request.action == "PutRolePolicy" else "moved"
             for request in made.recorder.writes
             if request.action == "PutRolePolicy" or request.path.endswith("/aliases/live")]
    # The alias moves; then its record says that the version works.
    assert steps == [{AGENT_ID, OTHER["id"]}, "moved", "moved", {OTHER["id"]}]
    assert allowed(made) == {OTHER["id"]}
    assert made.made() and made.recorder.writes == []


def test_a_version_that_stays_live_keeps_its_permission(made: Deployment, broken_bootstrap):
    good, made.binary = made.binary, broken_bootstrap
    made.configure(agent=OTHER)

    assert made.up().code == KEPT
    assert AGENT_ID in allowed(made)

    made.binary = good
    made.configure(agent={"id": "NOSUCHAGNT", "alias": AGENT_ALIAS})
    assert made.up("--probe", "ask").code == KEPT
    assert AGENT_ID in allowed(made)
    # And the next good run leaves nothing over.
    made.configure()
    made.made()
    assert allowed(made) == {AGENT_ID}


def test_a_version_that_becomes_live_again_gets_it_back(made: Deployment):
    made.configure(agent=OTHER)
    made.made()

    run = made.rollback()

    assert run.code == 0 and AGENT_ID in allowed(made), run
    assert "allows bedrock:InvokeAgent" in run.err, run
    # Only where it needs more.
    run = made.rollback("--to", "2")
    assert run.code == 0 and "PutRolePolicy" not in [request.action for request in made.recorder.writes], run
    made.made()
    assert allowed(made) == {OTHER["id"]}


def managed(deployment: Deployment, name: str) -> str:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policy = deployment.account.client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return policy["Policy"]["Arn"]


def test_the_permissions_boundary_is_set_shown_and_left_alone_unless_it_is_configured(deployment: Deployment):
    first, second = (managed(deployment, f"{deployment.name}-{number}") for number in (1, 2))

    def boundary() -> str | None:
        return deployment.role().get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")

    deployment.configure(permissions_boundary=f"{deployment.name}-1")
    assert first in deployment.plan().out
    deployment.made()
    assert boundary() == first
    deployment.made()
    assert deployment.recorder.writes == []

    deployment.configure()
    deployment.made()
    assert boundary() == first and deployment.recorder.writes == []
    deployment.configure(permissions_boundary=second)
    plan = deployment.plan("--detailed-exitcode")
    assert plan.code == 2 and f"permissions boundary {first} -> {second}" in plan.out, plan
    deployment.made()
    assert boundary() == second
    # Whoever takes it off is corrected, before any policy is written.
    iam = deployment.account.client("iam")
    iam.delete_role_permissions_boundary(RoleName=f"{deployment.name}-role")
    iam.delete_role_policy(RoleName=f"{deployment.name}-role", PolicyName="bedrock-gateway")
    deployment.made()
    assert boundary() == second
    assert [it.action for it in deployment.recorder.writes] == ["PutRolePermissionsBoundary", "PutRolePolicy"]


def test_a_boundary_that_does_not_exist_is_named(local_deployment: Deployment):
    local_deployment.configure(permissions_boundary="nobodys")

    run = local_deployment.up()

    assert run.code == 1 and "policy/nobodys" in run.err and "the permissions boundary does not exist" in run.err, run
