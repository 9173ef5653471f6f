//! Reads the published versions and who points to them.

use aws_sdk_lambda::Client;

use super::Settings;
use crate::aws::AwsError;
use crate::state::{LiveVersion, Names};

/// All published versions, oldest first.
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
    let mut versions = Vec::new();
    let mut marker = None;
    loop {
        let page = lambda
            .list_versions_by_function()
            .function_name(&names.function)
            .set_marker(marker)
            .send()
            .await
            .map_err(|error| {
                let resource = format!("function `{}`", names.function);
                AwsError::new("lambda:ListVersionsByFunction", resource, &error)
            })?;
        versions.extend(page.versions().iter().filter_map(|version| {
            // `$LATEST` is listed too.
            let number = version.version()?.parse().ok()?;
            let settings = Settings::of_latest(version);
            Some(LiveVersion {
                number,
                configuration: settings.configuration(),
                code: settings.code(),
                aliases: Vec::new(),
            })
        }));
        match page.next_marker {
            Some(next) if !next.is_empty() => marker = Some(next),
            _ => return Ok(versions),
        }
    }
}

/// Each alias with every version that it sends calls to.
async fn aliases(lambda: &Client, names: &Names) -> Result<Vec<(String, Vec<String>)>, AwsError> {
    let mut aliases = Vec::new();
    let mut marker = None;
    loop {
        let page = lambda
            .list_aliases()
            .function_name(&names.function)
            .set_marker(marker)
            .send()
            .await
            .map_err(|error| {
                let resource = format!("function `{}`", names.function);
                AwsError::new("lambda:ListAliases", resource, &error)
            })?;
        aliases.extend(page.aliases().iter().map(|alias| {
            let shares = alias
                .routing_config()
                .and_then(|routing| routing.additional_version_weights());
            let versions = alias.function_version().into_iter().chain(
                shares
                    .into_iter()
                    .flatten()
                    .map(|(version, _)| version.as_str()),
            );
            (
                alias.name().unwrap_or_default().to_owned(),
                versions.map(str::to_owned).collect(),
            )
        }));
        match page.next_marker {
            Some(next) if !next.is_empty() => marker = Some(next),
            _ => return Ok(aliases),
        }
    }
}
