"""Who may call a function URL, and what the function gets to know of a request."""

import json

import pytest

FORBIDDEN = ("Forbidden. For troubleshooting Function URL authorization issues, see: "
             "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html")


def assert_forbidden(answer) -> None:
    assert (answer.status, answer.headers["x-amzn-errortype"], answer.json()) == (
        403, "AccessDeniedException", {"Message": FORBIDDEN})


def test_both_permissions_are_needed(raw_functions):
    function = raw_functions(open_to_all=False)
    functions = function.account.client("lambda")
    assert_forbidden(function.call("/pid"))

    functions.add_permission(
        FunctionName=function.name, StatementId="url", Principal="*",
        Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    assert_forbidden(function.call("/pid"))

    functions.add_permission(
        FunctionName=function.name, StatementId="invoke", Principal="*",
        Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    assert function.call("/pid").status == 200


def test_a_signed_url_wants_a_signature(raw_functions):
    function = raw_functions(auth="AWS_IAM")
    assert_forbidden(function.call("/pid"))

    answer = function.call("/echo", "POST", "{\"a\":\"賛成\"}".encode(), signed=True,
                           headers={"content-type": "application/json"})
    assert answer.status == 200
    event = answer.json()["event"]
    assert event["body"] == "{\"a\":\"賛成\"}"
    caller = event["requestContext"]["authorizer"]["iam"]
    assert caller["accessKey"] == function.account.access_key_id
    assert event["requestContext"]["accountId"] == caller["accountId"] == "123456789012"


def test_a_wrong_signature_is_told(raw_functions):
    function = raw_functions(auth="AWS_IAM")
    connection, response = function.open("/pid", signed=True)
    good = connection
    assert response.status == 200
    good.close()

    answer = function.call("/pid", headers={
        "x-amz-date": "20200101T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKID/20200101/ap-northeast-1/lambda/"
                         "aws4_request, SignedHeaders=host;x-amz-date, Signature=00"})
    assert answer.status == 403
    assert answer.headers["x-amzn-errortype"] != "AccessDeniedException"
    assert answer.json()["message"]


def test_a_request_of_more_than_six_megabytes_is_refused(raw):
    answer = raw.call("/pid", "POST", b"x" * (6 * 1024 * 1024 + 1))

    assert answer.status == 413
    assert raw.call("/pid", "POST", b"x" * 1000).status == 200


def test_no_reserved_concurrency_is_too_many_requests(raw_functions):
    function = raw_functions()
    functions = function.account.client("lambda")
    functions.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=0)

    assert function.call("/pid").status == 429


def test_reserved_concurrency_is_given_back(raw_functions):
    function = raw_functions()
    functions = function.account.client("lambda")
    functions.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=1)

    for _ in range(3):
        assert function.call("/pid").status == 200
    first = function.open("/hang-midway")
    assert first[1].read(7) == b"partial"
    assert function.call("/pid").status == 429
    first[1].close()
    first[0].close()


def test_a_deleted_url_does_not_answer(raw_functions):
    function = raw_functions()
    assert function.call("/pid").status == 200

    function.account.client("lambda").delete_function_url_config(FunctionName=function.name)

    with pytest.raises(ConnectionError):
        function.call("/pid")


def test_the_function_gets_the_request_as_aws_tells_it(raw):
    client = raw.connect()
    client.sendall(
        b"POST /capture/space%20value?repeat=one&repeat=two&plus=a+b&bare HTTP/1.1\r\n"
        b"Host: localhost\r\nConnection: close\r\nUser-Agent: probe/1\r\nX-Twice: one\r\n"
        b"X-Twice: two\r\nCookie: a=1; b=2\r\nContent-Length: 3\r\n\r\n\xff\x00a")
    answer = b"".join(iter(lambda: client.recv(65536), b""))
    document = answer.partition(b"\r\n\r\n")[2]
    # One chunk: its length, the document, the end.
    event = json.loads(document.split(b"\r\n")[1])["event"]

    assert event["rawPath"] == "/capture/space%20value"
    assert event["requestContext"]["http"]["path"] == "/capture/space value"
    assert event["rawQueryString"] == "repeat=one&repeat=two&plus=a+b&bare"
    assert event["queryStringParameters"] == {"repeat": "one,two", "plus": "a b", "bare": ""}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-twice"] == "one,two"
    assert event["headers"]["host"] == event["requestContext"]["domainName"]
    assert event["headers"]["host"].endswith(".lambda-url.ap-northeast-1.on.aws")
    assert "connection" not in event["headers"]
    assert (event["body"], event["isBase64Encoded"]) == ("/wBh", True)
    assert event["requestContext"]["accountId"] == "anonymous"


def test_a_browser_from_a_configured_origin_may_read(raw_functions):
    origin = "https://magi.example"
    function = raw_functions(cors={
        "AllowOrigins": [origin], "AllowMethods": ["POST"], "AllowHeaders": ["content-type"],
        "MaxAge": 300})

    asked = function.call("/crash", "OPTIONS", headers={
        "origin": origin, "access-control-request-method": "POST"})
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (200, origin)
    assert asked.headers["access-control-allow-methods"] == "POST"
    assert asked.headers["access-control-max-age"] == "300"
    # Answered by the service: the function would have crashed.

    assert function.call("/pid", headers={"origin": origin}).headers[
        "access-control-allow-origin"] == origin
    assert function.call("/pid", headers={"origin": "https://evil"}).headers[
        "access-control-allow-origin"] is None
