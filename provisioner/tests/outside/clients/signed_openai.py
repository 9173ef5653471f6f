"""OpenAI's own client, signing its requests."""

import httpx2
import openai
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from accounts import Account
from functions import Function


class Signed(httpx2.Auth):
    """Signs each request with botocore, as callers of a URL with `auth: iam` have to."""

    requires_request_body = True

    def __init__(self, account: Account):
        self._account = account

    def auth_flow(self, request):
        headers = {"content-type": request.headers["content-type"]} if request.content else {}
        to_sign = AWSRequest(request.method, str(request.url), headers=headers, data=request.content)
        credentials = Credentials(self._account.access_key_id, self._account.secret_access_key)
        SigV4Auth(credentials, "lambda", self._account.region).add_auth(to_sign)
        for name, value in to_sign.headers.items():
            request.headers[name] = value
        yield request


def client(function: Function, **options) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{function.url.url}openai/v1", api_key="not needed",
                         http_client=httpx2.Client(auth=Signed(function.account)), **options)
