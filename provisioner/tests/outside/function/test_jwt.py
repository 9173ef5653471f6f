"""Callers with tokens: who is let in, who is not, and whose session is whose."""

import base64
import hmac
import json
import time
from typing import Iterator

import pytest
from joserfc.jwk import RSAKey

from function_url import Answer
from functions import Function
from hand_agent import HandAgent
from issuer import Issuer
from processes import wait_until

QUESTION = {"question": "賛成ですか"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture
def guarded(functions, issuer: Issuer, hand_agent: HandAgent) -> Function:
    """A function that lets in who has a token of `issuer`."""
    return functions({**hand_agent.environment, **issuer.environment}, auth="NONE")


def encoded(part: dict | bytes) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def asked(function: Function, token: str | None) -> Answer:
    headers = {"content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return function.url.request("POST", body=json.dumps(QUESTION).encode(), headers=headers)


def refused(function: Function, token: str | None) -> tuple[int, str]:
    answer = asked(function, token)
    assert "access-control-allow-origin" not in answer.headers
    return answer.status, answer.json()["error"]


def let_in(function: Function, agent: HandAgent, token: str, **fields) -> str:
    """Asks with a token; the agent answers. The session that the agent saw is returned."""
    agent.say("はい".encode())
    agent.end()
    before = len(agent.paths)
    events = list(function.url.ask(**QUESTION, token=token, **fields).events())
    assert events[-1]["type"] == "complete"
    return agent.paths[before].split("/sessions/")[1].split("/")[0]


def test_id_tokens_and_access_tokens_open_the_door(guarded, issuer, hand_agent):
    for token in (issuer.id_token(), issuer.id_token(kid="ec"), issuer.access_token(),
                  issuer.id_token(aud=["other", "client-1"])):
        let_in(guarded, hand_agent, token)

    # One discovery and one look at the keys for all of them.
    assert dict(issuer.requests) == {"/.well-known/openid-configuration": 1, "/keys": 1}


def test_one_caller_cannot_continue_anothers_session(guarded, issuer, hand_agent):
    def session(subject: str) -> str:
        return let_in(guarded, hand_agent, issuer.id_token(subject), sessionId="shared")

    mine = session("user-1")
    assert mine == session("user-1")
    assert mine != session("user-2")
    # Nor by the id that the agent knows it by.
    assert mine != let_in(guarded, hand_agent, issuer.id_token("user-2"), sessionId=mine)


def test_without_a_good_token_the_door_stays_shut(guarded, issuer, hand_agent):
    now = int(time.time())
    stranger = RSAKey.generate_key(2048, {"kid": "rsa"})
    claims = {"iss": issuer.url, "sub": "u", "aud": "client-1", "exp": now + 60}
    # By hand: no library signs with a public key.
    message = ".".join(map(encoded, ({"alg": "HS256", "kid": "rsa"}, claims)))
    tag = hmac.digest(issuer.keys["rsa"].as_pem(private=False), message.encode(), "sha256")
    as_secret = f"{message}.{encoded(tag)}"
    header, payload, signature = issuer.id_token().split(".")
    admin, unsigned = encoded({**claims, "sub": "admin"}), encoded({"alg": "none"})
    bad = {
        "nonsense": "x",
        "unsigned": f"{unsigned}.{payload}.",
        "signed with the public key as a secret": as_secret,
        "another's payload": f"{header}.{admin}.{signature}",
        "a stranger's key by the right name": issuer.id_token(key=stranger),
        "a weak key": issuer.id_token(kid="weak", key=RSAKey.generate_key(1024, {"kid": "weak"})),
        "another issuer": issuer.id_token(iss="https://issuer.example"),
        "another audience": issuer.id_token(aud="other"),
        "an access token of another client": issuer.access_token(client_id="other"),
        "expired": issuer.id_token(exp=now - 61),
        "never expires": issuer.id_token(exp=None),
        "not yet valid": issuer.id_token(nbf=now + 120),
        "a logout token": issuer.id_token(header={"typ": "logout+jwt"}),
        "a token of another kind": issuer.id_token(header={"typ": "secevent+jwt"}),
        "giant": "x" * 100_000,
    }
    for what, token in bad.items():
        answer = asked(guarded, token)
        assert (answer.status, answer.json()["error"]) == (401, "invalid_token"), what
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"', what
        assert token[:100] not in answer.body.decode()

    answer = asked(guarded, None)
    assert (answer.status, answer.json()["error"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert not hand_agent.asked.is_set()


def test_the_log_says_which_check_failed_and_nothing_of_the_token(guarded, issuer):
    token = issuer.id_token(exp=1)
    refused(guarded, token)

    line = wait_until(lambda: next((it for it in guarded.logs() if '"invalid_token"' in it), None),
                      "the refusal is logged")
    assert json.loads(line)["reason"] == "expired"
    assert token[:40] not in "".join(guarded.logs())


def test_a_new_key_is_fetched_once_and_strangers_names_are_not_asked_for(
        guarded, issuer, hand_agent):
    let_in(guarded, hand_agent, issuer.id_token())
    for number in range(5):
        token = issuer.id_token(kid="rsa", header={"kid": f"unknown-{number}"})
        assert refused(guarded, token) == (401, "invalid_token")

    assert issuer.requests["/keys"] == 1


def test_keys_that_were_fetched_outlive_their_issuer(guarded, issuer, hand_agent):
    let_in(guarded, hand_agent, issuer.id_token())
    issuer.is_down = True

    let_in(guarded, hand_agent, issuer.id_token("user-2"))


def test_an_issuer_that_is_down_is_the_gateways_trouble_and_is_not_asked_for_every_token(guarded, issuer):
    issuer.is_down = True
    for number in range(3):
        token = issuer.id_token(kid="rsa", header={"kid": f"unknown-{number}"})
        assert refused(guarded, token) == (503, "issuer_unavailable")

    assert issuer.requests["/.well-known/openid-configuration"] == 1


@pytest.mark.parametrize("changed", [{"issuer": "https://evil.example"},
                                     {"jwks_uri": "http://evil.example/keys"}])
def test_a_discovery_document_of_somebody_else_is_not_believed(guarded, issuer, changed):
    own = issuer.discovery()
    issuer.discovery = lambda: {**own, **changed}
    assert refused(guarded, issuer.id_token()) == (503, "issuer_unavailable")
    assert issuer.requests["/keys"] == 0


def test_health_needs_no_token(guarded):
    assert guarded.url.request("GET", "/healthz").status == 200


def test_the_kinds_of_tokens_that_there_are_open_the_door(guarded, issuer, hand_agent):
    for typ in ("JWT", "at+jwt", "application/at+jwt"):
        let_in(guarded, hand_agent, issuer.id_token(header={"typ": typ}))


def test_of_several_keys_under_one_name_the_one_that_fits_counts(guarded, issuer, hand_agent):
    older = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})
    issuer.older_keys = [older, older, issuer.keys["rsa"]]

    let_in(guarded, hand_agent, issuer.id_token())
    let_in(guarded, hand_agent, issuer.id_token(key=older))
    assert issuer.requests["/keys"] == 1


def test_keys_without_names_are_tried(guarded, issuer, hand_agent):
    named = issuer.keys["rsa"]
    issuer.keys = {"rsa": RSAKey.import_key({name: value for name, value in named.as_dict(private=True).items()
                                             if name != "kid"})}
    issuer.older_keys = [RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})]

    let_in(guarded, hand_agent, issuer.id_token(key=named))


