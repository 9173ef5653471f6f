use super::*;
use crate::hint::Hint as _;

/// No flags at all.
pub(crate) fn args() -> SettingFlags {
    SettingFlags {
        config: PathBuf::from("gateway.yaml"),
        env: None,
        name: None,
        region: None,
        agent_id: None,
        agent_alias: None,
        agent_runtime: None,
        agent_harness: None,
        permissions_boundary: None,
    }
}

const MINIMUM: &str = "name: magi\nregion: ap-northeast-1\nagent: {id: ABC, alias: DEF}\n";

fn resolve(yaml: &str) -> Result<Config, ConfigError> {
    Config::resolve(yaml, &args(), Needs::Deployment)
}

/// The message for one more line below the minimum.
fn complaint(line: &str) -> String {
    resolve(&format!("{MINIMUM}{line}"))
        .unwrap_err()
        .to_string()
}

#[test]
fn name_region_and_agent_suffice() {
    insta::assert_debug_snapshot!(resolve(MINIMUM).unwrap(), @r#"
    Config {
        name: Name(
            "magi",
        ),
        region: Region(
            "ap-northeast-1",
        ),
        agents: Some(
            Agents {
                default: AgentKey(
                    "default",
                ),
                by_key: {
                    AgentKey(
                        "default",
                    ): Agent {
                        name: AgentName(
                            "agent",
                        ),
                        upstream: BedrockAgent {
                            id: AgentId(
                                "ABC",
                            ),
                            alias: AgentAliasId(
                                "DEF",
                            ),
                        },
                    },
                },
                members: {},
            },
        ),
        auth: Iam,
        jwt: None,
        role_sessions: Shared,
        pass_caller: false,
        allowed_attributes: [],
        body_limit_kb: None,
        memory_mb: 2048,
        timeout_seconds: 600,
        ephemeral_storage_mb: None,
        architecture: X86_64,
        log_retention_days: RetentionDays(
            14,
        ),
        trace: Summary,
        keep_alive_seconds: 10,
        idle_timeout_seconds: 120,
        environment: {},
        tags: {},
        env_file: ".env.local",
        reserved_concurrency: None,
        permissions_boundary: None,
        cors: None,
        probe: Health,
        keep_versions: 5,
    }
    "#);
}

#[test]
fn the_example_file_shows_the_defaults() {
    let example = include_str!("../../../templates/gateway.yaml");
    let shown = resolve(example).unwrap();

    let minimum = "name: magi\nregion: ap-northeast-1\nagent: {name: council, runtime: \
                   'arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/council-AbC1234567'}";
    assert_eq!(shown, resolve(minimum).unwrap());
    // Every setting there is must be in it: each is a field of the file's type.
    for line in MINIMUM.lines().chain([
        "auth:",
        "pass_caller:",
        "allowed_attributes:",
        "memory_mb:",
        "timeout_seconds:",
        "architecture:",
        "log_retention_days:",
        "trace:",
        "keep_alive_seconds:",
        "idle_timeout_seconds:",
        "environment:",
        "tags:",
        "env_file:",
    ]) {
        let key = line.split(':').next().unwrap();
        assert!(
            example
                .lines()
                .any(|line| line.starts_with(&format!("{key}:"))),
            "{key}"
        );
    }
}

#[test]
fn a_flag_wins_over_the_file() {
    let mut args = args();
    args.name = Some("other".to_owned());
    args.agent_id = Some("XYZ".to_owned());

    let config = Config::resolve(MINIMUM, &args, Needs::Deployment).unwrap();

    assert_eq!(config.name.as_str(), "other");
    assert_eq!(config.region.as_str(), "ap-northeast-1");
    let agents = config.agents.unwrap();
    let Upstream::BedrockAgent { id, alias } = &agents.by_key[&agents.default].upstream else {
        panic!("{agents:?}");
    };
    assert_eq!((id.as_str(), alias.as_str()), ("XYZ", "DEF"));
}

#[test]
fn an_error_in_the_file_says_where_and_what_is_allowed() {
    insta::assert_snapshot!(complaint("memory_mb: 64"), @"gateway.yaml:4:12: memory_mb: invalid value: integer `64`, expected a whole number from 128 to 10240");
    insta::assert_snapshot!(complaint("memory_mb: lots"), @r#"gateway.yaml:4:12: memory_mb: invalid type: string "lots", expected a whole number from 128 to 10240"#);
    insta::assert_snapshot!(complaint("timeout_seconds: -1"), @"gateway.yaml:4:18: timeout_seconds: invalid value: integer `-1`, expected a whole number from 1 to 900");
    insta::assert_snapshot!(complaint("timeout_seconds: 1.5"), @"gateway.yaml:4:18: timeout_seconds: invalid type: floating point `1.5`, expected a whole number from 1 to 900");
    insta::assert_snapshot!(complaint("log_retention_days: 15"), @"gateway.yaml:4:21: log_retention_days: invalid value: integer `15`, expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653");
    insta::assert_snapshot!(complaint("auth: open"), @"gateway.yaml:4:7: auth: unknown variant `open`, expected one of `iam`, `jwt`, `none`");
    insta::assert_snapshot!(complaint("auth: jwt"), @"gateway.yaml:4:7: auth: `jwt` needs to know whose tokens count: give `jwt: {issuer: …, audience: […]}`");
    insta::assert_snapshot!(complaint("architecture: arm"), @"gateway.yaml:4:15: architecture: unknown variant `arm`, expected `x86_64` or `arm64`");
    insta::assert_snapshot!(complaint("trace: on"), @"gateway.yaml:4:8: trace: unknown variant `on`, expected one of `off`, `summary`, `full`");
    insta::assert_snapshot!(complaint("memory: 512"), @"gateway.yaml:4:1: unknown field `memory`, expected one of `name`, `region`, `agent`, `agents`, `default_agent`, `members`, `auth`, `jwt`, `role_sessions`, `pass_caller`, `allowed_attributes`, `body_limit_kb`, `memory_mb`, `timeout_seconds`, `ephemeral_storage_mb`, `architecture`, `log_retention_days`, `trace`, `keep_alive_seconds`, `idle_timeout_seconds`, `environment`, `tags`, `env_file`, `reserved_concurrency`, `permissions_boundary`, `cors`, `probe`, `keep_versions`, `environments`");
    insta::assert_snapshot!(complaint("environment: {GATEWAY_TRACE: full}"), @r#"gateway.yaml:4:15: environment: invalid value: string "GATEWAY_TRACE", expected a name without `GATEWAY_`: those variables are made from the other settings"#);
    insta::assert_snapshot!(complaint("environment: {AWS_REGION: x}"), @r#"gateway.yaml:4:15: environment: invalid value: string "AWS_REGION", expected a name that Lambda does not reserve for itself"#);
    insta::assert_snapshot!(complaint("environment: {1A: x}"), @r#"gateway.yaml:4:15: environment: invalid value: string "1A", expected a letter, then at least one letter, digit or `_`"#);
    insta::assert_snapshot!(complaint("tags: {managed-by: me}"), @r#"gateway.yaml:4:8: tags: invalid value: string "managed-by", expected a key other than `aws:*` and those by which this tool knows its resources"#);
    insta::assert_snapshot!(complaint("tags: [a"), @"gateway.yaml:4:7: tags: invalid type: sequence, expected a map");
    insta::assert_snapshot!(complaint("name: again"), @"gateway.yaml:1:1: duplicate field `name`");
    insta::assert_snapshot!(resolve("name: a b").unwrap_err(), @r#"gateway.yaml:1:7: name: invalid value: string "a b", expected 1 to 58 letters, digits, `-` or `_`"#);
    insta::assert_snapshot!(resolve("region: tokyo").unwrap_err(), @r#"gateway.yaml:1:9: region: invalid value: string "tokyo", expected a Region such as `ap-northeast-1`"#);
    insta::assert_snapshot!(resolve("agent:\n  id: A\n  alias: my-alias").unwrap_err(), @r#"gateway.yaml:3:10: agent.alias: invalid value: string "my-alias", expected the alias's id, 1 to 10 letters or digits (not its name)"#);
    insta::assert_snapshot!(resolve("agent:\n  aliass: A").unwrap_err(), @"gateway.yaml:2:3: agent: unknown field `aliass`, expected one of `id`, `alias`, `runtime`, `harness`, `qualifier`, `history`, `protocol`, `name`, `request`, `answer`");
}

#[test]
fn a_key_that_is_there_twice_is_not_silently_the_last() {
    insta::assert_snapshot!(complaint("environment: {A1: x, A1: y}"), @"gateway.yaml:4:22: environment: duplicate key `A1`");
    insta::assert_snapshot!(complaint("tags:\n  a: x\n  a: x"), @"gateway.yaml:6:3: tags: duplicate key `a`");
    insta::assert_snapshot!(resolve("agents:\n  a: {id: A, alias: B}\n  a: {id: B, alias: C}").unwrap_err(), @"gateway.yaml:3:3: agents: duplicate key `a`");
    insta::assert_snapshot!(complaint("environments: {a: {}, a: {}}"), @"gateway.yaml:4:23: environments: duplicate key `a`");
}

#[test]
fn a_map_whose_entries_are_all_commented_out_is_an_empty_one() {
    let config = resolve(&format!(
        "{MINIMUM}environment:\ntags: # none\nenvironments:\n"
    ))
    .unwrap();

    assert_eq!(config, resolve(MINIMUM).unwrap());
}

#[test]
fn an_error_in_a_flag_names_the_flag_and_the_variable() {
    let mut args = args();
    args.region = Some("tokyo".to_owned());

    let error = Config::resolve("", &args, Needs::Target).unwrap_err();

    insta::assert_snapshot!(error, @"`--region` or `AWS_REGION`: invalid value: `tokyo`, expected a Region such as `ap-northeast-1`");
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let error = resolve("").unwrap_err();

    insta::assert_snapshot!(format!("{error}\n{}", error.hint().unwrap()), @"
    settings are missing: `name`, `region`, `agent.id`, `agent.alias`
    let `provision init` find out, and write it down; or
          set `--name`, `BEDROCK_GATEWAY_NAME`, or `name` in gateway.yaml
          set `--region`, `AWS_REGION`, or `region` in gateway.yaml
          set `--agent-id`, `BEDROCK_GATEWAY_AGENT_ID`, or `agent.id` in gateway.yaml
          set `--agent-alias`, `BEDROCK_GATEWAY_AGENT_ALIAS`, or `agent.alias` in gateway.yaml
          for AgentCore, `--agent-runtime` or `--agent-harness` instead of id and alias
    ");
}

#[test]
fn words_that_yaml_might_take_for_something_else_are_words() {
    let config = resolve("name: 123\nregion: us-east-1\ntrace: off\nagent: {id: 0123456789, alias: 1E5, name: SOLOMON}\nenvironment: {DEBUG: true, LEVEL: 1}").unwrap();

    assert_eq!(config.name.as_str(), "123");
    assert_eq!(config.trace, Trace::Off);
    let agents = config.agents.unwrap();
    let Upstream::BedrockAgent { id, alias } = &agents.by_key[&agents.default].upstream else {
        panic!("{agents:?}");
    };
    assert_eq!((id.as_str(), alias.as_str()), ("0123456789", "1E5"));
    assert_eq!(config.environment["DEBUG"], "true");
    assert_eq!(config.environment["LEVEL"], "1");
}

#[test]
fn a_file_of_comments_is_an_empty_one() {
    for text in ["", "# nothing\n", "---\n", "\n\n"] {
        let error = resolve(text).unwrap_err();
        assert!(
            matches!(error, ConfigError::Missing { .. }),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn the_target_alone_needs_no_agent_and_the_local_aws_needs_nothing() {
    let config = Config::resolve("name: a\nregion: us-gov-west-1", &args(), Needs::Target).unwrap();
    assert_eq!(config.agents, None);

    let config = Config::resolve("", &args(), Needs::Nothing).unwrap();
    assert_eq!(
        (config.name.as_str(), config.region.as_str()),
        ("magi", "ap-northeast-1")
    );
    assert!(config.agents.is_some());
}

#[test]
fn the_environment_file_is_beside_the_configuration() {
    let mut args = args();
    args.config = PathBuf::from("web/gateway.yaml");

    let config = Config::resolve(MINIMUM, &args, Needs::Deployment).unwrap();

    assert_eq!(config.env_file, PathBuf::from("web/.env.local"));
}

#[test]
fn only_the_default_file_may_be_missing() {
    let directory = tempfile::tempdir().unwrap();
    let mut args = args();
    args.config = directory.path().join("mine.yaml");

    let error = Config::load(&args, Needs::Target).unwrap_err();

    assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
}

mod agents;
mod dialogue;
mod overlays;
mod tags;

#[test]
fn every_pattern_is_a_regular_expression() {
    let schema = schema::text();
    let patterns: Vec<&str> = schema
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"pattern\": "))
        .collect();
    assert!(patterns.len() > 10, "{schema}");
    for pattern in patterns {
        let pattern: String = serde_json::from_str(pattern.trim_end_matches(',')).unwrap();
        assert!(regex_lite::Regex::new(&pattern).is_ok(), "{pattern}");
    }
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../templates/gateway.schema.json"
    );
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == schema::text(),
        "write it anew: cargo run --bin provision -- schema > templates/gateway.schema.json"
    );
}

#[test]
fn the_schema_tells_the_defaults_that_are() {
    let schema: serde_json::Value = serde_json::from_str(&schema::text()).unwrap();
    let example = include_str!("../../../templates/gateway.yaml");
    let example: serde_json::Value = serde_yaml::from_str(example).unwrap();
    // The example shows every default: another test holds it against the configuration.
    for (key, setting) in schema["properties"].as_object().unwrap() {
        if let Some(default) = setting.get("default").filter(|it| !it.is_null()) {
            assert_eq!(example.get(key), Some(default), "{key}");
        }
    }
}
