"""`provision generate`: every target says what `up` would make, in the words of its own tools."""

import json
from pathlib import Path

import pytest

from accounts import Account
from deployment import Deployment
from provision import REPOSITORY, Provision
from stack import Stack
from targets import CASES, FUNCTION_DIRECTORY, INFRASTRUCTURE, TARGETS, Generated, node, tool, tsx

# Amplify shares the CDK's construct: one case suffices.
COMBINATIONS = [(target, case) for case in CASES for target in TARGETS if target != "amplify" or case == "tokens"]


@pytest.fixture(scope="session")
def made_by_up() -> dict[str, dict]:
    """What `up` has made of a case, once it was needed."""
    return {}


def facts(deployment: Deployment) -> dict:
    """All that matters about a deployment, as the account answers."""
    configuration = deployment.configuration()
    fields = ("Runtime", "Handler", "MemorySize", "Timeout", "Architectures", "LoggingConfig", "Role", "CodeSha256")
    url = deployment.url_config()
    cors = url.get("Cors", {})
    concurrency = deployment.account.client("lambda").get_function_concurrency(FunctionName=deployment.name)
    role = deployment.role()
    return {
        "configuration": {field: configuration[field] for field in fields},
        "environment": deployment.environment(),
        "url": {field: url.get(field) for field in ("AuthType", "InvokeMode", "FunctionArn")},
        # The order of a list means nothing, an empty one is none.
        "cors": {field: sorted(value) if isinstance(value, list) else value
                 for field, value in cors.items() if value not in ([], False)},
        "reserved concurrency": concurrency.get("ReservedConcurrentExecutions"),
        "permissions": sorted(
            ({key: statement[key] for key in statement if key != "Sid"} for statement in deployment.statements()),
            key=str),
        "version": deployment.version(),
        "role name": role["RoleName"],
        "trust": role["AssumeRolePolicyDocument"],
        "boundary": role.get("PermissionsBoundary"),
        "role policies": deployment.role_policies(),
        "retention": deployment.log_group()["retentionInDays"],
        "log group tags": deployment.log_group_tags(),
        "role tags": {tag["Key"]: tag["Value"] for tag in role["Tags"]},
        "function tags": deployment.tags(),
    }


def as_up_makes_it(deployment: Deployment) -> dict:
    # Not tried out: not every case is for this machine's processor.
    deployment.made("--probe", "none")
    found = facts(deployment)
    assert deployment.down("--logs").code == 0
    return found


def without_the_tools_own(found: dict, wanted: dict) -> dict:
    """SAM and Amplify add tags of their own, and Amplify a variable for its secrets."""
    found["environment"].pop("AMPLIFY_SSM_ENV_CONFIG", None)
    return {key: {tag: value for tag, value in fact.items() if tag in wanted[key]} if key.endswith("tags") else fact
            for key, fact in found.items()}


