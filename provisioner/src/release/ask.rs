//! Asks the deployment whether it works, as its callers would.

use super::probe::observe_url;
use super::proof::{Cause, Proof};
use crate::aws::Aws;
use crate::config::Probe;
use crate::deployment::names::Names;
use crate::deployment::permission::{Grant, Meaning, Statement};
use crate::gateway::client::{GatewayClient, Token};
use crate::hint::{Hint as _, chain};
use crate::plan::asking::Asking;
use crate::terminal::interrupt::interrupted;

/// A deployment as its callers reach it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gateway<'a> {
    pub(crate) url: &'a str,
    pub(crate) region: &'a str,
    /// For `auth: jwt`.
    pub(crate) token: Option<&'a Token>,
    pub(crate) names: &'a Names,
}

/// Asks until it answers, or somebody wants to wait no longer. `None`: nobody was to be asked.
pub(crate) async fn ask(
    aws: &Aws,
    gateway: &Gateway<'_>,
    asking: &Asking,
) -> Result<Option<Proof>, Cause> {
    let doing = match asking.kind {
        Probe::None => return Ok(None),
        Probe::Ask => "asking a question",
        Probe::Health => "waiting for an answer to GET /healthz",
    };
    let credentials = if asking.is_public {
        None
    } else {
        let credentials = aws.credentials().await;
        Some(credentials.map_err(|error| Cause::NotTried {
            reason: format!("there are no credentials to sign with: {}", chain(&*error)),
            hint: None,
        })?)
    };
    let Gateway {
        url, region, token, ..
    } = *gateway;
    let client = GatewayClient::new(url.to_owned(), region.to_owned(), credentials, aws.proxy())
        .with_token(token.cloned());
    let progress = aws.progress(doing);
    let result = tokio::select! {
        result = observe_url(&client, asking) => result,
        Ok(()) = interrupted() => Err(Cause::Interrupted),
    };
    drop(progress);
    match result {
        Err(Cause::Forbidden) => Err(explained(aws, gateway.names).await),
        result => result.map(Some),
    }
}

/// A refusal that lasts, with the permissions that are missing by now.
async fn explained(aws: &Aws, names: &Names) -> Cause {
    match aws.statements(names).await {
        Ok(statements) => match missing(&statements) {
            missing if missing.is_empty() => Cause::Forbidden,
            missing => Cause::PermissionMissing { missing },
        },
        Err(error) => Cause::NotTried {
            reason: chain(&error),
            hint: error.hint(),
        },
    }
}

/// Of the permissions that make a URL public those that are not there.
pub(crate) fn missing(statements: &[Statement]) -> Vec<Grant> {
    Grant::ALL
        .into_iter()
        .filter(|grant| {
            !statements
                .iter()
                .any(|statement| statement.meaning == Meaning::Grant(*grant))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_is_missed_until_a_statement_grants_it() {
        assert_eq!(missing(&[]), Grant::ALL);
        let statement = |grant| Statement {
            sid: "any".to_owned(),
            meaning: Meaning::Grant(grant),
        };
        assert_eq!(missing(&[statement(Grant::CallUrl)]), [Grant::InvokeViaUrl]);
        assert_eq!(missing(&Grant::ALL.map(statement)), []);
    }
}
