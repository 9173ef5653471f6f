"""What a URL that anybody may call allows, and what a deployment's permissions allow."""

from deployment import Deployment

BOTH = {
    "lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
    "lambda:InvokeFunction": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
}
_EVERYBODY = ("*", {"AWS": "*"})


def conditions(deployment: Deployment) -> dict[str, dict]:
    """The condition of each allowed action."""
    found = {}
    for statement in deployment.statements():
        assert statement["Effect"] == "Allow" and statement["Principal"] in _EVERYBODY
        assert statement["Resource"].endswith(f":function:{deployment.name}:live")
        assert statement["Action"] not in found
        found[statement["Action"]] = statement.get("Condition", {})
    return found
