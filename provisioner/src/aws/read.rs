//! AWS -> `Live`: one wave of requests in parallel. What does not exist is `None`, never an error.

mod iam;
mod lambda;
mod logs;
mod settings;
mod versions;

pub(super) use settings::Settings;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Aws, AwsError};
use crate::deployment::names::{Account, Names, Tags};
use crate::deployment::permission::Statement;
use crate::deployment::state::{
    Live, LiveAlias, LiveFunction, LiveRole, LiveUrl, LiveVersion, LogEvent,
};
use crate::plan::seen::Unqualified;

impl Aws {
    /// What there is under the deployment's names, as far as a run that changes nothing has to know
    /// it: six requests, and a seventh where the alias does not tell what it points to.
    pub async fn live(&self, names: &Names) -> Result<Live, AwsError> {
        let (log_group, policy, function, pointer, url, statements) = tokio::try_join!(
            Box::pin(logs::log_group(&self.logs, names)),
            Box::pin(iam::role_policy(&self.iam, names)),
            Box::pin(lambda::function(&self.lambda, names)),
            Box::pin(lambda::alias(&self.lambda, names)),
            Box::pin(self.url(names)),
            Box::pin(self.statements(names)),
        )?;
        let alias = match pointer {
            None => None,
            Some(pointer) => {
                Box::pin(lambda::released(
                    &self.lambda,
                    names,
                    pointer,
                    function.as_ref(),
                ))
                .await?
            }
        };
        let role_arn = function
            .as_ref()
            .map(|function: &LiveFunction| function.configuration.role_arn.clone());
        Ok(Live {
            log_group,
            role: policy.map(|policy| LiveRole {
                arn: role_arn.unwrap_or_default(),
                head: None,
                policy: Some(policy),
            }),
            function,
            alias,
            url,
            statements,
            versions: None,
        })
    }

    /// The role as a whole, given what `live` has found of it: one request.
    pub async fn role(
        &self,
        names: &Names,
        found: Option<LiveRole>,
    ) -> Result<Option<LiveRole>, AwsError> {
        let policy = found.and_then(|role| role.policy);
        Box::pin(iam::role(&self.iam, names, policy)).await
    }

    /// All published versions, and the aliases that point to them: two requests, or more where there
    /// are very many versions.
    pub async fn versions(&self, names: &Names) -> Result<Vec<LiveVersion>, AwsError> {
        Box::pin(versions::versions(&self.lambda, names)).await
    }

    /// The alias, with what it points to and what was noted down about it: two requests.
    pub async fn alias(
        &self,
        names: &Names,
        latest: Option<&LiveFunction>,
    ) -> Result<Option<LiveAlias>, AwsError> {
        match Box::pin(lambda::alias(&self.lambda, names)).await? {
            None => Ok(None),
            Some(pointer) => Box::pin(lambda::released(&self.lambda, names, pointer, latest)).await,
        }
    }

    /// `$LATEST`, with its tags: one request.
    pub async fn function(&self, names: &Names) -> Result<Option<LiveFunction>, AwsError> {
        Box::pin(lambda::function(&self.lambda, names)).await
    }

    /// The alias's resource policy: one request.
    pub async fn statements(&self, names: &Names) -> Result<Vec<Statement>, AwsError> {
        let (function, alias) = (&names.function, Some(names.alias));
        Box::pin(lambda::statements(&self.lambda, function, alias)).await
    }

    /// The alias's function URL: one request.
    pub async fn url(&self, names: &Names) -> Result<Option<LiveUrl>, AwsError> {
        let (function, alias) = (&names.function, Some(names.alias));
        Box::pin(lambda::url(&self.lambda, function, alias)).await
    }

    /// What leads past the alias, to the function itself: two requests.
    pub(crate) async fn unqualified(&self, names: &Names) -> Result<Unqualified, AwsError> {
        let function = &names.function;
        let (statements, url) = tokio::try_join!(
            Box::pin(lambda::statements(&self.lambda, function, None)),
            Box::pin(lambda::url(&self.lambda, function, None)),
        )?;
        Ok(Unqualified { statements, url })
    }

    /// The tags of the log group that `live` found.
    pub async fn log_group_tags(&self, arn: &str) -> Result<Tags, AwsError> {
        Box::pin(logs::tags(&self.logs, arn)).await
    }

    /// A page of what was logged since `from` (milliseconds since 1970), and the next page's token.
    pub async fn log_events(
        &self,
        names: &Names,
        from: i64,
        token: Option<String>,
    ) -> Result<(Vec<LogEvent>, Option<String>), AwsError> {
        Box::pin(logs::events(&self.logs, names, from, token)).await
    }

    /// The account that the credentials belong to, when nothing that exists tells it.
    pub async fn account(&self) -> Result<Account, AwsError> {
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

/// An answer, or nothing if AWS says that there is no such resource.
fn found<T, E>(
    operation: &'static str,
    resource: &str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, AwsError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => {
            let error = AwsError::new(operation, resource, &error);
            if error.is_not_found() {
                Ok(None)
            } else {
                Err(error)
            }
        }
    }
}
