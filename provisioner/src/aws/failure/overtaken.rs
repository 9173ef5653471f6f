//! Whether somebody else was faster.

use super::AwsError;

/// What AWS refuses with, or a part of it, where it is not as the request takes it to be.
const REFUSALS: [&str; 5] = [
    "PreconditionFailed",
    "AlreadyExists",
    "ResourceConflict",
    "OperationAborted",
    "ConcurrentModification",
];

impl AwsError {
    /// What AWS answers, or what we find, when another run comes in between. An update that has been in
    /// progress all the time is nobody else's doing.
    pub(crate) fn is_overtaken(&self) -> bool {
        let code = self.code().unwrap_or_default();
        matches!(self, Self::Overtaken { .. })
            || !self.is_update_in_progress()
                && REFUSALS.iter().any(|refusal| code.contains(refusal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::failure::answer::Answer;

    fn refused(code: &str, message: &str) -> AwsError {
        AwsError::Refused {
            operation: "lambda:UpdateFunctionCode",
            resource: "function `magi`".to_owned(),
            answer: Answer {
                code: code.to_owned(),
                message: message.to_owned(),
                request_id: None,
            },
        }
    }

    #[test]
    fn another_run_shows_by_what_is_not_as_it_was() {
        let function = "magi".to_owned();
        for error in [
            AwsError::Overtaken { function },
            refused(
                "PreconditionFailedException",
                "The RevisionId does not match",
            ),
            refused("ResourceConflictException", "Function already exist: magi"),
            refused(
                "EntityAlreadyExists",
                "Role with name magi-role already exists.",
            ),
        ] {
            assert!(error.is_overtaken(), "{error:?}");
        }
    }

    #[test]
    fn an_update_that_never_ends_is_no_other_run() {
        let busy = "The operation cannot be performed at this time. An update is in progress for resource: x";
        for error in [
            refused("ResourceConflictException", busy),
            refused("AccessDeniedException", "no"),
        ] {
            assert!(!error.is_overtaken(), "{error:?}");
        }
    }
}
