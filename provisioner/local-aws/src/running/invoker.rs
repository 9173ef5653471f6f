//! Runs a version of a function: one execution environment per concurrent invocation, kept for the
//! next one as long as the version stays the same.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::environment;
use super::identity::Identity;
use super::invocation::{Answer, FunctionError, Work};
use super::options::InvokerOptions;
use super::pool::{Key, Pool};
use crate::services::lambda::Executable;

/// Invokes functions. Clones share their environments.
#[derive(Debug, Clone)]
pub(crate) struct Invoker {
    options: Arc<InvokerOptions>,
    pool: Arc<Pool>,
}

impl Invoker {
    pub(crate) fn new(options: InvokerOptions) -> Self {
        Self {
            options: Arc::new(options),
            pool: Arc::default(),
        }
    }

    /// Returns as soon as the answer begins. The function runs to its end even if the caller does
    /// not wait for it.
    pub(crate) async fn invoke(
        &self,
        executable: Arc<Executable>,
        event: Bytes,
    ) -> Result<Answer, FunctionError> {
        self.invoke_as(executable, event, Identity::new()).await
    }

    /// The same under an identity that is already known to others.
    pub(crate) async fn invoke_as(
        &self,
        executable: Arc<Executable>,
        event: Bytes,
        identity: Identity,
    ) -> Result<Answer, FunctionError> {
        let (reply, answer) = oneshot::channel();
        let work = Work {
            identity,
            invoked_arn: executable.invoked_arn.clone(),
            event,
            reply,
        };
        let key = Key::of(&executable);
        if let Err(work) = self
            .pool
            .hand_over(&key, &executable.revision_id, work)
            .await
        {
            let ticket = self.pool.ticket(key, executable.revision_id.clone());
            let life = environment::live(executable, Arc::clone(&self.options), work, ticket);
            self.pool.start(life);
        }
        answer.await.unwrap_or_else(|_| {
            Err(FunctionError {
                error_type: FunctionError::SANDBOX.to_owned(),
                error_message: "the execution environment has ended".to_owned(),
            })
        })
    }

    /// Ends a function's environments: the idle ones now, the others after what they are doing.
    pub(crate) fn retire(&self, function_name: &str) {
        self.pool.retire(function_name);
    }

    /// Kills everything that runs. What is invoked after this fails.
    pub(crate) async fn shutdown(&self) {
        self.pool.shutdown().await;
    }
}
