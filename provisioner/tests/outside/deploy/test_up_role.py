"""Whoever is called may do what it needs: the role, while versions with different agents come and go."""

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
