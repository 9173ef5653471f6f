"""`auth: none`: a URL that anybody may call, and no more than the URL."""

import json

from deployment import Deployment
from function_url import FunctionUrl
from public_url import BOTH, conditions


def test_a_public_url_gets_both_statements_with_their_conditions(deployment: Deployment):
    deployment.configure(auth="none")

    deployment.made()

    assert deployment.url_config()["AuthType"] == "NONE"
    assert deployment.environment()["GATEWAY_AUTH"] == "none"
    assert conditions(deployment) == BOTH
    assert deployment.made() and deployment.recorder.writes == []


def test_a_public_url_is_warned_about(deployment: Deployment):
    deployment.configure(auth="none")

    run = deployment.up()

    assert run.code == 0, run
    warning = run.err.lower()
    assert "anyone" in warning or "anybody" in warning or "public" in warning, run


def test_opening_and_closing_keeps_the_address(deployment: Deployment):
    url = deployment.made()

    deployment.configure(auth="none")
    assert deployment.made() == url
    assert conditions(deployment) == BOTH

    deployment.configure(auth="iam")
    assert deployment.made() == url
    assert deployment.url_config()["AuthType"] == "AWS_IAM"
    assert deployment.environment()["GATEWAY_AUTH"] == "iam"
    assert deployment.statements() == []


def test_a_lost_statement_is_put_back(deployment: Deployment):
    deployment.configure(auth="none")
    deployment.made()
    functions = deployment.account.client("lambda")
    (lost,) = [statement["Sid"] for statement in deployment.statements()
               if statement["Action"] == "lambda:InvokeFunction"]
    functions.remove_permission(FunctionName=deployment.name, Qualifier="live", StatementId=lost)

    deployment.made()

    assert conditions(deployment) == BOTH


def test_a_permission_under_another_name_counts(local_deployment: Deployment):
    """Permissions are compared by what they allow: other tools choose other statement ids."""
    deployment = local_deployment
    deployment.configure(auth="none")
    deployment.made()
    functions = deployment.account.client("lambda")
    for statement in deployment.statements():
        functions.remove_permission(
            FunctionName=deployment.name, Qualifier="live", StatementId=statement["Sid"])
    functions.add_permission(
        FunctionName=deployment.name, Qualifier="live", StatementId="FunctionURLAllowPublicAccess",
        Principal="*", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    functions.add_permission(
        FunctionName=deployment.name, Qualifier="live", StatementId="FunctionURLAllowInvokeAction",
        Principal="*", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)

    deployment.made()

    assert deployment.recorder.writes == []


def test_a_permission_of_others_that_opens_the_function_is_reported(deployment: Deployment):
    deployment.made()
    deployment.account.client("lambda").add_permission(
        FunctionName=deployment.name, Qualifier="live", StatementId="theirs",
        Principal="*", Action="lambda:InvokeFunction")

    run = deployment.up()

    assert run.code == 0, run
    assert "theirs" in run.err, run


def test_cors_is_told_once(local_deployment: Deployment):
    """The URL adds the headers; were they added by the function as well, browsers would refuse both."""
    origin = "https://www.example.com"
    local_deployment.configure(auth="none", cors={"allow_origins": [origin]})
    url = FunctionUrl(local_deployment.made(), None)

    for path in ("/healthz", "/", "/openai/v1/models"):
        answer = url.request("GET", path, headers={"origin": origin})
        assert answer.headers.get_all("access-control-allow-origin") == [origin], path
    # What reaches the function directly shows that it says nothing of its own.
    answer = local_deployment.account.client("lambda").invoke_with_response_stream(
        FunctionName=local_deployment.name, Qualifier="live", Payload=json.dumps(
            {"version": "2.0", "rawPath": "/healthz", "rawQueryString": "", "headers": {"origin": origin},
             "requestContext": {"http": {"method": "GET", "path": "/healthz"}}, "isBase64Encoded": False}))
    whole = b"".join(part["PayloadChunk"]["Payload"] for part in answer["EventStream"] if "PayloadChunk" in part)
    assert b'"statusCode":200' in whole and b"access-control" not in whole.lower(), whole


def test_what_strangers_could_spend_is_told_once_before_and_while_it_is_deployed(local_deployment: Deployment):
    sum_of_many = "$0.020 each and $20 for a thousand at once"
    local_deployment.configure(auth="none")

    assert local_deployment.plan().out.count(sum_of_many) == 1
    run = local_deployment.up()
    assert run.code == 0 and run.err.count(sum_of_many) == 1, run
    # Also where nothing changes, and by those who only look.
    assert local_deployment.up().err.count(sum_of_many) == 1
    assert local_deployment.provision("doctor").out.count(sum_of_many) == 1
    local_deployment.configure(auth="none", reserved_concurrency=5)
    assert sum_of_many not in local_deployment.plan().out
