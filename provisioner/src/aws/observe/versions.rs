//! Sees the published versions and who points to them.

use aws_sdk_lambda::Client;

use crate::aws::AwsError;
use crate::aws::settings::Settings;
use crate::deployment::edition::edition_in;
use crate::deployment::names::Names;
use crate::deployment::state::LiveVersion;

/// All published versions, oldest first; none of a function that is not there.
pub(super) async fn versions(lambda: &Client, names: &Names) -> Result<Vec<LiveVersion>, AwsError> {
    let (aliases, mut versions) = tokio::try_join!(aliases(lambda, names), listed(lambda, names))?;
    for version in &mut versions {
        let number = version.number.to_string();
        version.aliases = aliases
            .iter()
            .filter(|(_, versions)| versions.contains(&number))
            .map(|(alias, _)| alias.clone())
            .collect();
    }
    versions.sort_by_key(|version| version.number);
    Ok(versions)
}

async fn listed(lambda: &Client, names: &Names) -> Result<Vec<LiveVersion>, AwsError> {
    let mut listed = lambda
        .list_versions_by_function()
        .function_name(&names.function)
        .into_paginator()
        .items()
        .send();
    let mut versions = Vec::new();
    while let Some(version) = listed.next().await {
        let version = AwsError::found("lambda:ListVersionsByFunction", &resource(names), version)?;
        let Some(version) = version else { break };
        // `$LATEST` is listed too.
        let Some(number) = version.version().and_then(|number| number.parse().ok()) else {
            continue;
        };
        let settings = Settings::of_latest(&version);
        versions.push(LiveVersion {
            number,
            configuration: settings.configuration(),
            code: settings.code(),
            aliases: Vec::new(),
            edition: version.description().and_then(edition_in),
        });
    }
    Ok(versions)
}

/// Each alias with every version that it sends calls to.
async fn aliases(lambda: &Client, names: &Names) -> Result<Vec<(String, Vec<String>)>, AwsError> {
    let mut listed = lambda
        .list_aliases()
        .function_name(&names.function)
        .into_paginator()
        .items()
        .send();
    let mut aliases = Vec::new();
    while let Some(alias) = listed.next().await {
        let alias = AwsError::found("lambda:ListAliases", &resource(names), alias)?;
        let Some(alias) = alias else { break };
        let shares = alias
            .routing_config()
            .and_then(|routing| routing.additional_version_weights());
        let versions = alias.function_version().into_iter().chain(
            shares
                .into_iter()
                .flatten()
                .map(|(version, _)| version.as_str()),
        );
        let versions = versions.map(str::to_owned).collect();
        aliases.push((alias.name().unwrap_or_default().to_owned(), versions));
    }
    Ok(aliases)
}

fn resource(names: &Names) -> String {
    format!("function `{}`", names.function)
}
