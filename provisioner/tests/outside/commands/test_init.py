"""`provision init`: from nothing to a gateway.yaml, with what the account has."""

import os

import pytest
import yaml

from accounts import Account
from faults import FaultyAws
from local_dev import local_dev
from provision import PROVISION, Provision, REPOSITORY
from terminal import Terminal

REGION = "ap-northeast-1"
RUNTIME = f"arn:aws:bedrock-agentcore:{REGION}:123456789012:runtime/research-AbC1234567"
HARNESS = f"arn:aws:bedrock-agentcore:{REGION}:123456789012:harness/assistant-AbC1234567"

# More agents than there are on a page of the lists.
SCENARIO = """
agent: {name: SOLOMON, id: MAGICOUNCL, alias: LIVE}
collaborators: [%s]
runtimes:
- {name: research, id: research-AbC1234567}
- {name: council, id: council-AbC1234567, protocol: A2A}
- {name: tools, id: tools-AbC1234567, protocol: MCP}
harnesses:
- {name: assistant, id: assistant-AbC1234567, memory: managed}
- {name: forgetful, id: forgetful-AbC1234567, memory: disabled}
answers: [{steps: [{say: {text: "a"}}]}]
""" % ", ".join("{name: SAGE%d, id: SAGE00000%d, alias: LIVE}" % (n, n) for n in range(10))


@pytest.fixture(scope="module")
def rich_account(tmp_path_factory):
    """A local AWS of its own, whose account has agents of all kinds."""
    home = tmp_path_factory.mktemp("rich")
    (home / "scenario.yaml").write_text(SCENARIO)
    with local_dev(home, "--scenario", "scenario.yaml") as line:
        yield Account.of_line(line)


@pytest.fixture
def rich(rich_account, home, project) -> Provision:
    return Provision(rich_account, home, project)


def written(provision: Provision) -> dict:
    return yaml.safe_load((provision.cwd / "gateway.yaml").read_text())


def test_flags_suffice_and_then_nothing_is_asked_of_aws(provision: Provision):
    provision.done("init", "--name", "magi", "--region", REGION, "--agent-id", "ABCDE12345",
                   "--agent-alias", "TSTALIASID")

    config = written(provision)
    assert (config["name"], config["region"], config["auth"]) == ("magi", REGION, "iam")
    assert config["agent"] == {"id": "ABCDE12345", "alias": "TSTALIASID", "name": "agent"}


def test_what_is_written_explains_itself_and_can_be_planned(rich: Provision):
    run = rich.done("init", "--agent-id", "MAGICOUNCL")

    assert run.out == "gateway.yaml\n", run
    text = (rich.cwd / "gateway.yaml").read_text()
    example = (REPOSITORY / "templates/gateway.yaml").read_text()
    comments = [line for line in example.splitlines() if line.startswith("#")]
    assert [line for line in text.splitlines() if line.startswith("#")] == comments
    # The one alias there is, and the directory's name.
    config = written(rich)
    assert config["agent"]["alias"] == "LIVE" and config["name"] == rich.cwd.name
    rich.done("plan", "--binary", os.environ.get("BOOTSTRAP", PROVISION))


