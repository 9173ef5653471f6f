//! Runs one version of the function, past alias and URL, to see whether it works before anybody
//! reaches it.

use aws_sdk_lambda::primitives::Blob;

use super::{Aws, AwsError, patience};

/// What an invocation led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invoked {
    /// The function failed, instead of answering.
    pub(crate) failed: bool,
    pub(crate) payload: Vec<u8>,
}

impl Aws {
    /// Gives `event` to `version` and waits for the whole answer.
    pub(crate) async fn invoke(
        &self,
        function: &str,
        version: &str,
        event: &serde_json::Value,
    ) -> Result<Invoked, AwsError> {
        let request = self
            .lambda
            .invoke()
            .function_name(function)
            .qualifier(version)
            .payload(Blob::new(event.to_string()));
        let answer = Box::pin(patience::send(async || {
            request.clone().send().await.map_err(|error| {
                let resource = format!("version {version} of function `{function}`");
                AwsError::new("lambda:InvokeFunction", resource, &error)
            })
        }))
        .await?;
        Ok(Invoked {
            failed: answer.function_error().is_some(),
            payload: answer.payload.map(Blob::into_inner).unwrap_or_default(),
        })
    }
}
