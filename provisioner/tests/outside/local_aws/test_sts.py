"""STS, and the signature that every service wants: examined by botocore."""

import datetime
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from examiner import ACCOUNT, client, refused

NO_MATCH = ("The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.")


def test_the_caller_is_told_who_it_is(local_aws):
    identity = client(local_aws, "sts").get_caller_identity()

    assert identity["Account"] == ACCOUNT
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/developer"
    assert identity["UserId"]
    assert identity["ResponseMetadata"]["RequestId"]


def test_what_is_not_emulated_says_so(local_aws):
    with refused("NotEmulated", 501, "The local AWS does not emulate sts:GetSessionToken"):
        client(local_aws, "sts").get_session_token()


def test_services_that_are_not_emulated_say_so(local_aws):
    with refused("NotEmulated", 501, "The local AWS does not emulate the service `dynamodb`"):
        client(local_aws, "dynamodb").list_tables()


@pytest.mark.parametrize("service, operation, unknown, mismatch", [
    ("sts", "get_caller_identity", "InvalidClientTokenId", "SignatureDoesNotMatch"),
    ("iam", "list_roles", "InvalidClientTokenId", "SignatureDoesNotMatch"),
    ("lambda", "list_functions", "UnrecognizedClientException", "InvalidSignatureException"),
    ("logs", "describe_log_groups", "UnrecognizedClientException", "InvalidSignatureException"),
])
def test_a_wrong_key_is_refused_in_the_words_of_the_protocol(
        local_aws, service, operation, unknown, mismatch):
    with refused(unknown, 403, "The security token included in the request is invalid."):
        getattr(client(local_aws, service, aws_access_key_id="AKIAUNKNOWN"), operation)()
    with refused(mismatch, 403, NO_MATCH):
        getattr(client(local_aws, service, aws_secret_access_key="wrong"), operation)()


def test_another_region_is_refused_but_iam_and_sts_are_global(local_aws):
    for service in ("lambda", "logs"):
        other = client(local_aws, service, region_name="us-east-1")
        with refused("InvalidSignatureException", 403) as refusal:
            other.list_functions() if service == "lambda" else other.describe_log_groups()
        assert local_aws["region"] in refusal.message
    client(local_aws, "sts", region_name="us-east-1").get_caller_identity()
    client(local_aws, "iam", region_name="us-east-1").list_roles()


def test_session_credentials_are_accepted(local_aws):
    assert client(local_aws, "sts", aws_session_token="token").get_caller_identity()


def call(local_aws, headers):
    url = f"{local_aws['endpoint']}/2015-03-31/functions"
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60)
    except urllib.error.HTTPError as error:
        return error


def signed_headers(local_aws, monkeypatch, *, minutes_off=0):
    request = AWSRequest("GET", f"{local_aws['endpoint']}/2015-03-31/functions")
    credentials = Credentials(local_aws["accessKeyId"], local_aws["secretAccessKey"])
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes_off)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now)
    SigV4Auth(credentials, "lambda", local_aws["region"]).add_auth(request)
    return dict(request.headers)


def test_a_request_without_a_signature_is_refused(local_aws):
    answer = call(local_aws, {})

    assert answer.status == 403
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert answer.headers["x-amzn-RequestId"]
    assert b"Missing Authentication Token" in answer.read()


def test_a_signature_lives_for_five_minutes(local_aws, monkeypatch):
    assert call(local_aws, signed_headers(local_aws, monkeypatch)).status == 200
    assert call(local_aws, signed_headers(local_aws, monkeypatch, minutes_off=-4)).status == 200
    for minutes_off in (-6, 6):
        answer = call(local_aws, signed_headers(local_aws, monkeypatch, minutes_off=minutes_off))
        assert answer.status == 403
        assert answer.headers["x-amzn-ErrorType"] == "InvalidSignatureException"
        assert b"Signature expired" in answer.read()


def test_a_signature_is_for_one_request(local_aws, monkeypatch):
    headers = signed_headers(local_aws, monkeypatch)
    url = f"{local_aws['endpoint']}/2015-03-31/functions?MaxItems=1"
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60)
    assert raised.value.code == 403


def test_the_variables_that_every_sdk_reads_are_enough(local_aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_aws["endpoint"])
    monkeypatch.setenv("AWS_REGION", local_aws["region"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", local_aws["region"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", local_aws["accessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local_aws["secretAccessKey"])

    assert boto3.session.Session().client("sts").get_caller_identity()["Account"] == ACCOUNT
