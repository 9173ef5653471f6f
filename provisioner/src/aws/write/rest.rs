//! Waits until a function is at rest: nothing pending, no update in progress.

use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, LastUpdateStatusReasonCode, State, StateReasonCode};
use tokio::time::{Instant, sleep};

use crate::aws::AwsError;
use crate::aws::patience::pauses;
use crate::aws::settings::Settings;
use crate::deployment::digest::ContentDigest;
use crate::deployment::state::LiveFunction;
use crate::terminal::redact::redacted;

const LATEST: &str = "$LATEST";
/// Lambda is usually done in a second or two.
const LIMIT: Duration = Duration::from_mins(5);

/// What `$LATEST` holds as far as this run knows: what it found, then what it made of it. A function
/// that holds anything else has been changed by somebody else meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Latest(Option<ContentDigest>);

impl Latest {
    /// A function as it was found; `None` is one that is not there.
    pub(crate) fn found(function: Option<&LiveFunction>) -> Self {
        Self(function.map(|it| ContentDigest::of(&it.configuration, &it.code)))
    }

    /// What it holds, if anything is known.
    pub(crate) fn content(&self) -> Option<&ContentDigest> {
        self.0.as_ref()
    }

    pub(super) fn is_now(&mut self, settings: &Settings<'_>) {
        self.0 = Some(settings.digest());
    }

    /// The revision to send along, if the function is as it should be.
    fn revision(
        &self,
        name: &str,
        answer: GetFunctionConfigurationOutput,
    ) -> Result<Option<String>, AwsError> {
        let holds = Settings::of_version(&answer).digest();
        if self.0.as_ref().is_some_and(|known| *known != holds) {
            let function = name.to_owned();
            return Err(AwsError::Overtaken { function });
        }
        Ok(answer.revision_id)
    }
}

/// Waits before a change; returns the revision to send along. What failed before may be what the
/// change repairs.
pub(super) async fn before_change(
    lambda: &Client,
    name: &str,
    latest: &Latest,
) -> Result<Option<String>, AwsError> {
    latest.revision(name, wait(lambda, name, LATEST).await?)
}

/// Waits for a change to be done, and fails with AWS's reason if it was not. Returns the revision
/// that it led to.
pub(super) async fn after_change(
    lambda: &Client,
    name: &str,
    latest: &Latest,
) -> Result<Option<String>, AwsError> {
    latest.revision(name, sound(lambda, name, LATEST).await?)
}

/// Waits until a version can answer.
pub(super) async fn version(lambda: &Client, name: &str, version: &str) -> Result<(), AwsError> {
    sound(lambda, name, version).await.map(drop)
}

async fn sound(
    lambda: &Client,
    name: &str,
    version: &str,
) -> Result<GetFunctionConfigurationOutput, AwsError> {
    let answer = wait(lambda, name, version).await?;
    match failure(&answer) {
        Some((code, reason)) => Err(AwsError::NeverReady {
            resource: function(name),
            code,
            reason,
        }),
        None => Ok(answer),
    }
}

/// Asks at once and then every 0.3 to 1 s.
///
/// `version` is `$LATEST` or a number: an alias would show the version that callers see, which is at
/// rest all the time.
async fn wait(
    lambda: &Client,
    name: &str,
    version: &str,
) -> Result<GetFunctionConfigurationOutput, AwsError> {
    let started = Instant::now();
    let qualifier = (version != LATEST).then(|| version.to_owned());
    let request = lambda
        .get_function_configuration()
        .function_name(name)
        .set_qualifier(qualifier);
    let mut pauses = pauses();
    loop {
        let answer = request.clone().send().await.map_err(|error| {
            AwsError::new("lambda:GetFunctionConfiguration", function(name), &error)
        })?;
        if is_at_rest(answer.state(), answer.last_update_status()) {
            return Ok(answer);
        }
        let pause = pauses.next().unwrap_or_default();
        if started.elapsed() + pause > LIMIT {
            let state = answer.state().map_or("unknown", State::as_str);
            let update = answer
                .last_update_status()
                .map_or("none", LastUpdateStatus::as_str);
            return Err(AwsError::StillBusy {
                resource: function(name),
                waited: started.elapsed(),
                last: format!("state {state}, last update {update}"),
            });
        }
        sleep(pause).await;
    }
}

/// Whether the next change may be sent. Absent means done: answers about versions leave it out.
pub(super) fn is_at_rest(state: Option<&State>, update: Option<&LastUpdateStatus>) -> bool {
    state != Some(&State::Pending) && update != Some(&LastUpdateStatus::InProgress)
}

/// AWS's code and its reason.
fn failure(answer: &GetFunctionConfigurationOutput) -> Option<(String, String)> {
    let (code, reason) = if answer.state() == Some(&State::Failed) {
        (
            answer.state_reason_code().map(StateReasonCode::as_str),
            answer.state_reason(),
        )
    } else if answer.last_update_status() == Some(&LastUpdateStatus::Failed) {
        let code = answer
            .last_update_status_reason_code()
            .map(LastUpdateStatusReasonCode::as_str);
        (code, answer.last_update_status_reason())
    } else {
        return None;
    };
    Some((
        code.unwrap_or("no code").to_owned(),
        redacted(reason.unwrap_or("no reason given")),
    ))
}

/// The function, for messages.
pub(super) fn function(name: &str) -> String {
    format!("function `{name}`")
}
