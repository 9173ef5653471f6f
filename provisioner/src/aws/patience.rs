//! Waiting for AWS to agree with itself: a fresh role that Lambda cannot assume yet, an update that
//! is still in progress. Nothing else is repeated here; lost packets and throttling are the SDK's job.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::failure::AwsError;

/// How long a fresh role may take to be known everywhere.
const ROLE_LIMIT: Duration = Duration::from_mins(2);
/// How long another operation on the function may take.
const UPDATE_LIMIT: Duration = Duration::from_mins(5);

/// The pauses between attempts: short at first, because most waits are short.
pub(crate) fn pauses() -> impl Iterator<Item = Duration> {
    let growing = [300, 450, 700].map(Duration::from_millis);
    growing
        .into_iter()
        .chain(std::iter::repeat(Duration::from_secs(1)))
}

/// Sends until AWS accepts, or refuses for a reason that does not pass.
pub(super) async fn send<T>(
    mut request: impl AsyncFnMut() -> Result<T, AwsError>,
) -> Result<T, AwsError> {
    let started = Instant::now();
    let mut pauses = pauses();
    loop {
        let error = match request().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let limit = if error.is_role_not_assumable_yet() {
            ROLE_LIMIT
        } else if error.is_update_in_progress() {
            UPDATE_LIMIT
        } else {
            return Err(error);
        };
        let pause = pauses.next().unwrap_or_default();
        if started.elapsed() + pause > limit {
            return Err(error);
        }
        sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::failure::answer::Answer;

    fn refused(code: &str, message: &str) -> AwsError {
        AwsError::Refused {
            operation: "lambda:CreateFunction",
            resource: "function `magi`".to_owned(),
            answer: Answer {
                code: code.to_owned(),
                message: message.to_owned(),
                request_id: None,
            },
        }
    }

    fn not_assumable() -> AwsError {
        refused(
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_role_is_waited_for() {
        let mut refusals = 20;
        let result = send(async || {
            refusals -= 1;
            if refusals > 0 {
                Err(not_assumable())
            } else {
                Ok(())
            }
        })
        .await;

        assert!(result.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_is_known_after_twenty_seconds_is_waited_for() {
        let started = Instant::now();
        let known_after = Duration::from_secs(20);
        let result = send(async || {
            if started.elapsed() < known_after {
                Err(not_assumable())
            } else {
                Ok(())
            }
        })
        .await;

        assert!(result.is_ok());
        let waited = started.elapsed().as_secs();
        assert!((20..=21).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_never_works_is_given_up_after_two_minutes() {
        let started = Instant::now();
        let error = send(async || Err::<(), _>(not_assumable()))
            .await
            .unwrap_err();

        assert_eq!(error.code(), Some("InvalidParameterValueException"));
        let waited = started.elapsed().as_secs();
        assert!((118..=120).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_update_in_progress_is_waited_for_but_a_duplicate_is_not() {
        let busy = "The operation cannot be performed at this time. An update is in progress for resource: x";
        for (message, expected) in [(busy, 3), ("Function already exist: magi", 1)] {
            let mut calls = 0;
            drop(
                send(async || {
                    calls += 1;
                    let error = refused("ResourceConflictException", message);
                    if calls < 3 { Err(error) } else { Ok(()) }
                })
                .await,
            );
            assert_eq!(calls, expected, "{message}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn other_refusals_are_final() {
        let mut calls = 0;
        drop(
            send(async || {
                calls += 1;
                Err::<(), _>(refused("AccessDeniedException", "no"))
            })
            .await,
        );
        assert_eq!(calls, 1);
    }
}
