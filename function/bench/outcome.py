"""Is a deployment what it should be? Looks into the account, or into the template that CloudFormation would deploy."""

from typing import Any

#: A right deployment.
RIGHT = {"runtime": "provided.al2023", "timeout_s": 600, "memory_mb": 2048, "invoke_mode": "RESPONSE_STREAM",
         "permissions": ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]}


def judged(where: str, found: dict[str, Any]) -> dict[str, Any]:
    """What was found, and what of it is wrong."""
    wrong = [f"{key}: {found.get(key, 'none')}" for key, value in RIGHT.items() if found.get(key) != value]
    return {"where": where, "found": found, "wrong": wrong}


def in_template(template: dict[str, Any]) -> dict[str, Any]:
    """The one function of a CloudFormation template, its URL and its permissions."""
    def properties(kind: str) -> list[dict[str, Any]]:
        return [resource["Properties"] for resource in template["Resources"].values()
                if resource["Type"] == f"AWS::Lambda::{kind}"]

    found: dict[str, Any] = {}
    for function in properties("Function"):
        if "MemorySize" in function:
            found |= {"runtime": function["Runtime"], "timeout_s": function["Timeout"],
                      "memory_mb": function["MemorySize"]}
    for url in properties("Url"):
        found["invoke_mode"] = url.get("InvokeMode", "BUFFERED")
    found["permissions"] = sorted(permission["Action"] for permission in properties("Permission"))
    return found
