"""`provision down` on a terminal: nobody deletes the wrong deployment by a slip of the finger."""

import pytest

from deployment import Deployment
from terminal import Terminal


def test_the_name_has_to_be_typed(local_deployment: Deployment):
    local_deployment.made()

    for answer in ["y", "yes", local_deployment.name[:-1]]:
        terminal = Terminal(local_deployment.provision, "down")
        terminal.answers("Type the deployment's name", answer)
        assert terminal.ends() == 1, terminal.seen
        assert local_deployment.exists() and local_deployment.url_config()

    terminal = Terminal(local_deployment.provision, "down")
    terminal.answers("Type the deployment's name", local_deployment.name)
    assert terminal.ends() == 0, terminal.seen
    assert not local_deployment.exists()


def test_only_its_own_url_is_taken_out_of_the_environment_file(local_deployment: Deployment):
    env_file = local_deployment.project / ".env.local"
    variable = "BEDROCK_GATEWAY_LAMBDA_URL"
    local_deployment.made()
    assert local_deployment.down().code == 0
    assert variable not in env_file.read_text()

    for url_is_there in (True, False):
        local_deployment.made()
        if not url_is_there:
            local_deployment.account.client("lambda").delete_function_url_config(
                FunctionName=local_deployment.name, Qualifier="live")
        others = f"{variable}=https://other.lambda-url.example/\n"
        env_file.write_text(others)

        run = local_deployment.down()

        assert run.code == 0 and f".env.local keeps {variable}: " in run.err, run
        assert env_file.read_text() == others and not local_deployment.exists()


@pytest.mark.parametrize("gone", ["url", "alias", "function", "role"])
def test_it_works_when_half_is_already_gone(local_deployment: Deployment, gone: str):
    local_deployment.made()
    name = local_deployment.name
    functions = local_deployment.account.client("lambda")
    match gone:
        case "url":
            functions.delete_function_url_config(FunctionName=name, Qualifier="live")
        case "alias":
            functions.delete_alias(FunctionName=name, Name="live")
        case "function":
            functions.delete_function(FunctionName=name)
        case "role":
            iam = local_deployment.account.client("iam")
            for policy in local_deployment.role_policies():
                iam.delete_role_policy(RoleName=f"{name}-role", PolicyName=policy)
            iam.delete_role(RoleName=f"{name}-role")

    assert local_deployment.down().code == 0
    assert not local_deployment.exists() and not local_deployment.role_exists()
    # Logs are kept unless they are asked for.
    assert local_deployment.log_group()
