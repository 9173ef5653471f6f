//! The rules of single members, with AWS's own words for breaking them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::wire::api_error::ApiError;

const ROLE_PATTERN: &str = r"satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";
const ENVIRONMENT_LIMIT: usize = 4096;

const RUNTIMES: [&str; 25] = [
    "nodejs20.x",
    "python3.14",
    "provided.al2023",
    "python3.12",
    "python3.13",
    "nodejs24.x",
    "nodejs22.x",
    "java25",
    "python3.10",
    "python3.11",
    "java21",
    "ruby3.3",
    "ruby3.4",
    "ruby3.2",
    "python3.8",
    "python3.9",
    "java17",
    "nodejs16.x",
    "dotnet10",
    "dotnet8",
    "java11",
    "dotnet6",
    "nodejs18.x",
    "provided.al2",
    "java8.al2",
];

/// Set by Lambda itself: a function's owner cannot.
const RESERVED_VARIABLES: [&str; 19] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "AWS_LAMBDA_MAX_CONCURRENCY",
];

pub(super) fn check_length(text: &str, member: &str, longest: usize) -> Result<(), ApiError> {
    if text.chars().count() > longest {
        let rule = format!("have length less than or equal to {longest}");
        return Err(ApiError::constraint(text, member, rule));
    }
    Ok(())
}

pub(super) fn check_range(
    number: u32,
    member: &str,
    range: RangeInclusive<u32>,
) -> Result<(), ApiError> {
    let rule = if number < *range.start() {
        format!("have value greater than or equal to {}", range.start())
    } else if number > *range.end() {
        format!("have value less than or equal to {}", range.end())
    } else {
        return Ok(());
    };
    Err(ApiError::constraint(number, member, rule))
}

pub(super) fn check_handler(handler: &str) -> Result<(), ApiError> {
    check_length(handler, "handler", 128)?;
    if handler.contains(char::is_whitespace) {
        let rule = r"satisfy regular expression pattern: [^\s]+";
        return Err(ApiError::constraint(handler, "handler", rule));
    }
    Ok(())
}

pub(super) fn check_role(role: &str) -> Result<(), ApiError> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-/".contains(letter);
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    let fits = matches!(
        parts[..],
        ["arn", partition, "iam", "", account, resource]
            if partition.starts_with("aws")
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && resource
                    .strip_prefix("role")
                    .is_some_and(|name| !name.is_empty() && name.chars().all(allowed))
    );
    if fits {
        Ok(())
    } else {
        Err(ApiError::constraint(role, "role", ROLE_PATTERN))
    }
}

/// Only the runtimes that bring their own `bootstrap` can run here.
pub(super) fn check_runtime(runtime: &str) -> Result<(), ApiError> {
    if !RUNTIMES.contains(&runtime) {
        return Err(ApiError::invalid_parameter_value(format!(
            "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum \
             value set: [{}] or be a valid ARN",
            RUNTIMES.join(", ")
        )));
    }
    if runtime.starts_with("provided.") {
        Ok(())
    } else {
        Err(ApiError::not_emulated(format!("the runtime {runtime}")))
    }
}

pub(super) fn check_environment(variables: &BTreeMap<String, String>) -> Result<(), ApiError> {
    for name in variables.keys() {
        let mut letters = name.chars();
        let fits = letters.next().is_some_and(|it| it.is_ascii_alphabetic())
            && name.len() > 1
            && letters.all(|it| it.is_ascii_alphanumeric() || it == '_');
        if !fits && !RESERVED_VARIABLES.contains(&name.as_str()) {
            let value = format!("{{{name}=***}}");
            let rule = "satisfy constraint: [Member must satisfy regular expression pattern: \
                        [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]";
            return Err(ApiError::constraint(value, "environment.variables", rule));
        }
    }
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED_VARIABLES.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(ApiError::invalid_parameter_value(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    // AWS repeats the whole environment in this message; it may hold secrets, so we do not.
    let measured: usize = serde_json::to_string(variables).map_or(0, |text| text.len());
    if measured > ENVIRONMENT_LIMIT {
        return Err(ApiError::invalid_parameter_value(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {measured} bytes"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_inclusive() {
        assert_eq!(check_range(128, "memorySize", 128..=10_240), Ok(()));
        assert_eq!(check_range(10_240, "memorySize", 128..=10_240), Ok(()));
        assert_eq!(
            check_range(10_241, "memorySize", 128..=10_240)
                .unwrap_err()
                .message,
            "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy \
             constraint: Member must have value less than or equal to 10240"
        );
        assert_eq!(
            check_range(127, "memorySize", 128..=10_240)
                .unwrap_err()
                .message,
            "1 validation error detected: Value '127' at 'memorySize' failed to satisfy \
             constraint: Member must have value greater than or equal to 128"
        );
    }

    #[test]
    fn reserved_variables_are_named() {
        let variables = ["AWS_REGION", "MINE", "_HANDLER"]
            .map(|name| (name.to_owned(), String::new()))
            .into();

        assert!(
            check_environment(&variables)
                .unwrap_err()
                .message
                .ends_with("Reserved keys used in this request: AWS_REGION, _HANDLER")
        );
    }

    #[test]
    fn an_environment_fits_into_4_kb() {
        // {"KEY":"..."} is 10 characters around the value.
        let environment = |length: usize| [("KEY".to_owned(), "x".repeat(length))].into();

        assert_eq!(check_environment(&environment(4096 - 10)), Ok(()));
        assert!(check_environment(&environment(4096 - 9)).is_err());
    }

    #[test]
    fn role_arns() {
        assert_eq!(
            check_role("arn:aws:iam::123456789012:role/magi-role"),
            Ok(())
        );
        assert_eq!(check_role("arn:aws:iam::123456789012:role/a/b"), Ok(()));
        for role in [
            "r1",
            "arn:aws:iam::1:role/a",
            "arn:aws:iam::123456789012:user/a",
        ] {
            assert_eq!(check_role(role).unwrap_err().code, "ValidationException");
        }
    }
}
