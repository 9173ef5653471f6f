//! Asks the deployment whether it works, as its callers would.

use std::time::Duration;

use super::probe::{Target, explained, observe_url};
use super::proof::{Cause, Proof};
use crate::cli::ProofArgs;
use crate::commands::Context;
use crate::config::Probe;
use crate::deployment::access::Auth;
use crate::deployment::access::UrlSettings;
use crate::deployment::state::LiveFunction;
use crate::gateway::client::{GatewayClient, Token};
use crate::hint::{Hint as _, chain};
use crate::terminal::interrupt::interrupted;

/// Beyond the function's own timeout: its start, and the way.
const SLACK: Duration = Duration::from_secs(15);

/// How to ask.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) kind: Probe,
    token: Option<Token>,
}

/// A deployment as its callers reach it.
#[derive(Debug)]
pub(crate) struct Reached<'a> {
    pub(crate) url: &'a str,
    pub(crate) version: &'a str,
    pub(crate) settings: &'a UrlSettings,
    pub(crate) vpc: Option<&'a str>,
    /// Something has just been changed, and may take a moment to act.
    pub(crate) is_fresh: bool,
}

impl Question {
    /// As `wanted`, as far as that is possible: where nothing may run there is nothing to ask, and who
    /// checks tokens wants to see one.
    pub(crate) fn new(
        context: &Context,
        wanted: Probe,
        args: &ProofArgs,
        auth: Option<Auth>,
        reserved_concurrency: Option<i32>,
    ) -> Self {
        let printer = context.printer;
        let token = args.token.clone();
        let token = token.filter(|_| auth == Some(Auth::Jwt));
        let kind = if wanted != Probe::None && reserved_concurrency == Some(0) {
            printer.warn(&"not probed: reserved concurrency is 0, nothing may run");
            Probe::None
        } else if wanted == Probe::Ask && auth == Some(Auth::Jwt) && token.is_none() {
            printer.say(
                &"auth is `jwt`, and there is no token to ask with (BEDROCK_GATEWAY_TOKEN): GET /healthz \
                  instead",
            );
            Probe::Health
        } else {
            wanted
        };
        Self { kind, token }
    }
}

/// The concurrency that holds once `wanted` is set.
pub(crate) fn reserved(wanted: Option<u16>, live: Option<&LiveFunction>) -> Option<i32> {
    wanted
        .map(i32::from)
        .or_else(|| live.and_then(|function| function.reserved_concurrency))
}

/// Asks until it answers, or somebody wants to wait no longer.
pub(crate) async fn verify(
    context: &Context,
    question: &Question,
    reached: &Reached<'_>,
) -> Result<Option<Proof>, Cause> {
    let Question { kind, token } = question;
    let doing = match kind {
        Probe::None => return Ok(None),
        Probe::Ask => "asking a question",
        Probe::Health => "waiting for an answer to GET /healthz",
    };
    let Context { config, aws, .. } = context;
    let Reached {
        url,
        version: _,
        settings,
        vpc,
        is_fresh,
    } = *reached;
    let is_public = settings.auth_type == "NONE";
    let credentials = if is_public {
        None
    } else {
        let credentials = aws.credentials().await;
        Some(credentials.map_err(|error| Cause::NotTried {
            reason: format!("there are no credentials to sign with: {}", chain(&*error)),
            hint: None,
        })?)
    };
    let client = GatewayClient::new(url.to_owned(), config.region.to_string(), credentials)
        .with_token(token.clone());
    let target = Target {
        client: &client,
        kind: *kind,
        is_public,
        is_buffered: settings.invoke_mode == "BUFFERED",
        vpc,
        is_fresh,
        answer_limit: Duration::from_secs(config.timeout_seconds.into()) + SLACK,
    };
    let progress = aws.progress(doing);
    let result = tokio::select! {
        result = observe_url(&target) => result,
        Ok(()) = interrupted() => Err(Cause::Interrupted),
    };
    drop(progress);
    match result {
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
        result => result.map(Some),
    }
}
