"""Lambda functions, examined by botocore: what they go through, and what is refused."""

import base64
import hashlib
import json
import re

import pytest

from examiner import ACCOUNT, REGION, client, configuration, package, refused, settle

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
REVISION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STALE = ("The Revision Id provided does not match the latest Revision Id. Call the "
         "GetFunction/GetAlias API to retrieve the latest Revision Id")


def test_a_function_is_created_as_asked_and_becomes_active(aws_lambda, new_function, role):
    code = package("print('all')")
    created = new_function(
        FunctionName="all-members", Code={"ZipFile": code}, Description="all of it", Timeout=600,
        MemorySize=2048, Architectures=["arm64"], EphemeralStorage={"Size": 1024},
        Environment={"Variables": {"GREETING": "こんにちは"}}, Tags={"app": "magi"},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/mine", "SystemLogLevel": "WARN"})

    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert created["ResponseMetadata"]["RequestId"]
    assert (created["State"], created["StateReason"], created["StateReasonCode"]) == (
        "Pending", "The function is being created.", "Creating")
    assert "LastUpdateStatus" not in created
    aws_lambda.get_waiter("function_exists").wait(FunctionName="all-members")
    aws_lambda.get_waiter("function_active_v2").wait(FunctionName="all-members")

    read = aws_lambda.get_function(FunctionName="all-members")
    active = read["Configuration"]
    assert read["Tags"] == {"app": "magi"}
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    assert REVISION.fullmatch(active["RevisionId"])
    assert active.pop("RevisionId") != created["RevisionId"], "a transition is a new revision"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", active.pop("LastModified"))
    assert active == {
        "FunctionName": "all-members", "FunctionArn": f"{ARN}:all-members", "Role": role,
        "Runtime": "provided.al2023", "Handler": "bootstrap", "Description": "all of it",
        "CodeSize": len(code),
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "Timeout": 600, "MemorySize": 2048, "Version": "$LATEST", "PackageType": "Zip",
        "Architectures": ["arm64"], "EphemeralStorage": {"Size": 1024},
        "Environment": {"Variables": {"GREETING": "こんにちは"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO",
                          "SystemLogLevel": "WARN", "LogGroup": "/mine"},
        "State": "Active", "LastUpdateStatus": "Successful",
    }


def test_what_is_not_asked_for_is_as_on_aws(aws_lambda, function):
    read = configuration(aws_lambda, function)

    assert (read["Timeout"], read["MemorySize"], read["Description"]) == (3, 128, "")
    assert read["Architectures"] == ["x86_64"]
    assert read["EphemeralStorage"] == {"Size": 512}
    assert read["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function}"}
    assert "Environment" not in read
    assert "Tags" not in aws_lambda.get_function(FunctionName=function)


def test_a_name_is_taken_once(new_function, function):
    with refused("ResourceConflictException", 409, f"Function already exist: {function}"):
        new_function(FunctionName=function)


def test_a_role_that_lambda_may_not_assume_is_refused(local_aws, new_function):
    text = "The role defined for the function cannot be assumed by Lambda."
    with refused("InvalidParameterValueException", 400, text):
        new_function(Role=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    iam = client(local_aws, "iam")
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole"}]}
    ec2 = iam.create_role(RoleName="ec2", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    with refused("InvalidParameterValueException", 400, text):
        new_function(Role=ec2)
    trust["Statement"][0]["Principal"]["Service"] = "lambda.amazonaws.com"
    iam.update_assume_role_policy(RoleName="ec2", PolicyDocument=json.dumps(trust))
    new_function(Role=ec2)


@pytest.mark.parametrize("members, code, text", [
    ({"MemorySize": 127}, "ValidationException", "Value '127' at 'memorySize' failed to satisfy "
     "constraint: Member must have value greater than or equal to 128"),
    ({"MemorySize": 10241}, "ValidationException", "Value '10241' at 'memorySize' failed to satisfy"
     " constraint: Member must have value less than or equal to 10240"),
    ({"Timeout": 0}, "ValidationException", "Value '0' at 'timeout'"),
    ({"Timeout": 901}, "ValidationException", "Value '901' at 'timeout' failed to satisfy "
     "constraint: Member must have value less than or equal to 900"),
    ({"EphemeralStorage": {"Size": 511}}, "ValidationException", "'ephemeralStorage.size'"),
    ({"Role": "r1"}, "ValidationException", "Value 'r1' at 'role'"),
    ({"Handler": "a b"}, "ValidationException", "Value 'a b' at 'handler'"),
    ({"Handler": None}, "InvalidParameterValueException", "Runtime and Handler are mandatory"),
    ({"Runtime": "rust1.x"}, "InvalidParameterValueException", "Value rust1.x at 'runtime'"),
    ({"Description": "x" * 257}, "ValidationException", "less than or equal to 256"),
    ({"Architectures": ["x86_64", "arm64"]}, "ValidationException",
     "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have "
     "length less than or equal to 1"),
    ({"Architectures": ["X86_64"]}, "ValidationException", "enum value set: [x86_64, arm64]"),
    ({"Environment": {"Variables": {"AWS_REGION": "x", "MINE": "y"}}},
     "InvalidParameterValueException", "Reserved keys used in this request: AWS_REGION"),
    ({"Environment": {"Variables": {"1ST": "x"}}}, "ValidationException", "environment.variables"),
    ({"Environment": {"Variables": {"BIG": "x" * 4096}}}, "InvalidParameterValueException",
     "exceeded the 4KB limit"),
    ({"LoggingConfig": {"LogFormat": "Text", "SystemLogLevel": "INFO"}},
     "InvalidParameterValueException", 'LogLevel is not supported when LogFormat is set to "Text"'),
    ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException", "Could not unzip uploaded "
     "file. Please check your file, then try to upload again."),
    ({"Code": {}}, "InvalidParameterValueException", "Please provide a source for function code."),
    ({"Tags": {f"t{n}": "" for n in range(51)}}, "InvalidParameterValueException",
     "Number of tags exceeds resource tag limit."),
    ({"FunctionName": "x" * 65}, "InvalidParameterValueException", "less than or equal to 64"),
    ({"FunctionName": "a b"}, "ValidationException", "Value 'a b' at 'functionName'"),
    ({"FunctionName": "a:live"}, "ValidationException", "Value 'a:live' at 'functionName'"),
])
def test_bad_members_are_refused(new_function, members, code, text):
    with refused(code, 400) as refusal:
        new_function(**members)
    assert text in refusal.message
    assert ("Type" in refusal.response) == (code != "ValidationException")


@pytest.mark.parametrize("members, text", [
    ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}}, "`VpcConfig`"),
    ({"Code": {"S3Bucket": "b", "S3Key": "k"}}, "`S3Bucket`"),
    ({"Runtime": "python3.13"}, "the runtime python3.13"),
    ({"PackageType": "Image"}, "container images"),
    ({"Layers": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:l:1"]}, "layers"),
    ({"TracingConfig": {"Mode": "Active"}}, "tracing"),
    ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "SnapStart"),
])
def test_members_it_does_not_act_on_are_refused(new_function, members, text):
    with refused("NotEmulated", 501) as refusal:
        new_function(**members)
    assert text in refusal.message


def test_the_environment_can_be_emptied(aws_lambda, function):
    for variables in ({"AB": "1"}, {}):
        aws_lambda.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables})
        settle(aws_lambda, function)
        assert configuration(aws_lambda, function)["Environment"] == {"Variables": variables}


