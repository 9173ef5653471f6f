//! `rollback`: lets callers reach an older version again, at once and without a build.

use serde_json::json;

use super::context::Context;
use super::error::CommandError;
use crate::aws::observe::Besides;
use crate::cli::RollbackArgs;
use crate::config::variables::auth_of;
use crate::deployment::access::{UrlSettings, auth_type};
use crate::deployment::state::{LiveUrl, LiveVersion};
use crate::plan::asking::{Asking, Wish};
use crate::plan::print::coloured;
use crate::plan::rollback::rollback;
use crate::plan::seen::Seen;
use crate::release::release;

/// Finds the version, tries it out, moves the alias, and asks the URL.
pub async fn run(context: &Context, args: &RollbackArgs) -> Result<(), CommandError> {
    let RollbackArgs {
        to,
        yes,
        allow_public,
        proof,
    } = args;
    let config = &context.config;
    let names = context.names();
    let besides = Besides::default();
    let seen = Box::pin(context.aws.observe(&names, &besides)).await;
    let Seen { account, live, .. } = seen.map_err(CommandError::Read)?;

    let planned = rollback(&names, &config.region, &live, *to, *allow_public);
    let (version, mut plan) = planned.map_err(CommandError::Rollback)?;
    let LiveVersion {
        number,
        configuration,
        ..
    } = version;
    let token = proof.token.as_ref();
    if let Some(LiveUrl { url: _, settings }) = &live.url {
        let auth = auth_of(&configuration.environment);
        let function = live.function.as_ref();
        let settings = UrlSettings {
            auth_type: auth.map_or(settings.auth_type, auth_type),
            ..settings.clone()
        };
        let wish = Wish {
            probe: proof.probe.unwrap_or(config.probe),
            has_token: token.is_some(),
            auth,
            reserved_concurrency: function.and_then(|function| function.reserved_concurrency),
            settings: &settings,
        };
        let (asking, note) = Asking::decide(wish, config, function, true);
        plan.asking = asking;
        plan.notes.extend(note);
    }

    let title = context.title(Some(&account));
    let printer = context.printer;
    printer.say(&format_args!("{title}: {}", plan.summary()));
    printer.say(&coloured(&plan));
    let consent = context
        .consent(*yes)
        .confirm_unless_ci("Make these changes?");
    consent.map_err(CommandError::Consent)?;

    let reached = Box::pin(release(&context.tools(token), &plan, &live)).await;
    let reached = reached.map_err(|error| CommandError::Release(Box::new(error)))?;
    printer.say(&format_args!(
        "{title}: version {number} is live ({}); the next `up` goes forward again",
        context.effort()
    ));
    let result = json!({
        "name": config.name,
        "region": config.region,
        "url": live.url.as_ref().map(|url| &url.url),
        "from": live.alias.as_ref().map(|alias| &alias.version),
        "version": number.to_string(),
        "changes": plan.account_changes(),
        "probe": reached.proof,
        "requests": context.aws.request_counts(),
    });
    printer.json_result(&result).map_err(CommandError::Print)
}
