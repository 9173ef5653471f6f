"""What goes wrong in the fault table: for how long, and to which requests it can happen."""

from dataclasses import dataclass

from permissions import model
from recorder import READ_ACTIONS

# Of commands that get no answer; the others wait as long as users do.
READ_TIMEOUT_SECONDS = 3


@dataclass(frozen=True)
class Kind:
    """One thing that goes wrong."""

    fault: dict
    # How often; for good by default.
    times: int | None = None
    # So many requests of a command are struck one after the other on one deployment.
    at_once: int = 12
    # The SDK repeats what may pass.
    attempts: int = 3
    says: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a command is struck with."""
        held = self.fault["kind"].startswith("hold-")
        return {"BEDROCK_GATEWAY_READ_TIMEOUT": str(READ_TIMEOUT_SECONDS)} if held else {}


HELD = {"says": f"--read-timeout {2 * READ_TIMEOUT_SECONDS}", "at_once": 6}
PASSES = {
    "throttled": Kind({"kind": "throttled"}, 1),
    "500": Kind({"kind": "status", "status": 500}, 1),
    "reset-before": Kind({"kind": "reset-before"}, 1),
    "hold-before": Kind({"kind": "hold-before"}, 1),
    "in-progress": Kind({"kind": "in-progress"}, 2),
    "role-not-assumable": Kind({"kind": "role-not-assumable"}, 2),
    # Reading twice does no harm.
    "reset-after": Kind({"kind": "reset-after"}, 1),
    "hold-after": Kind({"kind": "hold-after"}, 1),
}
LASTS = {
    "hold-before": Kind({"kind": "hold-before"}, **HELD),
    "throttled": Kind({"kind": "throttled"}),
    "500": Kind({"kind": "status", "status": 500}),
    "reset-before": Kind({"kind": "reset-before"}),
    "access-denied": Kind({"kind": "access-denied"}, attempts=1, at_once=24),
}
LOST = {
    "hold-after": Kind({"kind": "hold-after"}, 1, at_once=6),
    "reset-after": Kind({"kind": "reset-after"}, 1),
}


def reads(operation: str) -> bool:
    return operation.partition(":")[2].startswith(READ_ACTIONS)


def can_pass(operation: str, kind: str) -> bool:
    if kind.endswith("-after"):
        return reads(operation)
    if kind == "in-progress":
        service, _, name = operation.partition(":")
        return service == "lambda" and not reads(operation) and "ResourceConflictException" in [
            shape.name for shape in model("lambda").operation_model(name).error_shapes]
    if kind == "role-not-assumable":
        return operation in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration")
    return True