@pytest.mark.parametrize(("flags", "variables", "template"), [
    ([], {"LANG": "ja_JP.UTF-8"}, "gateway.ja.yaml"),
    ([], {"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, "gateway.yaml"),
    ([], {"LC_ALL": "", "LC_MESSAGES": "ja_JP.UTF-8"}, "gateway.ja.yaml"),
    (["--lang", "ja"], {}, "gateway.ja.yaml"),
    (["--lang", "en"], {"LANG": "ja_JP.UTF-8"}, "gateway.yaml"),
])
def test_the_comments_are_in_the_language_of_the_terminal(provision: Provision, flags, variables, template):
    provision.done("init", "--name", "magi", "--region", REGION, "--agent-id", "ABCDE12345", "--agent-alias",
                   "TSTALIASID", "--auth", "jwt", "--issuer", "https://issuer.example", "--audience", "a",
                   *flags, environment=variables)

    lines = (provision.cwd / "gateway.yaml").read_text().splitlines()
    example = (REPOSITORY / "templates" / template).read_text().splitlines()
    assert [line for line in lines if line.startswith("#")] == [line for line in example if line.startswith("#")]
    # What is written says what was answered, whatever its language.
    config = written(provision)
    assert (config["name"], config["agent"]["id"], config["auth"]) == ("magi", "ABCDE12345", "jwt")
    assert config["jwt"] == {"issuer": "https://issuer.example", "audience": ["a"]}
    # The tokens are explained right above.
    below = lines.index("jwt:")
    blank = max(number for number in range(below) if not lines[number])
    assert any(line.startswith("#     audience:") for line in lines[blank:below]), lines[blank:below + 1]


@pytest.mark.parametrize(("flag", "arn", "key"), [
    ("--agent-runtime", RUNTIME, "runtime"), ("--agent-harness", HARNESS, "harness")])
def test_an_agent_on_agentcore_may_be_given_by_its_arn(provision: Provision, flag, arn, key):
    provision.done("init", "--name", "m", "--region", REGION, flag, arn, "--auth", "jwt",
                   "--issuer", "https://issuer.example", "--audience", "a", "--audience", "b")

    config = written(provision)
    assert config["agent"] == {key: arn, "qualifier": "DEFAULT", "name": arn.split("/")[1].split("-")[0]}
    assert config["jwt"] == {"issuer": "https://issuer.example", "audience": ["a", "b"]}


def test_without_a_terminal_the_choice_is_shown_with_the_flags_that_make_it(rich: Provision):
    run = rich("init", "--name", "magi")

    assert run.code == 1 and not (rich.cwd / "gateway.yaml").exists(), run
    for word in ("SOLOMON", "MAGICOUNCL", "SAGE9", "research-AbC1234567", "AgentCore harness",
                 "--agent-id", "--agent-runtime"):
        assert word in run.err, run


def test_on_a_terminal_it_asks(rich: Provision):
    terminal = Terminal(rich, "init")

    terminal.answers("with commas [1]: ", "nonsense")
    # The first chosen is the default: before SOLOMON and ten sages come three runtimes and two harnesses.
    terminal.answers("with commas [1]: ", "1, 6, 4")
    terminal.answers("name of the deployment [project]: ", "not a name")
    terminal.answers("name of the deployment [project]: ", "council")
    terminal.answers("[iam]: ", "jwt")
    terminal.answers("https URL: ", "http://not.safe")
    terminal.answers("https URL: ", "https://issuer.example/")
    terminal.answers("of the tokens: ", "client-1")

    assert terminal.ends() == 0, terminal.seen
    assert "a number from 1 to 16" in terminal.seen
    assert "1 to 58 letters" in terminal.seen and "http only on this machine" in terminal.seen
    config = written(rich)
    assert config["name"] == "council" and config["default_agent"] == "research"
    assert config["agents"] == {
        "research": {"runtime": RUNTIME, "qualifier": "DEFAULT", "name": "research"},
        "solomon": {"id": "MAGICOUNCL", "alias": "LIVE", "name": "SOLOMON"},
        "assistant": {"harness": HARNESS, "qualifier": "DEFAULT", "name": "assistant"}}
    assert config["jwt"] == {"issuer": "https://issuer.example/", "audience": ["client-1"]}


@pytest.mark.parametrize("name, more", [("assistant", {}), ("forgetful", {"history": "client"})])
def test_a_harness_says_itself_who_keeps_the_conversation(rich: Provision, name: str, more: dict):
    harness = HARNESS.replace("assistant", name)
    rich.done("init", "--name", "council", "--auth", "iam", "--agent-id", harness)

    assert written(rich)["agent"] == {"harness": harness, "qualifier": "DEFAULT", **more, "name": name}


def test_a_runtime_is_asked_in_the_protocol_that_it_was_made_with(rich: Provision):
    terminal = Terminal(rich, "init", "--name", "m", "--auth", "iam")
    terminal.answers("with commas [1]: ", "2")

    assert terminal.ends() == 0, terminal.seen
    assert written(rich)["agent"] == {
        "runtime": RUNTIME.replace("research", "council"), "qualifier": "DEFAULT", "protocol": "a2a", "name": "council"}


def test_a_server_of_tools_is_no_agent(rich: Provision):
    terminal = Terminal(rich, "init", "--name", "m", "--auth", "iam")
    terminal.answers("with commas [1]: ", "3")

    assert terminal.ends() == 1, terminal.seen
    assert "is an MCP server" in terminal.seen and "hint: choose the runtime of an agent" in terminal.seen
    assert not (rich.cwd / "gateway.yaml").exists()


def test_several_agents_are_flags_too_and_nothing_is_looked_up(provision: Provision):
    provision.done("init", "--name", "council", "--region", REGION, "--auth", "iam",
                   "--agent", f"research={RUNTIME}", "--agent", "SOLOMON=MAGICOUNCL/LIVE", "--agent", HARNESS)

    config = written(provision)
    assert config["default_agent"] == "research"
    assert config["agents"] == {
        "research": {"runtime": RUNTIME, "qualifier": "DEFAULT", "name": "research"},
        "solomon": {"id": "MAGICOUNCL", "alias": "LIVE", "name": "SOLOMON"},
        "assistant": {"harness": HARNESS, "qualifier": "DEFAULT", "name": "assistant"}}


def test_a_region_that_is_left_out_is_asked_for_with_an_example(provision: Provision):
    terminal = Terminal(provision, "init")

    terminal.answers("AWS Region: ", "")
    terminal.answers("such as `ap-northeast-1`\r\nAWS Region: ", "ap-northeast-1")
    # It goes on, and finds no credentials.
    assert terminal.ends() == 1 and "aws sso login" in terminal.seen, terminal.seen


def test_whoever_leaves_leaves_nothing_behind(rich: Provision):
    terminal = Terminal(rich, "init")
    terminal.answers("with commas [1]: ", "1")
    terminal.answers("name of the deployment", "\x04")

    assert terminal.ends() == 1
    assert not (rich.cwd / "gateway.yaml").exists()


def test_the_region_may_come_from_the_profile(provision: Provision):
    aws = provision._home / ".aws"
    aws.mkdir()
    (aws / "config").write_text("[profile work]\nregion = eu-west-1\n")

    provision.done("init", "--profile", "work", "--name", "m", "--agent-id", "A",
                   "--agent-alias", "B")

    assert written(provision)["region"] == "eu-west-1"


def test_a_file_that_is_there_stays_unless_told(provision: Provision):
    file = provision.cwd / "gateway.yaml"
    file.write_text("# mine\n")
    flags = ["init", "--name", "m", "--region", REGION, "--agent-id", "A", "--agent-alias", "B"]

    run = provision(*flags)
    assert run.code == 1 and "--force" in run.err and file.read_text() == "# mine\n", run

    provision.done(*flags, "--force")
    assert written(provision)["name"] == "m"


def test_in_ci_nobody_is_asked_although_there_is_a_terminal(provision: Provision):
    terminal = Terminal(provision, "init", "--agent-id", "A", "--agent-alias", "B", CI="true",
                        AWS_DEFAULT_REGION="eu-west-1")

    assert terminal.ends() == 0, terminal.seen
    # As other tools take it.
    assert written(provision)["region"] == "eu-west-1"


def test_where_no_file_can_be_is_told_before_anything_is_asked(provision: Provision):
    terminal = Terminal(provision, "init", "--config", "nowhere/gateway.yaml")

    assert terminal.ends() == 1, terminal.seen
    assert "could not write `nowhere/gateway.yaml`" in terminal.seen and "Region" not in terminal.seen
    assert list(provision.cwd.iterdir()) == []


def test_agents_of_two_kinds_are_a_contradiction(provision: Provision):
    run = provision("init", "--name", "m", "--region", REGION, "--agent-id", "A", "--agent-alias", "B",
                    "--agent-runtime", RUNTIME)

    assert run.code == 2 and "--agent-runtime" in run.err and "hint:" in run.err, run
    assert not (provision.cwd / "gateway.yaml").exists()


def test_lists_that_are_refused_are_not_taken_for_empty(home, project, tmp_path):
    faulty = FaultyAws(tmp_path)
    denied = {"kind": "access-denied"}
    try:
        faulty.rules({"operation": "bedrock:*", "fault": denied},
                     {"operation": "bedrock-agentcore:*", "fault": denied})
        provision = Provision(faulty.account, home, project)
        run = provision("init", "--name", "m")
        # What the lists would have told, flags tell.
        alone = provision("init", "--name", "m", "--agent-id", "A")
        provision.done("init", "--name", "m", "--agent-id", "A", "--agent-alias", "B")
    finally:
        faulty.close()

    assert run.code == 1 and "bedrock:ListAgents" in run.err and "--agent-id" in run.err, run
    assert "no agents are found" not in run.err, run
    assert alone.code == 1 and "bedrock:ListAgentAliases" in alone.err and "--agent-alias" in alone.err, alone


@pytest.mark.parametrize(("arguments", "said"), [
    (["--agent-runtime", "arn:aws:lambda:x"], "--agent-runtime"),
    (["--agent", "MAGICOUNCL"], "ID/ALIAS"),
    (["--agent-id", "A", "--agent-alias", "my-alias"], "--agent-alias"),
    (["--agent-id", "A", "--agent-alias", "B", "--auth", "open"], "--auth"),
    (["--agent-id", "A", "--agent-alias", "B", "--auth", "jwt"], "--issuer"),
    (["--agent-id", "A", "--agent-alias", "B", "--issuer", "http://a"], "--issuer"),
])
def test_a_wrong_answer_names_its_flag(provision: Provision, arguments, said):
    run = provision("init", "--name", "m", "--region", REGION, *arguments)

    assert run.code == 1 and said in run.err, run
    assert not (provision.cwd / "gateway.yaml").exists()


def test_a_list_that_is_refused_does_not_hide_the_others(moto: Account, home, project):
    # moto 5.2.5 knows no harnesses, and makes ids and ARNs that AWS does not have.
    moto.client("bedrock-agent").create_agent(
        agentName="council", agentResourceRoleArn="arn:aws:iam::123456789012:role/a-role")
    moto.client("bedrock-agentcore-control").create_agent_runtime(
        agentRuntimeName="research", roleArn="arn:aws:iam::123456789012:role/a-role",
        agentRuntimeArtifact={"containerConfiguration": {"containerUri":
                              "123456789012.dkr.ecr.us-west-2.amazonaws.com/a:b"}},
        networkConfiguration={"networkMode": "PUBLIC"})

    run = Provision(moto, home, project)("init", "--name", "m")

    assert run.code == 1, run
    assert "bedrock-agentcore:ListHarnesses" in run.err
    assert "AgentCore runtime `research` is left out" in run.err
    assert "Bedrock agent `council` is left out" in run.err


def test_the_local_aws_lists_as_aws_does(rich_account: Account):
    """botocore as the witness: it checks each answer against the services' own models."""
    agents = rich_account.client("bedrock-agent")
    pages = agents.get_paginator("list_agents").paginate(PaginationConfig={"PageSize": 4})
    found = [agent for page in pages for agent in page["agentSummaries"]]
    assert [agent["agentName"] for agent in found] == ["SOLOMON", *(f"SAGE{n}" for n in range(10))]
    (alias,) = agents.list_agent_aliases(agentId="MAGICOUNCL")["agentAliasSummaries"]
    assert (alias["agentAliasId"], alias["agentAliasStatus"]) == ("LIVE", "PREPARED")
    with pytest.raises(agents.exceptions.ResourceNotFoundException):
        agents.list_agent_aliases(agentId="NOBODY0000")

    control = rich_account.client("bedrock-agentcore-control")
    runtime, *_ = control.list_agent_runtimes()["agentRuntimes"]
    assert (runtime["agentRuntimeArn"], runtime["status"]) == (RUNTIME, "READY")
    harness, forgetful = control.list_harnesses()["harnesses"]
    live = control.get_agent_runtime_endpoint(
        agentRuntimeId="council-AbC1234567", endpointName="DEFAULT")["liveVersion"]
    council = control.get_agent_runtime(agentRuntimeId="council-AbC1234567", agentRuntimeVersion=live)
    assert council["protocolConfiguration"] == {"serverProtocol": "A2A"}
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_agent_runtime(agentRuntimeId="nobody-AbC1234567")
    assert (harness["arn"], harness["status"]) == (HARNESS, "READY")
    for listed, memory in ((harness, "managedMemoryConfiguration"), (forgetful, "disabled")):
        assert memory in control.get_harness(harnessId=listed["harnessId"])["harness"]["memory"]
