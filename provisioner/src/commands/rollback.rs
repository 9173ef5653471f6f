//! `rollback`: lets callers reach an older version again, at once and without a build.

use serde_json::json;

use super::Context;
use super::confirm::confirm_unless_ci;
use super::role;
use super::verify::{Reached, probe_for, say, verify};
use crate::cli::RollbackArgs;
use crate::error::CommandError;
use crate::plan::{Released, rollback};
use crate::record::ContentDigest;
use crate::state::{Live, LiveFunction, LiveUrl, LiveVersion};
use crate::switch::{Switch, go_back, switch};

/// Finds the version, tries it out, moves the alias, and asks the URL.
pub async fn run(context: &Context, args: &RollbackArgs) -> Result<(), CommandError> {
    let RollbackArgs { to, yes, probe } = args;
    let Context {
        config,
        aws,
        printer,
        ..
    } = context;
    let names = context.names();
    let live = read(context).await?;
    let (version, from) = rollback(&names, &live, *to).map_err(CommandError::Rollback)?;
    let LiveVersion {
        number,
        configuration,
        code,
        aliases: _,
    } = &version;
    let number = number.to_string();
    let title = context.title(live.account().as_ref());
    printer.say(&format_args!(
        "{title}: alias {}:{} from version {} to {number}",
        names.function, names.alias, from.version
    ));
    confirm_unless_ci(context, *yes, "Make this change?")?;

    let function = live.function.as_ref();
    let auth = configuration.environment.get("GATEWAY_AUTH");
    let auth = auth.map_or("", String::as_str);
    let reserved = function.and_then(|function| function.reserved_concurrency);
    let probe = probe_for(context, probe.unwrap_or(config.probe), auth, reserved);
    if live
        .alias
        .as_ref()
        .map(|alias| &alias.configuration.environment)
        != Some(&configuration.environment)
    {
        let live = aws.live(&names).await.map_err(CommandError::Read)?;
        role::allow(context, &live, configuration).await?;
    }
    let digest = ContentDigest::of(configuration, code);
    let latest = function.map_or_else(
        || digest.clone(),
        |latest| ContentDigest::of(&latest.configuration, &latest.code),
    );
    let to = Switch {
        function: &names.function,
        alias: names.alias,
        from: Some(&from),
        version: &number,
        content: digest,
        latest,
        previous: None,
    };
    let progress = aws.progress("going back");
    let switched = switch(aws, probe, to, &progress).await;
    drop(progress);
    let switched = switched.map_err(|error| CommandError::Switch(error.into()))?;
    let proof = match &live.url {
        None => None,
        Some(LiveUrl { url, settings }) => {
            let reached = Reached {
                url,
                auth_type: &settings.auth_type,
                vpc: function.and_then(|function: &LiveFunction| function.vpc.as_deref()),
                is_fresh: true,
            };
            match verify(context, probe, &reached).await {
                Ok(proof) => proof,
                Err(cause) => {
                    let error = go_back(aws, switched, cause).await;
                    return Err(CommandError::Switch(error.into()));
                }
            }
        }
    };
    if let Some(LiveUrl { url, .. }) = &live.url {
        say(context, url, proof.as_ref());
    }
    let Released { version: from, .. } = from;
    printer.say(&format_args!(
        "{title}: version {number} is live ({}); the next `up` goes forward again",
        context.effort()
    ));
    let result = json!({
        "name": config.name,
        "region": config.region,
        "url": live.url.as_ref().map(|url| &url.url),
        "from": from,
        "version": number,
        "probe": proof,
        "requests": aws.request_counts(),
    });
    printer.json_result(&result).map_err(CommandError::Print)
}

/// As much as a rollback has to know.
async fn read(context: &Context) -> Result<Live, CommandError> {
    let names = context.names();
    let aws = &context.aws;
    let function = aws.function(&names).await.map_err(CommandError::Read)?;
    if function.is_none() {
        return Ok(Live::default());
    }
    let (alias, url, versions) = tokio::try_join!(
        aws.alias(&names, function.as_ref()),
        aws.url(&names),
        aws.versions(&names),
    )
    .map_err(CommandError::Read)?;
    Ok(Live {
        function,
        alias,
        url,
        versions: Some(versions),
        ..Live::default()
    })
}
