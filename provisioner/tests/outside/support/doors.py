"""The doors of a running `provision dev`, knocked at with plain HTTP: whatever a client would not send."""

import http.client
import json
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# What a page's server calls itself whose name leads to 127.0.0.1 (DNS rebinding).
REBOUND = "evil.example"


def knock(url: str, method: str = "GET", body: bytes = b"", *, host: str | None = None,
          headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    """Sends a request to where `url` is, under the name `host` and with that URL's port."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    target = address.path + (f"?{address.query}" if address.query else "")
    connection.putrequest(method, target or "/", skip_host=True)
    own = {"Host": f"{host}:{address.port}" if host else address.netloc, "Content-Length": str(len(body))}
    for name, value in {**own, **(headers or {})}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    return connection.getresponse()


def signature(line: dict, service: str, url: str, method: str = "GET", body: bytes = b"", *,
              host: str | None = None, session: dict | None = None) -> dict[str, str]:
    """The headers of a valid signature, for the name `host`; by default with the developer's key."""
    address = urlsplit(url)
    named = url.replace(address.netloc, f"{host}:{address.port}") if host else url
    request = AWSRequest(method, named, data=body)
    credentials = Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]) \
        if session else Credentials(line["accessKeyId"], line["secretAccessKey"])
    SigV4Auth(credentials, service, line["region"]).add_auth(request)
    return dict(request.headers.items())


def signed(line: dict, service: str, url: str, method: str = "GET", body: bytes = b"", *,
           host: str | None = None, session: dict | None = None) -> tuple[int, object]:
    """Knocks with a valid signature: the status, and the JSON that came."""
    headers = signature(line, service, url, method, body, host=host, session=session)
    answer = knock(url, method, body, host=host, headers=headers)
    return answer.status, json.loads(answer.read())
