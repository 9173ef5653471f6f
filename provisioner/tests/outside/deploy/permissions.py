"""Which permission a request to AWS takes, by botocore's models of the services."""

import re
from functools import lru_cache

from botocore.session import get_session

from recorder import Request

# The one operation whose permission has another name.
OTHER_NAMES = {"lambda:Invoke": "lambda:InvokeFunction"}


@lru_cache
def model(service: str):
    """botocore's model of a service."""
    return get_session().get_service_model(service)


def action_of(request: Request) -> str:
    """In IAM's spelling, such as `lambda:GetFunction`."""
    if request.action:
        return f"{request.service}:{request.action}"
    path = request.path.partition("?")[0]
    for name in model(request.service).operation_names:
        http = model(request.service).operation_model(name).http
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(http["requestUri"].partition("?")[0]))
        if http["method"] == request.method and re.fullmatch(pattern, path):
            operation = f"{request.service}:{name}"
            return OTHER_NAMES.get(operation, operation)
    raise AssertionError(f"no operation is {request}")
