//! `--env`: one environment's settings over everybody's.

use super::*;

const YAML: &str = "\
name: magi
region: ap-northeast-1
agent: {id: ABC, alias: DEF, name: SOLOMON}
memory_mb: 1024
tags: {team: nerv, stage: prod}
environments:
  staging:
    agent: {alias: STAGE}
    tags: {stage: staging}
    timeout_seconds: 60
  core:
    name: core-of-its-own
    region: us-east-1
    agent: {runtime: 'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/r-1'}
    env_file: .env.core
  several:
    agents: {a: {id: A, alias: B}, b: {id: A, alias: C}}
    default_agent: b
  empty: {}
";

fn env(name: &str) -> SettingFlags {
    let mut args = args();
    args.env = Some(name.to_owned());
    args
}

fn in_env(name: &str) -> Config {
    Config::resolve(YAML, &env(name), Needs::Deployment).unwrap()
}

#[test]
fn an_overlay_changes_what_it_names_and_keeps_the_rest() {
    let config = in_env("staging");

    assert_eq!(config.name.as_str(), "magi-staging");
    assert_eq!((config.memory_mb, config.timeout_seconds), (1024, 60));
    assert_eq!(config.env_file, PathBuf::from(".env.staging.local"));
    let tags: Vec<String> = config
        .tags
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(tags, ["stage=staging", "team=nerv"]);
    let agents = config.agents.unwrap();
    let agent = &agents.by_key[&agents.default];
    assert_eq!(agent.name.as_str(), "SOLOMON");
    let Upstream::BedrockAgent { id, alias } = &agent.upstream else {
        panic!("{agent:?}");
    };
    assert_eq!((id.as_str(), alias.as_str()), ("ABC", "STAGE"));
}

#[test]
fn an_overlay_may_have_a_name_a_file_and_a_kind_of_agent_of_its_own() {
    let config = in_env("core");

    assert_eq!(config.name.as_str(), "core-of-its-own");
    assert_eq!(config.region.as_str(), "us-east-1");
    assert_eq!(config.env_file, PathBuf::from(".env.core"));
    let agents = config.agents.unwrap();
    let agent = &agents.by_key[&agents.default];
    assert_eq!(agent.name.as_str(), "SOLOMON");
    assert!(matches!(agent.upstream, Upstream::Runtime { .. }));
}

#[test]
fn an_overlay_may_have_several_agents_where_the_file_has_one() {
    let agents = in_env("several").agents.unwrap();

    assert_eq!((agents.default.as_str(), agents.by_key.len()), ("b", 2));
}

#[test]
fn without_env_overlays_are_not_looked_at() {
    let config = Config::resolve(YAML, &args(), Needs::Deployment).unwrap();
    assert_eq!(
        (config.name.as_str(), config.timeout_seconds),
        ("magi", 600)
    );
}

#[test]
fn deployments_stand_side_by_side_even_when_the_name_comes_from_a_flag() {
    for (environment, expected) in [("staging", "other-staging"), ("core", "other-core")] {
        let mut args = env(environment);
        args.name = Some("other".to_owned());

        let config = Config::resolve(YAML, &args, Needs::Deployment).unwrap();

        assert_eq!(config.name.as_str(), expected);
    }
}

#[test]
fn an_environment_that_does_not_exist_is_not_made_up() {
    let error = Config::resolve(YAML, &env("stagging"), Needs::Target).unwrap_err();
    insta::assert_snapshot!(error, @"there is no environment `stagging`, only `core`, `empty`, `several`, `staging`");

    let error = Config::resolve(MINIMUM, &env("staging"), Needs::Target).unwrap_err();
    insta::assert_snapshot!(error, @"there is no environment `staging`: gateway.yaml has no `environments`");
}

#[test]
fn a_mistake_in_an_overlay_is_shown_there() {
    let yaml = format!("{MINIMUM}environments:\n  staging:\n");
    let refused = |line: &str| {
        Config::resolve(
            &format!("{yaml}    {line}\n"),
            &env("staging"),
            Needs::Target,
        )
        .unwrap_err()
        .to_string()
    };

    insta::assert_snapshot!(refused("memory_mb: 1"), @"gateway.yaml:6:16: environments.staging.memory_mb: invalid value: integer `1`, expected a whole number from 128 to 10240");
    insta::assert_snapshot!(refused("memory: 1"), @"gateway.yaml:6:5: environments.staging: unknown field `memory`, expected one of `name`, `region`, `agent`, `agents`, `default_agent`, `members`, `auth`, `jwt`, `role_sessions`, `pass_caller`, `allowed_attributes`, `body_limit_kb`, `memory_mb`, `timeout_seconds`, `ephemeral_storage_mb`, `architecture`, `log_retention_days`, `trace`, `keep_alive_seconds`, `idle_timeout_seconds`, `environment`, `tags`, `env_file`, `reserved_concurrency`, `permissions_boundary`, `cors`, `probe`, `keep_versions`, `environments`");
    insta::assert_snapshot!(refused("environments: {}"), @"gateway.yaml:6:5: environments.staging: an environment has no environments of its own");
    insta::assert_snapshot!(refused("auth: jwt"), @"gateway.yaml:6:11: environments.staging.auth: `jwt` needs to know whose tokens count: give `jwt: {issuer: …, audience: […]}`");
    insta::assert_snapshot!(refused("agents: {a: {id: A, qualifier: B}}"), @"gateway.yaml:6:36: environments.staging.agents.a.qualifier: goes with `runtime` or `harness`; a Bedrock agent has an `alias`");

    let long = format!(
        "name: {}\nregion: us-east-1\nenvironments: {{staging: {{}}}}",
        "x".repeat(55)
    );
    let error = Config::resolve(&long, &env("staging"), Needs::Target).unwrap_err();
    insta::assert_snapshot!(error, @"the name `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-staging` is too long: invalid value: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-staging`, expected 1 to 58 letters, digits, `-` or `_`");
}
