//! Turns the configuration into what must exist. Pure: every name, ARN and document follows from
//! the configuration, the account and the package.

use super::role_documents::{policy, trust};
use crate::config::variables::environment;
use crate::config::{Agents, Config};
use crate::deployment::access::{InvokeMode, UrlSettings, auth_type};
use crate::deployment::content::{Configuration, Logging, Package};
use crate::deployment::names::{Account, DEPLOYMENT_TAG, MANAGED_BY, MANAGED_BY_TAG, Names, Tags};
use crate::deployment::state::{Desired, Role};

/// What `config` asks for in `account`.
pub(crate) fn desired(
    config: &Config,
    agents: &Agents,
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
            policy: policy(agents, config.pass_caller, &config.region, account, &names),
            boundary: config
                .permissions_boundary
                .as_ref()
                .map(|it| it.arn(account)),
        },
        configuration: Configuration {
            role_arn,
            runtime: "provided.al2023".to_owned(),
            handler: "bootstrap".to_owned(),
            memory_mb: config.memory_mb.into(),
            timeout_seconds: config.timeout_seconds.into(),
            ephemeral_storage_mb: config.ephemeral_storage_mb.map(Into::into),
            logging: Logging {
                log_group: names.log_group.clone(),
                format: "JSON".to_owned(),
            },
            environment: environment(config, agents),
        },
        package,
        url: UrlSettings {
            auth_type: auth_type(config.auth),
            invoke_mode: InvokeMode::ResponseStream,
            cors: config.cors.clone(),
        },
        reserved_concurrency: config.reserved_concurrency,
        keep_versions: config.keep_versions.into(),
        adopt: false,
        auth: config.auth,
        names,
    }
}

fn tags(config: &Config, names: &Names) -> Tags {
    let mut tags = config.tags.clone();
    tags.insert(MANAGED_BY_TAG.to_owned(), MANAGED_BY.to_owned());
    tags.insert(DEPLOYMENT_TAG.to_owned(), names.deployment.clone());
    tags
}

#[cfg(test)]
mod tests;
