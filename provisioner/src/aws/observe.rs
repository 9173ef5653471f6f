//! Sees what there is, in one wave of requests. What does not exist is `None`, never an error.
//!
//! A request waits for another one in three places only: a log group's tags are asked for by its ARN, the
//! agents are looked at with credentials that have been accepted, and where nothing is deployed the
//! credentials tell the account.

mod function;
mod log_group;
mod role;
mod versions;

use futures_util::future::join_all;

use super::{Aws, AwsError};
use crate::config::{AgentKey, Upstream};
use crate::deployment::names::{Account, Names};
use crate::deployment::permission::Statement;
use crate::deployment::state::{Live, LiveFunction, LiveUrl, LogEvent};
use crate::hint::{Complaint, chain};
use crate::plan::seen::{AgentSeen, PastAlias, Seen};

/// What is looked at besides the deployment itself.
#[derive(Debug, Clone, Default)]
pub struct Besides<'a> {
    /// Whether these are ready.
    pub agents: Vec<(&'a AgentKey, &'a Upstream)>,
    /// What leads to the function past the alias.
    pub past_alias: bool,
}

impl Aws {
    /// Everything that a command decides upon.
    pub async fn observe(&self, names: &Names, besides: &Besides<'_>) -> Result<Seen, AwsError> {
        let _progress = self.progress("reading what there is");
        let (live, past_alias) = tokio::try_join!(
            Box::pin(self.live(names)),
            Box::pin(self.past_alias(names, besides.past_alias)),
        )?;
        // These requests are none of the SDK's: a helper for credentials is asked a second time for them,
        // and only where the SDK has got an answer from it.
        let agents = Box::pin(self.agents(&besides.agents)).await;
        let account = match live.account() {
            Some(account) => account,
            None => self.account().await?,
        };
        Ok(Seen {
            account,
            live,
            past_alias,
            agents,
        })
    }

    /// What there is under the deployment's names.
    pub async fn live(&self, names: &Names) -> Result<Live, AwsError> {
        let (log_group, role, function, pointer, url, statements, versions) = tokio::try_join!(
            Box::pin(log_group::log_group(&self.logs, names)),
            Box::pin(role::role(&self.iam, names)),
            Box::pin(function::function(&self.lambda, names)),
            Box::pin(function::alias(&self.lambda, names)),
            Box::pin(self.url(names)),
            Box::pin(self.statements(names)),
            Box::pin(versions::versions(&self.lambda, names)),
        )?;
        let alias = pointer.and_then(|pointer| pointer.to(function.as_ref(), &versions));
        Ok(Live {
            log_group,
            role,
            function,
            alias,
            url,
            statements,
            versions,
        })
    }

    /// `$LATEST`, with its tags: one request.
    pub async fn function(&self, names: &Names) -> Result<Option<LiveFunction>, AwsError> {
        Box::pin(function::function(&self.lambda, names)).await
    }

    /// The alias's resource policy: one request.
    pub async fn statements(&self, names: &Names) -> Result<Vec<Statement>, AwsError> {
        let (function, alias) = (&names.function, Some(names.alias));
        Box::pin(function::statements(&self.lambda, function, alias)).await
    }

    /// The alias's function URL: one request.
    pub async fn url(&self, names: &Names) -> Result<Option<LiveUrl>, AwsError> {
        let (function, alias) = (&names.function, Some(names.alias));
        Box::pin(function::url(&self.lambda, function, alias)).await
    }

    async fn past_alias(&self, names: &Names, is_wanted: bool) -> Result<PastAlias, AwsError> {
        if !is_wanted {
            return Ok(PastAlias::default());
        }
        let function = &names.function;
        let (statements, url) = tokio::try_join!(
            Box::pin(function::statements(&self.lambda, function, None)),
            Box::pin(function::url(&self.lambda, function, None)),
        )?;
        Ok(PastAlias { statements, url })
    }

    /// How the agents are.
    async fn agents(&self, agents: &[(&AgentKey, &Upstream)]) -> Result<Vec<AgentSeen>, Complaint> {
        if agents.is_empty() {
            return Ok(Vec::new());
        }
        let control_plane = self.control_plane().await.map_err(|error| Complaint {
            why: chain(&*error),
            hint: None,
        })?;
        let looks = agents
            .iter()
            .map(|(key, upstream)| control_plane.look(key, upstream));
        Ok(join_all(looks).await)
    }

    /// A page of what was logged since `from` (milliseconds since 1970), and the next page's token.
    pub async fn log_events(
        &self,
        names: &Names,
        from: i64,
        pattern: Option<&str>,
        token: Option<String>,
    ) -> Result<(Vec<LogEvent>, Option<String>), AwsError> {
        Box::pin(log_group::events(&self.logs, names, from, pattern, token)).await
    }

    /// The account that the credentials belong to.
    async fn account(&self) -> Result<Account, AwsError> {
        const OPERATION: &str = "sts:GetCallerIdentity";

        let identity = Box::pin(self.sts.get_caller_identity().send())
            .await
            .map_err(|error| AwsError::new(OPERATION, "your credentials", &error))?;
        identity
            .arn()
            .and_then(Account::of_arn)
            .ok_or_else(|| AwsError::Incomplete {
                operation: OPERATION,
                resource: "your credentials".to_owned(),
                missing: "an ARN",
            })
    }
}
