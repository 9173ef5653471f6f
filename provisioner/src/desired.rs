//! Turns the configuration into what must exist. Pure: every name, ARN and document follows from
//! the configuration, the account and the package.

use std::collections::BTreeMap;

use serde_json::json;

use crate::config::{Agent, Auth, Config};
use crate::document::Document;
use crate::package::Package;
use crate::state::{
    Account, Configuration, DEPLOYMENT_TAG, Desired, Logging, MANAGED_BY, MANAGED_BY_TAG, Names,
    Role, Tags, UrlSettings,
};

/// The prefix of the function's variables that are ours.
pub const OWN_VARIABLES: &str = "GATEWAY_";

/// What `config` asks for in `account`.
pub fn desired(
    config: &Config,
    agent: &Agent,
    account: &Account,
    package: Option<Package>,
) -> Desired {
    let names = Names::of(config.name.as_str());
    let Account { partition, id } = account;
    let role_arn = format!("arn:{partition}:iam::{id}:role/{}", names.role);
    Desired {
        tags: tags(config, &names),
        retention_days: config.log_retention_days.get(),
        role: Role {
            arn: role_arn.clone(),
            trust: trust(),
            policy: policy(config, agent, account, &names),
        },
        configuration: Configuration {
            role_arn,
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            memory_mb: config.memory_mb.into(),
            timeout_seconds: config.timeout_seconds.into(),
            logging: Some(Logging {
                log_group: names.log_group.clone(),
                format: "JSON".to_owned(),
            }),
            environment: environment(config, agent),
        },
        package,
        url: UrlSettings {
            auth_type: match config.auth {
                Auth::Iam => "AWS_IAM",
                Auth::None => "NONE",
            }
            .to_owned(),
            invoke_mode: "RESPONSE_STREAM".to_owned(),
            cors: config.cors.clone(),
        },
        reserved_concurrency: config.reserved_concurrency,
        keep_versions: config.keep_versions.into(),
        names,
    }
}

fn tags(config: &Config, names: &Names) -> Tags {
    let mut tags = config.tags.clone();
    tags.insert(MANAGED_BY_TAG.to_owned(), MANAGED_BY.to_owned());
    tags.insert(DEPLOYMENT_TAG.to_owned(), names.deployment.clone());
    tags
}

fn trust() -> Document {
    Document::new(json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    }))
}

/// Exactly this agent alias and exactly this log group. Creating the group is left out: Lambda would
/// make it again, without retention, after it was deleted.
fn policy(config: &Config, agent: &Agent, account: &Account, names: &Names) -> Document {
    let Account { partition, id } = account;
    let region = &config.region;
    let Agent {
        id: agent_id,
        alias,
        name: _,
    } = agent;
    let log_group = &names.log_group;
    Document::new(json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "InvokeAgent",
                "Effect": "Allow",
                "Action": "bedrock:InvokeAgent",
                "Resource":
                    format!("arn:{partition}:bedrock:{region}:{id}:agent-alias/{agent_id}/{alias}"),
            },
            {
                "Sid": "WriteLogs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": format!("arn:{partition}:logs:{region}:{id}:log-group:{log_group}:*"),
            },
        ],
    }))
}

fn environment(config: &Config, agent: &Agent) -> BTreeMap<String, String> {
    let Agent { id, alias, name } = agent;
    let own = [
        ("GATEWAY_AGENT_ID", id.to_string()),
        ("GATEWAY_AGENT_ALIAS_ID", alias.to_string()),
        ("GATEWAY_AGENT_NAME", name.to_string()),
        ("GATEWAY_AUTH", config.auth.to_string()),
        ("GATEWAY_TRACE", config.trace.to_string()),
        (
            "GATEWAY_KEEP_ALIVE_SECONDS",
            config.keep_alive_seconds.to_string(),
        ),
        (
            "GATEWAY_IDLE_TIMEOUT_SECONDS",
            config.idle_timeout_seconds.to_string(),
        ),
    ];
    let own = own.map(|(key, value)| (key.to_owned(), value));
    config.environment.clone().into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Needs;
    use crate::config::tests::args;

    fn example(yaml: &str) -> Desired {
        let yaml = format!(
            "name: magi\nregion: ap-northeast-1\nagent: {{id: AGENT12345, alias: ALIAS67890}}\n{yaml}"
        );
        let config = Config::resolve(&yaml, &args(), Needs::Deployment).unwrap();
        let account = Account {
            partition: "aws".to_owned(),
            id: "123456789012".to_owned(),
        };
        desired(&config, config.agent.as_ref().unwrap(), &account, None)
    }

    #[test]
    fn the_role_may_invoke_this_agent_and_write_this_log_and_nothing_else() {
        insta::assert_snapshot!(example("").role.policy.grants().join("\n"), @r"
        bedrock:InvokeAgent on arn:aws:bedrock:ap-northeast-1:123456789012:agent-alias/AGENT12345/ALIAS67890
        logs:CreateLogStream, logs:PutLogEvents on arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/magi:*
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

        let desired = desired(&config, config.agent.as_ref().unwrap(), &account, None);

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
        insta::assert_snapshot!(lines.join("\n"), @r"
        GATEWAY_AGENT_ALIAS_ID=ALIAS67890
        GATEWAY_AGENT_ID=AGENT12345
        GATEWAY_AGENT_NAME=agent
        GATEWAY_AUTH=none
        GATEWAY_IDLE_TIMEOUT_SECONDS=120
        GATEWAY_KEEP_ALIVE_SECONDS=10
        GATEWAY_TRACE=summary
        LOG=1
        ");
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
}
