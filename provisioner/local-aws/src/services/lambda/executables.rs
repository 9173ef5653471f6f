//! From a function's name to what an invocation of it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::function::{Function, Functions, still_pending};
use super::lifecycle::Phase;
use crate::route::{FunctionName, LATEST};
use crate::scope::Scope;
use crate::wire::api_error::ApiError;

/// One version of a function, with everything an execution environment needs to run it.
#[derive(Debug, Clone)]
pub(crate) struct Executable {
    pub(crate) function_name: String,
    /// As invoked, with the alias or version as qualifier when one was given.
    pub(crate) invoked_arn: String,
    /// `$LATEST` or a number.
    pub(crate) version: String,
    /// The ARN of the role that it runs as.
    pub(crate) role: String,
    pub(crate) memory_mb: u32,
    pub(crate) timeout: Duration,
    pub(crate) handler: String,
    pub(crate) environment: BTreeMap<String, String>,
    /// The deployment package, a zip.
    pub(crate) code: Arc<[u8]>,
    pub(crate) code_sha256: String,
    pub(crate) log_group: String,
    /// Changes whenever code or configuration change: environments of an older one are retired.
    pub(crate) revision_id: String,
    /// Nobody but `dev` has made or changed it.
    pub(crate) only_by_deployer: bool,
}

impl Functions {
    /// What an invocation runs. An alias leads to the version it points to or, by lot, to the other one.
    pub(crate) fn executable(
        &self,
        function_name: &str,
        qualifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<Executable, ApiError> {
        let name = FunctionName {
            name: function_name.to_owned(),
            // An error names the version that was looked for, as AWS does.
            qualifier: Some(qualifier.unwrap_or(LATEST).to_owned()),
        };
        let function = self.find(&name, scope)?;
        let version = function.drawn_version(qualifier, scope);
        let revision = function
            .revision(version.as_deref())
            .ok_or_else(|| name.not_found(scope))?;
        if revision.lifecycle.phase(scope.now) == Phase::Creating {
            return Err(still_pending());
        }
        if function.reserved_concurrency == Some(0) {
            return Err(ApiError::throttled());
        }
        let content = function.running(revision, scope);
        let settings = &content.settings;
        Ok(Executable {
            function_name: function.name.clone(),
            invoked_arn: function.arn(qualifier, scope),
            version: revision.version.clone(),
            role: settings.role.clone(),
            memory_mb: settings.memory_mb,
            timeout: Duration::from_secs(settings.timeout_seconds.into()),
            handler: settings.handler.clone(),
            environment: settings.environment.clone().unwrap_or_default(),
            code: Arc::clone(&content.package.zip),
            code_sha256: content.package.sha256.clone(),
            log_group: settings.logging.log_group.clone(),
            revision_id: content.id.to_string(),
            only_by_deployer: content.only_by_deployer,
        })
    }
}

impl Function {
    /// The qualifier, or the version that its alias sends this invocation to.
    fn drawn_version(&self, qualifier: Option<&str>, scope: &Scope<'_>) -> Option<String> {
        let alias = qualifier.and_then(|alias| self.aliases.get(alias));
        match alias {
            None => qualifier.map(str::to_owned),
            Some(alias) => {
                let (lot, ..) = scope.new_id().as_fields();
                Some(alias.draw(lot).to_owned())
            }
        }
    }
}
