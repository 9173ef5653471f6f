//! Asks the deployment whether it works, as its callers would.

use std::time::Duration;

use super::Context;
use crate::client::GatewayClient;
use crate::config::Probe;
use crate::error::{Hint as _, chain};
use crate::probe::{Cause, Proof, Target, explained, observe_url};
use crate::progress::Progress;
use crate::state::LiveFunction;

/// Beyond the function's own timeout: its start, and the way.
const SLACK: Duration = Duration::from_secs(15);

/// A deployment as its callers reach it.
#[derive(Debug)]
pub(super) struct Reached<'a> {
    pub(super) url: &'a str,
    /// `AWS_IAM` or `NONE`.
    pub(super) auth_type: &'a str,
    pub(super) vpc: Option<&'a str>,
    /// Something has just been changed, and may take a moment to act.
    pub(super) is_fresh: bool,
}

/// Whether to ask, and how: a token is nothing that this tool has, and where nothing may run there is
/// nothing to ask.
pub(super) fn probe_for(
    context: &Context,
    wanted: Probe,
    auth: &str,
    reserved_concurrency: Option<i32>,
) -> Probe {
    if wanted != Probe::None && reserved_concurrency == Some(0) {
        let note = "not probed: reserved concurrency is 0, nothing may run";
        context.printer.warn(&note);
        return Probe::None;
    }
    if wanted == Probe::Ask && auth == "jwt" {
        let note = "auth is `jwt`, and there is no token to ask with: GET /healthz instead";
        context.printer.say(&note);
        return Probe::Health;
    }
    wanted
}

/// The concurrency that holds once `wanted` is set.
pub(super) fn reserved(wanted: Option<u16>, live: Option<&LiveFunction>) -> Option<i32> {
    wanted
        .map(i32::from)
        .or_else(|| live.and_then(|function| function.reserved_concurrency))
}

/// Says what the deployment has shown.
pub(super) fn say(context: &Context, url: &str, proof: Option<&Proof>) {
    if let Some(proof) = proof {
        context.printer.say(&format_args!("  {url} {proof}"));
    }
}

/// Asks until it answers.
pub(super) async fn verify(
    context: &Context,
    probe: Probe,
    reached: &Reached<'_>,
) -> Result<Option<Proof>, Cause> {
    if probe == Probe::None {
        return Ok(None);
    }
    let Context { config, aws, .. } = context;
    let Reached {
        url,
        auth_type,
        vpc,
        is_fresh,
    } = *reached;
    let is_public = auth_type == "NONE";
    let credentials = if is_public {
        None
    } else {
        let credentials = aws.credentials().await;
        Some(credentials.map_err(|error| Cause::NotTried {
            reason: format!("there are no credentials to sign with: {}", chain(&*error)),
            hint: None,
        })?)
    };
    let client = GatewayClient::new(url.to_owned(), config.region.to_string(), credentials);
    let target = Target {
        client: &client,
        kind: probe,
        is_public,
        vpc,
        is_fresh,
        answer_limit: Duration::from_secs(config.timeout_seconds.into()) + SLACK,
    };
    let doing = match probe {
        Probe::Ask => "asking a question",
        Probe::Health | Probe::None => "waiting for an answer to GET /healthz",
    };
    let progress = Progress::begin(doing, aws.upload());
    let result = observe_url(&target).await;
    drop(progress);
    match result {
        Ok(proof) => Ok(Some(proof)),
        Err(Cause::Forbidden) => {
            let statements = aws.statements(&context.names()).await;
            Err(explained(
                Cause::Forbidden,
                &statements.map_err(|error| Cause::NotTried {
                    reason: chain(&error),
                    hint: error.hint(),
                })?,
            ))
        }
        Err(cause) => Err(cause),
    }
}
