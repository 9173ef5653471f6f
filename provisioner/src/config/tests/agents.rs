//! Which agents there are, and whose tokens are accepted.

use super::*;

const REGION: &str = "name: magi\nregion: ap-northeast-1\n";
const RUNTIME: &str =
    "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567";
const HARNESS: &str =
    "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/assistant-AbC1234567";

fn agents(yaml: &str) -> Agents {
    let config = resolve(&format!("{REGION}{yaml}")).unwrap();
    config.agents.unwrap()
}

fn refused(yaml: &str) -> String {
    resolve(&format!("{REGION}{yaml}")).unwrap_err().to_string()
}

fn text(agents: &Agents) -> String {
    let mut lines = vec![format!("default: {}", agents.default)];
    for (key, Agent { name, upstream }) in &agents.by_key {
        lines.push(match upstream {
            Upstream::BedrockAgent { id, alias } => format!("{key} = {name}: {id}/{alias}"),
            Upstream::Runtime {
                arn,
                qualifier,
                dialogue,
            } => format!("{key} = {name}: {arn} {qualifier} {}", dialogue.protocol),
            Upstream::Harness { arn, qualifier, .. } => {
                format!("{key} = {name}: {arn} {qualifier}")
            }
        });
    }
    lines.join("\n")
}

#[test]
fn there_may_be_several_of_each_kind() {
    let agents = agents(&format!(
        "default_agent: magi\nagents:\n  magi: {{id: MAGICOUNCL, alias: LIVE, name: SOLOMON}}\n  \
         research: {{runtime: '{RUNTIME}', protocol: ag-ui}}\n  \
         assistant: {{harness: '{HARNESS}', qualifier: beta, name: 助手}}\n\
         members:\n  CASPAR: {{name: カスパー, role: sage}}\n  SOLOMON: {{role: judge}}"
    ));

    insta::assert_snapshot!(text(&agents), @"
    default: magi
    assistant = 助手: arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/assistant-AbC1234567 beta
    magi = SOLOMON: MAGICOUNCL/LIVE
    research = research: arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567 DEFAULT ag-ui
    ");
    let members: Vec<String> = agents
        .members
        .iter()
        .map(|(key, Member { name, role })| {
            let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
            let (name, role) = (name.as_ref(), role.as_ref());
            format!(
                "{key} {} {}",
                text(name.map(AgentName::as_str)),
                text(role.map(MemberRole::as_str))
            )
        })
        .collect();
    assert_eq!(members, ["CASPAR カスパー sage", "SOLOMON - judge"]);
}

#[test]
fn one_needs_no_default() {
    insta::assert_snapshot!(text(&agents(&format!("agents: {{research: {{runtime: '{RUNTIME}'}}}}"))), @"
    default: research
    research = research: arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567 DEFAULT http
    ");
    insta::assert_snapshot!(text(&agents(&format!("agent: {{harness: '{HARNESS}'}}"))), @"
    default: default
    default = agent: arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/assistant-AbC1234567 DEFAULT
    ");
}

#[test]
fn what_makes_no_sense_together_is_said_where_it_stands() {
    insta::assert_snapshot!(refused("agent: {id: A, alias: B}\nagents: {a: {id: A, alias: B}}"), @"gateway.yaml:4:9: agents: give either `agent`, for one, or `agents`, for several");
    insta::assert_snapshot!(refused("agents: {}"), @"gateway.yaml:3:9: agents: at least one agent is needed");
    insta::assert_snapshot!(refused("agents:\n  a: {id: A, alias: B}\n  b: {id: A, alias: C}"), @"gateway.yaml:4:3: agents: with more than one agent `default_agent` has to name one of `a`, `b`");
    insta::assert_snapshot!(refused("agents:\n  a: {id: A, alias: B}\ndefault_agent: b"), @"gateway.yaml:5:16: default_agent: no agent is called `b`, only `a`");
    insta::assert_snapshot!(refused("default_agent: b\nagent: {id: A, alias: B}"), @"gateway.yaml:3:16: default_agent: chooses one of `agents`, and there are none");
    insta::assert_snapshot!(refused("agents:\n  a: {id: A}"), @"gateway.yaml:4:6: agents.a: `alias` missing");
    insta::assert_snapshot!(refused("agents:\n  a: {name: A}"), @"gateway.yaml:4:6: agents.a: `id` and `alias` missing");
    insta::assert_snapshot!(refused(&format!("agents:\n  a: {{id: A, runtime: '{RUNTIME}'}}")), @"gateway.yaml:4:6: agents.a: give one of: `id` and `alias`, or `runtime`, or `harness`");
    insta::assert_snapshot!(refused("agents:\n  a: {id: A, alias: B, qualifier: C}"), @"gateway.yaml:4:35: agents.a.qualifier: goes with `runtime` or `harness`; a Bedrock agent has an `alias`");
    insta::assert_snapshot!(refused("agents:\n  'a b': {id: A, alias: B}"), @r#"gateway.yaml:4:3: agents: invalid value: string "a b", expected 1 to 64 letters, digits, `-` or `_`"#);
    insta::assert_snapshot!(refused("agents:\n  a: {identity: A}"), @"gateway.yaml:4:7: agents.a: unknown field `identity`, expected one of `id`, `alias`, `runtime`, `harness`, `qualifier`, `history`, `protocol`, `name`, `request`, `answer`");
    insta::assert_snapshot!(refused("agents:\n  a: {id: A, alias: B, protocol: a2a}"), @"gateway.yaml:4:34: agents.a.protocol: goes with `runtime`: AWS says how other agents are asked and answer");
    insta::assert_snapshot!(refused(&format!("agent: {{harness: '{HARNESS}', protocol: http}}")), @"gateway.yaml:3:114: agent.protocol: goes with `runtime`: AWS says how other agents are asked and answer");
    insta::assert_snapshot!(refused(&format!("agent: {{runtime: '{RUNTIME}', protocol: mcp}}")), @"gateway.yaml:3:113: agent.protocol: unknown variant `mcp`, expected one of `http`, `ag-ui`, `a2a`");
    insta::assert_snapshot!(refused(&format!("agent:\n  runtime: '{HARNESS}'")), @r#"gateway.yaml:4:12: agent.runtime: invalid value: string "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/assistant-AbC1234567", expected a runtime's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`, with nothing behind it (an endpoint is chosen by `qualifier`)"#);
    insta::assert_snapshot!(refused(&format!("agent:\n  runtime: {RUNTIME}/runtime-endpoint/DEFAULT")), @r#"gateway.yaml:4:12: agent.runtime: invalid value: string "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567/runtime-endpoint/DEFAULT", expected a runtime's ARN, `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`, with nothing behind it (an endpoint is chosen by `qualifier`)"#);
    insta::assert_snapshot!(refused(&format!("agent:\n  harness: {}", HARNESS.replace("ap-northeast-1", "us-east-1"))), @"gateway.yaml:4:12: agent.harness: is in us-east-1, but the deployment is in ap-northeast-1");
    insta::assert_snapshot!(refused(&format!("agent:\n  harness: {HARNESS}\n  qualifier: my-endpoint")), @r#"gateway.yaml:5:14: agent.qualifier: invalid value: string "my-endpoint", expected an endpoint's name: a letter, then up to 47 letters, digits or `_`"#);
    insta::assert_snapshot!(refused("members: {CASPAR: {role: 'the judge'}}"), @r#"gateway.yaml:3:26: members.CASPAR.role: invalid value: string "the judge", expected 1 to 64 letters, digits, `-` or `_`"#);
}

#[test]
fn flags_suffice_for_each_kind() {
    for (runtime, harness) in [(Some(RUNTIME), None), (None, Some(HARNESS))] {
        let mut args = args();
        args.agent_runtime = runtime.map(ToOwned::to_owned);
        args.agent_harness = harness.map(ToOwned::to_owned);
        // It takes the place of the one in the file.
        let config = Config::resolve(MINIMUM, &args, Needs::Deployment).unwrap();

        let agents = text(&config.agents.unwrap());
        let reached = match (runtime, harness) {
            (Some(arn), _) => format!("{arn} DEFAULT http"),
            (None, arn) => format!("{} DEFAULT", arn.unwrap()),
        };
        assert_eq!(
            agents,
            format!("default: default\ndefault = agent: {reached}")
        );
    }
}

#[test]
fn a_harness_keeps_the_conversation_unless_the_client_does() {
    let arn = "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:harness/a-AbC1234567";
    for (line, expected) in [
        ("", History::Session),
        (", history: session", History::Session),
        (", history: client", History::Client),
    ] {
        let agents = agents(&format!("agent: {{harness: '{arn}'{line}}}"));
        let only = &agents.by_key[&agents.default];
        assert!(matches!(only.upstream, Upstream::Harness { history, .. } if history == expected));
    }
    insta::assert_snapshot!(refused("agent: {id: A, alias: B, history: client}"), @"gateway.yaml:3:35: agent.history: goes with `harness`; other agents have no such choice");
}

#[test]
fn a_flag_does_not_silently_replace_several() {
    let mut args = args();
    args.agent_id = Some("A".to_owned());
    let yaml = format!("{REGION}agents: {{a: {{id: A, alias: B}}}}");

    let error = Config::resolve(&yaml, &args, Needs::Deployment).unwrap_err();

    insta::assert_snapshot!(error, @"gateway.yaml:3:9: agents: an agent is also given by a flag `--agent-…` or a variable `BEDROCK_GATEWAY_AGENT_…`: give it here or there");
}

#[test]
fn two_flags_for_two_kinds_are_one_too_many() {
    let mut args = args();
    args.agent_id = Some("A".to_owned());
    args.agent_runtime = Some(RUNTIME.to_owned());

    let error = Config::resolve(REGION, &args, Needs::Deployment).unwrap_err();

    insta::assert_snapshot!(error, @"gateway.yaml: agent: give one of: `id` and `alias`, or `runtime`, or `harness`");
}

#[test]
fn tokens_need_an_issuer_and_an_audience() {
    let config = resolve(&format!(
        "{MINIMUM}auth: jwt\njwt: {{issuer: 'https://cognito-idp.ap-northeast-1.amazonaws.com/x_Y', audience: [one, two]}}"
    ))
    .unwrap();
    assert_eq!(config.jwt.unwrap().audience.len(), 2);

    insta::assert_snapshot!(complaint("jwt: {issuer: 'https://a', audience: [b]}"), @"gateway.yaml:4:6: jwt: has no effect without `auth: jwt`");
    insta::assert_snapshot!(complaint("auth: jwt\njwt: {audience: [b]}"), @"gateway.yaml:5:6: jwt: `issuer` missing");
    insta::assert_snapshot!(complaint("auth: jwt\njwt: {issuer: 'https://a'}"), @"gateway.yaml:5:6: jwt: `audience` missing");
    insta::assert_snapshot!(complaint("auth: jwt\njwt: {issuer: 'https://a', audience: []}"), @"gateway.yaml:5:38: jwt.audience: at least one is needed");
    insta::assert_snapshot!(complaint("auth: jwt\njwt: {issuer: 'https://a', audience: ['b,c']}"), @r#"gateway.yaml:5:39: jwt.audience[0]: invalid value: string "b,c", expected an audience or client id: 1 to 256 characters without spaces or commas"#);
    for issuer in [
        "http://a.example",
        "a.example",
        "https://",
        "https://a@b",
        "https://a/?b",
        "http://127.0.0.1.evil/",
    ] {
        let said = complaint(&format!(
            "auth: jwt\njwt: {{issuer: '{issuer}', audience: [b]}}"
        ));
        assert!(said.contains("expected the issuer's URL"), "{said}");
    }
}

#[test]
fn what_lambda_would_not_take_is_refused_here() {
    insta::assert_snapshot!(complaint(&format!("environment: {{LONG: '{}'}}", "x".repeat(4000))), @"the function's environment variables would take 4292 bytes, 4004 of them `LONG`, and Lambda allows 4096");
}

#[test]
fn callers_are_passed_on_only_where_they_have_a_name() {
    let config = resolve(&format!(
        "{MINIMUM}pass_caller: true\nallowed_attributes: [locale]"
    ))
    .unwrap();
    assert!(config.pass_caller);
    assert_eq!(config.allowed_attributes[0].as_str(), "locale");

    insta::assert_snapshot!(complaint("auth: none\npass_caller: true"), @"gateway.yaml:5:14: pass_caller: with `auth: none` nobody knows who calls; use `iam` or `jwt`");
    insta::assert_snapshot!(complaint("auth: jwt\njwt: {issuer: 'https://a', audience: [b], pass_claims: [email]}"), @"gateway.yaml:5:56: jwt.pass_claims: has no effect without `pass_caller: true`");
    for name in ["gatewaySubject", "GATEWAY", "a,b", "", " a"] {
        let said = complaint(&format!("allowed_attributes: ['{name}']"));
        assert!(said.contains("does not begin with `gateway`"), "{said}");
    }
}
