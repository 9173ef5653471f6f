//! `url`: prints the function URL and nothing else, with one request.

use serde_json::json;

use super::context::Context;
use super::error::CommandError;
use crate::deployment::state::LiveUrl;

/// Prints the address for `$(provision url)`.
pub async fn run(context: &Context) -> Result<(), CommandError> {
    let found = context
        .aws
        .url(&context.names())
        .await
        .map_err(CommandError::Read)?;
    let Some(LiveUrl { url, settings: _ }) = found else {
        return Err(CommandError::NotDeployed {
            name: context.config.name.to_string(),
            region: context.config.region.to_string(),
        });
    };
    context
        .printer
        .result(&json!({ "url": url }), &url)
        .map_err(CommandError::Print)
}
