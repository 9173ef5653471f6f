"""The JSON Schema of gateway.yaml: what editors underline with it is what `provision` refuses."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from provision import REPOSITORY, Provision

RUNTIME = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/council-AbC1234567"
FLAGS = ["--name", "magi", "--region", "ap-northeast-1", "--agent-runtime", RUNTIME]
MINIMUM = f"name: magi\nregion: ap-northeast-1\nagent: {{runtime: '{RUNTIME}'}}\n"


@pytest.fixture
def schema(provision: Provision) -> Draft202012Validator:
    schema = json.loads(provision.done("schema").out)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def mistakes(schema: Draft202012Validator, text: str) -> list[str]:
    return [error.message for error in schema.iter_errors(yaml.safe_load(text))]


@pytest.mark.parametrize("name", ["gateway.yaml", "gateway.ja.yaml"])
def test_the_examples_fit_as_they_are_and_with_all_that_their_comments_show(schema, name):
    text = (REPOSITORY / "templates" / name).read_text()
    assert mistakes(schema, text) == []

    # `# cors:` and what is indented below it, and the like: settings that are commented out.
    shown = "# cors:\n" + text.partition("\n# cors:\n")[2].partition("\n\n")[0]
    shown = [line.removeprefix("# ") for line in shown.splitlines()]
    shown += ["permissions_boundary: magi-boundary", "role_sessions: separate"]
    assert len(shown) > 8 and mistakes(schema, "\n".join(shown)) == []


@pytest.mark.parametrize("settings", [
    "memory_mb: 128", "auth: none", "log_retention_days: 3653", "environment:", "tags: {team: 開発}",
    "environment: {LOG_LEVEL: debug, RETRIES: 5}", "tags: {stage: 1}", "environments:",
    "environments: {staging: {memory_mb: 512, agent: {qualifier: beta}}}",
    "members: {CASPAR: {name: カスパー, role: sage}}", "env_file: ../.env.local", "keep_versions:",
    "{auth: jwt, jwt: {issuer: 'https://issuer.example/a', audience: [b]}}",
    "{auth: jwt, jwt: {issuer: 'http://localhost:9000', audience: [b]}}",
])
def test_what_provision_takes_has_no_mistakes(provision: Provision, schema, settings):
    config = {**yaml.safe_load(MINIMUM), **yaml.safe_load(settings)}
    text = yaml.safe_dump(config, allow_unicode=True)
    (provision.cwd / "gateway.yaml").write_text(text)

    provision.done("generate", "cloudformation")
    assert mistakes(schema, text) == []


@pytest.mark.parametrize("settings", [
    "memory_mb: 127", "memory_mb: 10241", "memory_mb: many", "memory: 512", "timeout_seconds: 1.5", "auth: open",
    "name: 'two words'", "name: 名前", f"name: {'n' * 59}", "region: tokyo", "region: ap-northeast-", "trace: on",
    "log_retention_days: 8", "agent: {runtime: arn:aws:lambda:x}", "agent: {runtime: '%s:1'}" % RUNTIME,
    "agent: {harness: '%s'}" % RUNTIME, "agent: {id: not-an-id, alias: B}", "agent: {id: ABCDEFGHIJK, alias: B}",
    "agent: {runtime: '%s', qualifier: 1a}" % RUNTIME, 'agent: {id: A, alias: B, name: "a\\tb"}',
    "agents: {'a b': {id: A, alias: B}}", "members: {A: {part: judge}}", "environment: [A1]",
    "environments: {staging: {environments: {}}}", "keep_versions: 1", "probe: often",
    "{auth: jwt, jwt: {issuer: 'http://issuer.example', audience: [b]}}",
    "{auth: jwt, jwt: {issuer: 'http://localhost:@issuer.example', audience: [b]}}",
    "{auth: jwt, jwt: {issuer: 'https://a@issuer.example', audience: [b]}}",
    "{auth: jwt, jwt: {issuer: 'https://issuer.example', audience: ['a b']}}",
    "cors: {allow_origins: ['*'], max_age_seconds: 86401}", "cors: {}",
])
def test_what_provision_refuses_is_underlined(provision: Provision, schema, settings):
    config = {**yaml.safe_load(MINIMUM), **yaml.safe_load(settings)}
    text = yaml.safe_dump(config, allow_unicode=True)
    (provision.cwd / "gateway.yaml").write_text(text)

    run = provision("generate", "cloudformation")
    assert run.code == 1 and "gateway.yaml:" in run.err, run
    assert mistakes(schema, text) != []


def test_every_setting_is_explained(schema):
    def explained(part: dict, path: str) -> None:
        for name, setting in part.get("properties", {}).items():
            assert isinstance(setting, bool) or setting.get("description"), f"{path}{name}"

    explained(schema.schema, "")
    for name, part in schema.schema["$defs"].items():
        explained(part, f"{name}.")


def test_init_leaves_the_schema_where_the_first_line_of_the_file_says(provision: Provision, schema):
    provision.done("init", *FLAGS)

    first = (provision.cwd / "gateway.yaml").read_text().splitlines()[0]
    prefix, path = first.split("$schema=")
    # https://github.com/redhat-developer/yaml-language-server#using-inlined-schema
    assert prefix == "# yaml-language-server: "
    assert json.loads((provision.cwd / path).read_text()) == schema.schema


def test_a_file_of_somebody_elses_under_that_name_stays(provision: Provision):
    other = provision.cwd / "gateway.schema.json"
    other.write_text('{"title": "mine"}')

    run = provision.done("init", *FLAGS)

    assert other.read_text() == '{"title": "mine"}'
    assert "gateway.schema.json" in run.err and "provision schema" in run.err, run
