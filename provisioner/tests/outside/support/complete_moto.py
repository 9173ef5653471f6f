"""moto's server, completed where moto 5.2.5 leaves out or drops what AWS does not; it takes moto's own arguments.

The product reads what AWS answers: what is missing is put in here, and the product makes no allowance for it.
"""

import json

from moto.awslambda.models import LambdaAlias, LambdaFunction
from moto.awslambda.policy import Policy
from moto.moto_api._internal import mock_random
from moto.server import main


def keep_logging() -> None:
    """AWS keeps a function's LoggingConfig, each member that was sent over its default."""
    make, update = LambdaFunction.__init__, LambdaFunction.update_configuration

    def made(function: LambdaFunction, *arguments, spec: dict, **others) -> None:
        make(function, *arguments, spec=spec, **others)
        default = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
        function.logging = default | spec.get("LoggingConfig", {})

    def updated(function: LambdaFunction, sent: dict) -> dict:
        # A new dict: published versions share the one before.
        function.logging = function.logging | sent.get("LoggingConfig", {})
        return update(function, sent)

    LambdaFunction.__init__, LambdaFunction.update_configuration = made, updated


def keep_logging_of_templates() -> None:
    """AWS makes a template's function with the LoggingConfig that the template names."""
    make = LambdaFunction.create_from_cloudformation_json

    def made(cls, resource_name: str, cloudformation_json: dict, *arguments, **others) -> LambdaFunction:
        function = make(resource_name, cloudformation_json, *arguments, **others)
        function.logging = function.logging | cloudformation_json["Properties"].get("LoggingConfig", {})
        return function

    LambdaFunction.create_from_cloudformation_json = classmethod(made)


def answer_logging() -> None:
    """AWS answers LoggingConfig wherever it answers a function's or a version's configuration."""
    answer = LambdaFunction.get_configuration

    def answered(function: LambdaFunction, *arguments, **others) -> dict:
        return {**answer(function, *arguments, **others), "LoggingConfig": function.logging}

    LambdaFunction.get_configuration = answered


def update_ephemeral_storage() -> None:
    """AWS changes a function's EphemeralStorage when UpdateFunctionConfiguration names it."""
    update = LambdaFunction.update_configuration

    def updated(function: LambdaFunction, sent: dict) -> dict:
        if "EphemeralStorage" in sent:
            function.ephemeral_storage = sent["EphemeralStorage"]["Size"]
        return update(function, sent)

    LambdaFunction.update_configuration = updated


def renew_revisions_of_aliases() -> None:
    """AWS gives an alias another RevisionId with every update."""
    update = LambdaAlias.update

    def updated(alias: LambdaAlias, *arguments, **others) -> None:
        update(alias, *arguments, **others)
        alias.revision_id = str(mock_random.uuid4())

    LambdaAlias.update = updated


def put_conditions_in_their_place() -> None:
    """AWS writes what AddPermission says of function URLs into the statement's Condition."""
    places = {
        "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
        "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
    }
    merge = Policy.condition_merge

    def merged(policy: Policy, statement: dict) -> None:
        merge(policy, statement)
        for member, (operator, key) in places.items():
            if member in statement:
                value = statement.pop(member)
                text = value if isinstance(value, str) else json.dumps(value)
                statement.setdefault("Condition", {}).setdefault(operator, {})[key] = text

    Policy.condition_merge = merged


if __name__ == "__main__":
    keep_logging()
    keep_logging_of_templates()
    answer_logging()
    update_ephemeral_storage()
    renew_revisions_of_aliases()
    put_conditions_in_their_place()
    main()
