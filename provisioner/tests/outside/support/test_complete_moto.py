"""moto, as it is started here, answers like AWS what it leaves out by itself."""

import json

import pytest

from accounts import Account
from functions import TRUST, zip_of


@pytest.fixture
def functions(moto: Account):
    """A Lambda client, and a function `f` that says nothing of its logs."""
    role = moto.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(TRUST))
    functions = moto.client("lambda")
    functions.create_function(FunctionName="f", Role=role["Role"]["Arn"], Runtime="provided.al2023",
                              Handler="bootstrap", Code={"ZipFile": zip_of(b"")})
    return functions


def test_every_answer_about_a_function_says_where_and_how_it_logs(functions):
    first = functions.publish_version(FunctionName="f")
    default = {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}
    assert first["LoggingConfig"] == default

    updated = functions.update_function_configuration(FunctionName="f", LoggingConfig={"LogFormat": "JSON"})

    logging = {**default, "LogFormat": "JSON"}
    coded = functions.update_function_code(FunctionName="f", ZipFile=zip_of(b"other"))
    found = functions.get_function(FunctionName="f")["Configuration"]
    configuration = functions.get_function_configuration(FunctionName="f")
    assert [answer["LoggingConfig"] for answer in (updated, coded, found, configuration)] == [logging] * 4
    versions = functions.list_versions_by_function(FunctionName="f")["Versions"]
    assert {version["Version"]: version["LoggingConfig"] for version in versions} == {
        "$LATEST": logging, "1": default}


def test_each_update_gives_an_alias_another_revision(functions):
    version = functions.publish_version(FunctionName="f")["Version"]
    made = functions.create_alias(FunctionName="f", Name="live", FunctionVersion=version)

    updated = functions.update_alias(FunctionName="f", Name="live", Description="other")

    assert updated["RevisionId"] != made["RevisionId"]
    assert functions.get_alias(FunctionName="f", Name="live")["RevisionId"] == updated["RevisionId"]


def test_conditions_of_function_urls_are_in_the_condition(functions):
    for sid, action, said in (("url", "lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
                              ("function", "lambda:InvokeFunction", {"InvokedViaFunctionUrl": True})):
        functions.add_permission(FunctionName="f", StatementId=sid, Action=action, Principal="*", **said)

    statements = json.loads(functions.get_policy(FunctionName="f")["Policy"])["Statement"]

    assert [statement["Condition"] for statement in statements] == [
        {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}]
    assert not any({"FunctionUrlAuthType", "InvokedViaFunctionUrl"} & set(statement) for statement in statements)
