use serde_json::{Value, json};

use super::*;
use crate::config::Needs;
use crate::config::tests::args;
use crate::deployment::variables::SHOWN_VARIABLES;

fn example(yaml: &str) -> Desired {
    deployment(&format!(
        "agent: {{id: AGENT12345, alias: ALIAS67890}}\n{yaml}"
    ))
}

fn deployment(yaml: &str) -> Desired {
    let yaml = format!("name: magi\nregion: ap-northeast-1\n{yaml}");
    let config = Config::resolve(&yaml, &args(), Needs::Deployment).unwrap();
    let account = Account {
        partition: "aws".to_owned(),
        id: "123456789012".to_owned(),
    };
    desired(&config, config.agents.as_ref().unwrap(), &account, None)
}

#[test]
fn the_role_may_invoke_this_agent_and_write_this_log_and_nothing_else() {
    insta::assert_snapshot!(example("").role.policy.grants().join("\n"), @r"
    allows bedrock:InvokeAgent on arn:aws:bedrock:ap-northeast-1:123456789012:agent-alias/AGENT12345/ALIAS67890
    allows logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/magi:*
    ");
}

#[test]
fn the_policy_follows_the_partition() {
    let config = "name: m\nregion: cn-north-1\nagent: {id: A, alias: B}";
    let config = Config::resolve(config, &args(), Needs::Deployment).unwrap();
    let account = Account {
        partition: "aws-cn".to_owned(),
        id: "1".to_owned(),
    };

    let desired = desired(&config, config.agents.as_ref().unwrap(), &account, None);

    assert!(
        desired
            .role
            .policy
            .grants()
            .iter()
            .all(|grant| grant.contains(" on arn:aws-cn:"))
    );
    assert_eq!(desired.role.arn, "arn:aws-cn:iam::1:role/m-role");
}

#[test]
fn the_function_is_told_its_settings() {
    let environment = example("auth: none\nenvironment: {LOG: 1}")
        .configuration
        .environment;

    let lines: Vec<String> = environment
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    GATEWAY_AGENTS={"agents":{"default":{"agentAliasId":"ALIAS67890","agentId":"AGENT12345","name":"agent","type":"bedrock-agent"}},"default":"default"}
    GATEWAY_AUTH=none
    GATEWAY_IDLE_TIMEOUT_SECONDS=120
    GATEWAY_KEEP_ALIVE_SECONDS=10
    GATEWAY_TRACE=summary
    LOG=1
    "#);
}

#[test]
fn our_tags_come_besides_the_users() {
    let lines: Vec<String> = example("tags: {team: nerv}")
        .tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();

    insta::assert_snapshot!(lines.join("\n"), @r"
    bedrock-gateway:deployment=magi
    managed-by=bedrock-gateway-provision
    team=nerv
    ");
}

const COUNCIL: &str = "
default_agent: magi
agents:
  magi: {id: MAGICOUNCL, alias: LIVE, name: SOLOMON}
  again: {id: MAGICOUNCL, alias: LIVE}
  research: {runtime: 'arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567'}
  assistant:
    harness: arn:aws:bedrock-agentcore:ap-northeast-1:210987654321:harness/assistant-AbC1234567
    qualifier: beta
members:
  SOLOMON: {name: ソロモン, role: judge}
  CASPAR: {role: sage}
auth: jwt
jwt: {issuer: 'https://issuer.example/', audience: [one, two]}
trace: full
";

#[test]
fn each_kind_of_agent_gets_its_own_permission_and_nothing_else() {
    insta::assert_snapshot!(deployment(COUNCIL).role.policy.grants().join("\n"), @"
    allows bedrock:InvokeAgent on arn:aws:bedrock:ap-northeast-1:123456789012:agent-alias/MAGICOUNCL/LIVE
    allows bedrock-agentcore:InvokeAgentRuntime on arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567, arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567/runtime-endpoint/DEFAULT
    allows bedrock-agentcore:InvokeHarness, bedrock-agentcore:InvokeAgentRuntime on arn:aws:bedrock-agentcore:ap-northeast-1:210987654321:harness/assistant-AbC1234567, arn:aws:bedrock-agentcore:ap-northeast-1:210987654321:harness/assistant-AbC1234567/harness-endpoint/beta
    allows logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/magi:*
    ");
}

#[test]
fn to_tell_a_runtime_who_calls_takes_a_permission_of_its_own() {
    let grants = |yaml: &str| deployment(yaml).role.policy.grants().join("\n");
    let for_user = "allows bedrock-agentcore:InvokeAgentRuntime, \
                    bedrock-agentcore:InvokeAgentRuntimeForUser on \
                    arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567,";
    assert!(grants(&format!("{COUNCIL}pass_caller: true\n")).contains(for_user));
    assert!(!grants(COUNCIL).contains("ForUser"));
    let only_bedrock = example("pass_caller: true\n").role.policy.grants();
    assert!(!only_bedrock.join("\n").contains("ForUser"));
}

#[test]
fn the_function_is_told_who_may_say_what() {
    let yaml = COUNCIL.replace("audience: [one, two]", "audience: [one, two], access_tokens_only: true, \
        required_scopes: [ask, 'api/read'], required_groups: [the board], pass_claims: [email, 'cognito:groups']");
    let environment = deployment(&format!(
        "{yaml}pass_caller: true\nallowed_attributes: [locale, plan]\nbody_limit_kb: 512\n"
    ));
    let environment = environment.configuration.environment;
    for (key, value) in [
        ("GATEWAY_JWT_ACCESS_TOKENS_ONLY", "true"),
        ("GATEWAY_JWT_REQUIRED_SCOPES", "ask,api/read"),
        ("GATEWAY_JWT_REQUIRED_GROUPS", "the board"),
        ("GATEWAY_JWT_PASSED_CLAIMS", "email,cognito:groups"),
        ("GATEWAY_PASS_CALLER", "true"),
        ("GATEWAY_ALLOWED_ATTRIBUTES", "locale,plan"),
        ("GATEWAY_BODY_LIMIT_KB", "512"),
    ] {
        assert_eq!(
            environment.get(key).map(String::as_str),
            Some(value),
            "{key}"
        );
    }
}

#[test]
fn the_function_is_told_its_agents_and_whose_tokens_count() {
    let environment = deployment(COUNCIL).configuration.environment;

    let agents: Value = serde_json::from_str(&environment["GATEWAY_AGENTS"]).unwrap();
    assert_eq!(
        agents,
        json!({
            "default": "magi",
            "agents": {
                "magi": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE", "name": "SOLOMON"},
                "again": {"type": "bedrock-agent", "agentId": "MAGICOUNCL", "agentAliasId": "LIVE", "name": "again"},
                "research": {"type": "agentcore-runtime", "qualifier": "DEFAULT", "name": "research",
                    "arn": "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567"},
                "assistant": {"type": "harness", "qualifier": "beta", "name": "assistant",
                    "arn": "arn:aws:bedrock-agentcore:ap-northeast-1:210987654321:harness/assistant-AbC1234567"},
            },
            "members": {"SOLOMON": {"name": "ソロモン", "role": "judge"}, "CASPAR": {"role": "sage"}},
        })
    );
    let told = |key: &str| environment.get(key).map(String::as_str);
    assert_eq!(told("GATEWAY_AUTH"), Some("jwt"));
    assert_eq!(told("GATEWAY_JWT_ISSUER"), Some("https://issuer.example/"));
    assert_eq!(told("GATEWAY_JWT_AUDIENCE"), Some("one,two"));
    assert_eq!(told("GATEWAY_TRACE"), Some("full"));
}

#[test]
fn the_same_agents_in_another_order_change_nothing() {
    let turned = "
agents: {b: {alias: Y, id: X}, a: {id: A, alias: B}}
default_agent: a";
    let straight = "
default_agent: a
agents: {a: {id: A, alias: B}, b: {id: X, alias: Y}}";

    assert_eq!(
        deployment(turned).configuration,
        deployment(straight).configuration
    );
}

#[test]
fn only_iam_leaves_the_check_to_the_url() {
    for (yaml, expected) in [
        ("auth: iam", "AWS_IAM"),
        ("auth: none", "NONE"),
        (
            "auth: jwt\njwt: {issuer: 'https://a', audience: [b]}",
            "NONE",
        ),
    ] {
        assert_eq!(example(yaml).url.auth_type.as_str(), expected);
    }
}

#[test]
fn all_variables_of_ours_are_known_and_no_others() {
    let all = example(
        "auth: jwt\njwt: {issuer: 'https://a', audience: [b], access_tokens_only: true, \
         required_scopes: [s], required_groups: [g], pass_claims: [c]}\n\
         pass_caller: true\nallowed_attributes: [a]\nbody_limit_kb: 1",
    );

    // With tokens, no sessions of roles are told apart.
    let signed = example("role_sessions: separate").configuration.environment;
    let mut names: Vec<&str> = all
        .configuration
        .environment
        .keys()
        .chain(signed.keys())
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, SHOWN_VARIABLES);
}
