"""Who is one caller with `auth: iam`: whoever is another cannot continue the session, whatever ids he knows."""

import json
import re
from itertools import count

import pytest

from accounts import Account
from function_url import FunctionUrl
from functions import Function
from provision import REPOSITORY

EVERYBODY_HERE = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}
_numbers = count(1)


def policy_of_readme(language: str, function: str) -> dict:
    """The policy that is printed for callers."""
    text = (REPOSITORY / f"provisioner/README{language}.md").read_text()
    (block,) = re.findall(r"```json\n(\{\n  \"Version\".*?)```", text, re.S)
    return json.loads(block.replace("function:magi:", f"function:{function}:"))


class Role:
    """A role that may call a function, with the policy that is printed for callers or another."""

    def __init__(self, function: Function, kind: str, policy: dict | None = None):
        self.function = function
        iam = function.account.client("iam")
        self.name = f"{kind}_{next(_numbers)}_{function.name}"[:64]
        self.arn = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(EVERYBODY_HERE))["Role"]["Arn"]
        iam.put_role_policy(RoleName=self.name, PolicyName="call",
                            PolicyDocument=json.dumps(policy or policy_of_readme("", function.name)))

    def taken_on_by(self, session: str) -> Account:
        return self.function.account.assumed(self.arn, session)

    def session_of(self, session: str, client_id: str = "s-1") -> str:
        """The agent's session that a caller of this role gets for an id."""
        url = FunctionUrl(self.function.url.url, self.taken_on_by(session))
        return agents_session(self.function, list(url.ask("!denied", sessionId=client_id).events()))


def agents_session(function: Function, answer: list[dict]) -> str:
    (line,) = [line for line in map(_read, function.logs_after(answer))
               if line.get("requestId") == answer[0]["requestId"] and "outcome" in line]
    return line["session"]


def _read(line: str) -> dict:
    return json.loads(line) if line.startswith("{") else {}


def test_two_people_of_one_permission_set_have_sessions_of_their_own(function: Function):
    people = Role(function, "AWSReservedSSO_Developer")

    mari, rei = people.session_of("mari@nerv.example"), people.session_of("rei@nerv.example")

    assert mari != rei
    assert mari == people.session_of("mari@nerv.example")
    assert rei != people.session_of("rei@nerv.example", "s-2")


def test_a_servers_sessions_are_one_caller(function: Function):
    server, other = Role(function, "server"), Role(function, "server")

    assert server.session_of("i-0123") == server.session_of("i-4567") != other.session_of("i-0123")


def test_role_sessions_can_be_told_apart(functions):
    server = Role(functions({"GATEWAY_ROLE_SESSIONS": "separate"}), "server")

    assert server.session_of("job-1") != server.session_of("job-2")
    assert server.session_of("job-1") == server.session_of("job-1")


def forged(user_id: str) -> bytes:
    """What the function URL would send, had this caller signed."""
    context = {"http": {"method": "POST", "path": "/"}, "authorizer": {"iam": {"userId": user_id}}}
    return json.dumps({"version": "2.0", "rawPath": "/", "rawQueryString": "", "requestContext": context,
                       "headers": {"content-type": "application/json"}, "isBase64Encoded": False,
                       "body": json.dumps({"question": "!denied", "sessionId": "s-1"})}).encode()


@pytest.mark.parametrize("language", ["", ".ja"])
def test_with_the_printed_policy_nobody_gets_past_the_url(function: Function, language):
    victim = Role(function, "server")
    session = victim.session_of("i-0123")
    user_id = victim.taken_on_by("i-0123").client("sts").get_caller_identity()["UserId"]
    attacker = Role(function, "attacker", policy_of_readme(language, function.name))

    def invoke():
        functions = attacker.taken_on_by("attack").client("lambda")
        answer = functions.invoke_with_response_stream(FunctionName=function.name, Qualifier="live", Payload=forged(user_id))
        whole = b"".join(part["PayloadChunk"]["Payload"] for part in answer["EventStream"] if "PayloadChunk" in part)
        return [json.loads(line) for line in re.findall(rb"^data: (.*)$", whole, re.M)]

    assert attacker.session_of("attack") != session
    with pytest.raises(function.account.client("lambda").exceptions.ClientError, match="AccessDenied"):
        invoke()

    # What the condition is for: without it he is whoever he says.
    policy = policy_of_readme(language, function.name)
    for statement in policy["Statement"]:
        statement.pop("Condition", None)
    attacker = Role(function, "attacker", policy)
    assert agents_session(function, invoke()) == session


@pytest.mark.parametrize("language", ["", ".ja"])
def test_both_statements_of_the_printed_policy_are_needed(function: Function, language):
    policy = policy_of_readme(language, function.name)
    assert len(policy["Statement"]) == 2
    for statement in policy["Statement"]:
        role = Role(function, "half", {**policy, "Statement": [statement]})
        url = FunctionUrl(function.url.url, role.taken_on_by("attack"))
        assert url.post({"question": "!denied"}).status == 403, statement