@pytest.fixture(scope="session")
def boundary(local_account: Account) -> str:
    """The policy that two of the cases have for a boundary."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return local_account.client("iam").create_policy(
        PolicyName="generated", Path="/boundaries/", PolicyDocument=json.dumps(document))["Policy"]["Arn"]


@pytest.mark.usefixtures("boundary")
@pytest.mark.parametrize(("target", "case"), COMBINATIONS)
def test_every_target_describes_what_up_makes(
        deployments, local_account: Account, generated: Generated, made_by_up, target: str, case: str):
    described = generated.cases[case]
    deployment = deployments(local_account, described.name)
    (deployment.project / "gateway.yaml").write_bytes(described.file("gateway.yaml").read_bytes())
    deployment.binary = described.binary
    if case not in made_by_up:
        made_by_up[case] = as_up_makes_it(deployment)
    wanted = made_by_up[case]

    parameters = {"CodeBucket": "bucket", "CodeKey": "key", "CodeSha256": described.code_sha256}
    Stack(local_account, generated.resources(target, case), parameters, described.zip_file).deploy()
    found, plan = facts(deployment), deployment.plan("--detailed-exitcode", "--no-env-file")
    assert deployment.down("--logs").code == 0

    assert without_the_tools_own(found, wanted) == wanted
    # The way back: whoever leaves the other tool finds nothing to change, and nothing that is not theirs.
    assert plan.code == 0 and "nothing to change" in plan.out, plan


# moto 5.2.5 does not make all that is in a template. It knows neither aliases nor function URLs and refuses what refers
# to them, cannot answer a role's inline policy, and forgets a function's tags. (The test above makes all of it on the
# local AWS.)
LEFT_BY_MOTO = {
    ("role policy", "generated-open-role/bedrock-gateway"),
    ("alias", "generated-open:live"),
    ("permission", "bedrock-gateway-call-url on generated-open:live"),
    ("permission", "bedrock-gateway-invoke-via-url on generated-open:live"),
    ("function URL", "generated-open:live"),
}


def cloudformation_of(generated: Generated, target: str) -> dict:
    """The template, without what moto refuses, its code being in the bucket `code`."""
    template = {"cloudformation": lambda: generated.cases["open"].cloudformation,
                "cdk": lambda: generated.cdk["open"]}[target]()
    known = {name: resource for name, resource in template["Resources"].items()
             if resource["Type"] in ("AWS::Logs::LogGroup", "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Lambda::Function")}
    assert len(known) >= 3
    for resource in known.values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"S3Bucket": "code", "S3Key": "bootstrap.zip"}
    return {"Resources": known}


@pytest.mark.parametrize("target", ["cloudformation", "cdk"])
def test_a_template_deployed_on_moto_leaves_what_moto_does_not_know(
        deployments, moto: Account, generated: Generated, target: str):
    described = generated.cases["open"]
    deployment = deployments(moto, described.name)
    (deployment.project / "gateway.yaml").write_bytes(described.file("gateway.yaml").read_bytes())
    deployment.binary = described.binary
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": moto.region})
    s3.put_object(Bucket="code", Key="bootstrap.zip", Body=described.zip_file)

    moto.client("cloudformation").create_stack(
        StackName="gateway", TemplateBody=json.dumps(cloudformation_of(generated, target)),
        Capabilities=["CAPABILITY_NAMED_IAM"])

    functions = moto.client("lambda")
    arn = functions.get_function(FunctionName=described.name)["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags=deployment.own_tags)

    plan = deployment.plan("--json")
    assert plan.code == 0, plan
    changes = json.loads(plan.out)["changes"]
    assert {(change["resource"], change["name"]) for change in changes} == LEFT_BY_MOTO


def test_the_sam_translator_has_nothing_to_warn_of(generated: Generated, caplog: pytest.LogCaptureFixture):
    for case in generated.cases.values():
        assert case.sam["Resources"]

    # It also counts how it is used, and misses somebody to tell.
    records = [record for record in caplog.records if record.name != "samtranslator.metrics.metrics"]
    assert [record.getMessage() for record in records if record.levelname != "DEBUG"] == []


def test_cloudformation_and_sam_satisfy_cfn_lint(generated: Generated):
    templates = [str(case.file(path)) for case in generated.cases.values()
                 for path in ("cloudformation/bedrock-gateway.yaml", "sam/template.yaml")]

    run = tool("cfn-lint", "--regions", "ap-northeast-1", "--", *templates)

    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_terraform_is_as_terraform_fmt_leaves_it(generated: Generated):
    assert len(generated.terraform) == 4 * len(CASES)
    for file, read in generated.terraform.items():
        assert read["formatted"] == Path(file).read_text(), file


def test_typescript_is_as_prettier_leaves_it(generated: Generated):
    files = [str(file) for file in generated.directory.glob("*/cdk/*.ts")]
    files += [str(file) for file in generated.directory.glob(f"*/amplify-app/{FUNCTION_DIRECTORY}/*.ts")]
    assert len(files) == 3 * len(CASES)

    node("node_modules/prettier/bin/prettier.cjs", "--check", *files)


def test_typescript_passes_the_strict_compiler(generated: Generated):
    app = generated.amplify_app()
    files = [str(file) for file in generated.directory.glob("*/cdk/*.ts")]

    node("node_modules/typescript/bin/tsc", "--strict", "--noEmit", "--noUnusedLocals", "--skipLibCheck",
         "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--types", "node",
         *files, str(app / "amplify/backend.ts"), str(INFRASTRUCTURE / "synthesize.ts"))


# What somebody could get wrong in the workflow, and what GitHub says to it.
SLIPS = {
    "steps.deploy.outputs": ("steps.deply.outputs", "deply"),
    "cancel-in-progress": ("cancel_in_progress", "Unexpected value 'cancel_in_progress'"),
    "id-token: write": ("id-token: yes", "Unexpected value 'yes'"),
    "vars.AWS_DEPLOY_ROLE": ("var.AWS_DEPLOY_ROLE", "Unrecognized named-value: 'var'"),
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1": ("actions/checkout", "Expected format {owner}/{repo}[/path]@{ref}"),
    "timeout-minutes: 30": ("timeout-minutes: soon", "Unexpected value 'soon'"),
}


@pytest.mark.parametrize(("env", "released"), [(None, False), ("staging", False), (None, True)])
def test_github_understands_the_workflow(provision, released_program: Path, env, released):
    if released:
        provision = Provision(None, provision.cwd, provision.cwd, program=released_program)
    configure(provision)
    with (provision.cwd / "gateway.yaml").open("a") as file:
        file.write("environments: {staging: {}}\n")
    provision.done("generate", "github", "--out", ".", *(["--env", env] if env else []))
    workflow = provision.cwd / f".github/workflows/deploy{f'-{env}' if env else ''}.yml"
    text = workflow.read_text()
    slips = {}
    for at, (right, (wrong, said)) in enumerate(SLIPS.items()):
        assert right in text
        slips[str(provision.cwd / f"slip-{at}.yml")] = said
        (provision.cwd / f"slip-{at}.yml").write_text(text.replace(right, wrong))

    found = json.loads(tsx("workflow.mjs", str(workflow), *slips))

    assert found.pop(str(workflow)) == []
    for file, said in slips.items():
        assert any(said in message for message in found[file]), (said, found[file])


def test_the_projects_own_workflows_are_understood_and_zizmor_finds_nothing():
    workflows = [str(file) for file in (REPOSITORY / ".github/workflows").iterdir()]
    assert len(workflows) == 2

    found = json.loads(tsx("workflow.mjs", *workflows))
    zizmor = tool("zizmor", "--offline", "--no-progress", *workflows)

    assert found == {workflow: [] for workflow in workflows}
    assert zizmor.returncode == 0 and "No findings to report" in zizmor.stdout, zizmor.stdout + zizmor.stderr


def test_check_finds_what_was_changed_by_hand(provision):
    configure(provision)
    provision.done("generate", "terraform", "--out", "infra")
    assert provision("generate", "terraform", "--out", "infra", "--check").code == 0
    main = provision.cwd / "infra/main.tf"
    generated = main.read_text()
    edited = generated.replace("memory_size      = 2048", "memory_size      = 128")
    assert edited != generated
    main.write_text(edited)

    run = provision("generate", "terraform", "--out", "infra", "--check")

    assert (run.code, run.out) == (2, "") and "infra/main.tf: is not what would be generated" in run.err, run
    assert main.read_text() == edited
    provision.done("generate", "terraform", "--out", "infra")
    assert main.read_text() == generated


@pytest.mark.parametrize("change", ["gone", "settings"])
def test_check_finds_what_is_not_up_to_date(provision, change: str):
    configure(provision)
    provision.done("generate", "sam", "--out", ".")
    if change == "gone":
        (provision.cwd / "template.yaml").unlink()
    else:
        configure(provision, memory=512)

    run = provision("generate", "sam", "--out", ".", "--check")

    assert run.code == 2 and "./template.yaml: is" in run.err, run


def test_a_file_that_was_not_generated_is_not_overwritten(provision):
    configure(provision)
    own = provision.cwd / "variables.tf"
    own.write_text('variable "mine" {}\n')

    run = provision("generate", "terraform", "--out", ".")

    assert run.code == 1 and "variables.tf` exists already" in run.err, run
    assert [file.name for file in provision.cwd.glob("*.tf")] == ["variables.tf"]
    assert own.read_text() == 'variable "mine" {}\n'


def test_prints_without_an_account(provision):
    configure(provision)
    provision.done("generate", "cloudformation", "--out", ".")

    assert provision.done("generate", "cloudformation").out == (provision.cwd / "bedrock-gateway.yaml").read_text()
    several = provision.done("generate", "terraform").out
    assert several.startswith("==> main.tf <==\n") and "\n==> versions.tf <==\n" in several


@pytest.mark.parametrize("target", [*TARGETS, "github"])
def test_whoever_has_values_in_the_files_is_told_so_once(provision, target: str):
    configure(provision)
    # Where this clone is not pushed, the workflow's says so, too.
    before = provision.done("generate", target).err.count("warning:")
    assert target == "github" or before == 0
    with (provision.cwd / "gateway.yaml").open("a") as file:
        file.write("environment: {API_KEY: opensesame}\n")

    run = provision.done("generate", target)

    told = target != "github"
    assert ("opensesame" in run.out) == told and run.err.count("warning:") - before == told, run
    assert "opensesame" not in run.err and ("Secrets Manager" in run.err) == told, run


def configure(provision, memory: int = 2048) -> None:
    (provision.cwd / "gateway.yaml").write_text(
        f"name: magi\nregion: ap-northeast-1\nagent: {{id: AGENT12345, alias: ALIAS67890}}\nmemory_mb: {memory}\n")