def test_logging_is_changed_member_by_member(aws_lambda, function):
    def update(**logging):
        aws_lambda.update_function_configuration(FunctionName=function, LoggingConfig=logging)
        settle(aws_lambda, function)
        return configuration(aws_lambda, function)["LoggingConfig"]

    group = f"/aws/lambda/{function}"
    assert update(LogFormat="JSON", ApplicationLogLevel="DEBUG") == {
        "LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO",
        "LogGroup": group}
    assert update(LogGroup="/cool")["ApplicationLogLevel"] == "DEBUG"
    assert update(LogFormat="Text") == {"LogFormat": "Text", "LogGroup": "/cool"}


def test_new_code(aws_lambda, function):
    code = package("print('v2')")
    sha256 = base64.b64encode(hashlib.sha256(code).digest()).decode()
    before = configuration(aws_lambda, function)
    tried = aws_lambda.update_function_code(FunctionName=function, ZipFile=code, DryRun=True)
    assert (tried["CodeSha256"], tried["CodeSize"]) == (sha256, len(code))
    assert configuration(aws_lambda, function) == before, "a dry run changes nothing"

    with refused("PreconditionFailedException", 412, STALE):
        aws_lambda.update_function_code(
            FunctionName=function, ZipFile=code, RevisionId="00000000-0000-0000-0000-000000000000")
    with refused("InvalidParameterValueException", 400):
        aws_lambda.update_function_code(FunctionName=function, ZipFile=b"no zip")
    updated = aws_lambda.update_function_code(
        FunctionName=function, ZipFile=code, Architectures=["arm64"],
        RevisionId=before["RevisionId"])
    assert updated["LastUpdateStatus"] == "InProgress"
    settle(aws_lambda, function)
    after = configuration(aws_lambda, function)
    assert (after["CodeSha256"], after["Architectures"]) == (sha256, ["arm64"])


def test_a_role_is_checked_again_when_it_changes(aws_lambda, function):
    with refused("InvalidParameterValueException", 400):
        aws_lambda.update_function_configuration(
            FunctionName=function, Role=f"arn:aws:iam::{ACCOUNT}:role/nobody")


def test_a_deleted_function_is_gone(aws_lambda, function):
    assert aws_lambda.delete_function(FunctionName=function)["StatusCode"] == 204
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:{function}"):
        aws_lambda.get_function(FunctionName=function)


@pytest.mark.parametrize("operation, parameters", [
    ("get_function", {}),
    ("get_function_configuration", {}),
    ("update_function_code", {"ZipFile": package()}),
    ("update_function_configuration", {"MemorySize": 256}),
    ("delete_function", {}),
    ("publish_version", {}),
    ("list_versions_by_function", {}),
    ("list_aliases", {}),
    ("get_function_concurrency", {}),
    ("delete_function_concurrency", {}),
])
def test_a_function_that_is_not_there_is_named(aws_lambda, operation, parameters):
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:nothing"):
        getattr(aws_lambda, operation)(FunctionName="nothing", **parameters)


def test_what_is_not_emulated_says_so(aws_lambda):
    with refused("NotEmulated", 501) as refusal:
        aws_lambda.list_layers()
    assert "/layers" in refusal.message