def test_settings_can_demand_access_tokens_scopes_and_a_group(functions, issuer, hand_agent):
    demanding = functions({**hand_agent.environment, **issuer.environment,
                           "GATEWAY_JWT_ACCESS_TOKENS_ONLY": "true", "GATEWAY_JWT_REQUIRED_SCOPES": "ask,read",
                           "GATEWAY_JWT_REQUIRED_GROUPS": "staff,board"}, auth="NONE")
    full = {"scope": "openid read ask", "cognito:groups": ["board"]}
    let_in(demanding, hand_agent, issuer.access_token(**full))

    assert refused(demanding, issuer.id_token(**full)) == (401, "invalid_token")
    for lacking in ({"scope": "ask"}, {"scope": None}, {"cognito:groups": ["guests"]}, {"cognito:groups": None}):
        answer = asked(demanding, issuer.access_token(**{**full, **lacking}))
        assert (answer.status, answer.json()["error"]) == (403, "insufficient_scope"), lacking
        assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


def test_the_agent_is_told_who_asks_and_nothing_that_the_client_says_of_itself(functions, issuer, hand_agent):
    function = functions({**hand_agent.environment, **issuer.environment, "GATEWAY_PASS_CALLER": "true",
                          "GATEWAY_JWT_PASSED_CLAIMS": "email", "GATEWAY_ALLOWED_ATTRIBUTES": "locale"}, auth="NONE")
    token = issuer.id_token("user-7", email="user@example.com")

    let_in(function, hand_agent, token, sessionAttributes={"locale": "ja"})

    assert hand_agent.body["sessionState"]["sessionAttributes"] == {
        "locale": "ja", "gatewayIssuer": issuer.url, "gatewaySubject": "user-7", "gatewayClaim_email": "user@example.com"}
    for name in ("gatewaySubject", "GatewaySubject", "userId"):
        body = json.dumps({**QUESTION, "sessionAttributes": {name: "admin"}}).encode()
        answer = function.url.request("POST", body=body, headers={
            "content-type": "application/json", "authorization": f"Bearer {token}"})
        assert (answer.status, answer.json()["error"]) == (400, "attribute_not_allowed"), name
