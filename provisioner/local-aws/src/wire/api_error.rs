//! An error as AWS would answer it. Operations choose code, status and text; the protocol of the
//! service (REST-JSON, JSON 1.1, query) decides what it looks like on the wire.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// What an operation answers instead of a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Lambda spells the member of some errors `Message`, of most `message`.
    member: MessageMember,
    /// Lambda adds `"Type": "User"` to all but the errors of its shape validation.
    typed: bool,
    /// Only throttling answers carry one.
    pub(crate) reason: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MessageMember {
    Lower,
    Upper,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            member: MessageMember::Lower,
            typed: true,
            reason: None,
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The loud answer to everything this local AWS does not do.
    pub(crate) fn not_emulated(what: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            "NotEmulated",
            format!("The local AWS does not emulate {what}"),
        )
    }

    pub(crate) fn resource_not_found(message: impl Into<String>) -> Self {
        Self {
            member: MessageMember::Upper,
            ..Self::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
        }
    }

    pub(crate) fn resource_conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ResourceConflictException", message)
    }

    pub(crate) fn precondition_failed(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "PreconditionFailedException",
            message,
        )
    }

    pub(crate) fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::bad_request("InvalidParameterValueException", message)
    }

    /// Lambda's answer to a member that breaks its model: which one, with what value, and the rule.
    pub(crate) fn constraint(
        value: impl std::fmt::Display,
        member: &str,
        rule: impl std::fmt::Display,
    ) -> Self {
        Self {
            typed: false,
            ..Self::bad_request("ValidationException", constraint(value, member, rule))
        }
    }

    /// The same for a member that is not there.
    pub(crate) fn missing(member: &str) -> Self {
        Self {
            typed: false,
            ..Self::bad_request(
                "ValidationException",
                format!(
                    "1 validation error detected: Value null at '{member}' failed to satisfy \
                     constraint: Member must not be null"
                ),
            )
        }
    }

    pub(crate) fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            typed: false,
            ..Self::new(StatusCode::FORBIDDEN, code, message)
        }
    }

    /// Lambda's and Bedrock's words for what the caller's policies do not allow.
    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self {
            member: MessageMember::Upper,
            ..Self::forbidden("AccessDeniedException", message)
        }
    }

    pub(crate) fn too_large(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            typed: code == "RequestTooLargeException",
            ..Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, message)
        }
    }

    /// A function's reserved concurrency is used up.
    pub(crate) fn throttled() -> Self {
        Self {
            reason: Some("ReservedFunctionConcurrentInvocationLimitExceeded"),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequestsException",
                "Rate Exceeded.",
            )
        }
    }

    /// The body in Lambda's REST-JSON; the code goes into a header.
    pub(crate) fn rest_json(&self) -> Value {
        let mut body = json!({});
        if self.typed {
            body["Type"] = json!("User");
        }
        if let Some(reason) = self.reason {
            body["Reason"] = json!(reason);
        }
        let member = match self.member {
            MessageMember::Lower => "message",
            MessageMember::Upper => "Message",
        };
        body[member] = json!(self.message);
        body
    }

    /// The body in JSON 1.1.
    pub(crate) fn json_1_1(&self) -> Value {
        json!({ "__type": self.code, "message": self.message })
    }

    /// Whose fault the query protocol says it is.
    pub(crate) fn fault(&self) -> &'static str {
        if self.status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        }
    }
}

/// The sentence AWS builds for a member that breaks a rule of the model.
pub(crate) fn constraint(
    value: impl std::fmt::Display,
    member: &str,
    rule: impl std::fmt::Display,
) -> String {
    format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: \
         Member must {rule}"
    )
}

/// Decodes a JSON request. An unknown member is refused by its name: AWS would have acted on it.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(
    operation: &str,
    body: &[u8],
) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| undecoded(operation, &error))
}

/// The same for members that are parsed already.
pub(crate) fn decode_members<T: serde::de::DeserializeOwned>(
    operation: &str,
    members: Map<String, Value>,
) -> Result<T, ApiError> {
    T::deserialize(members).map_err(|error| undecoded(operation, &error))
}

fn undecoded(operation: &str, error: &serde_json::Error) -> ApiError {
    let error = error.to_string();
    match unknown_member(&error) {
        Some(member) => ApiError::not_emulated(format!("`{member}` of {operation}")),
        None => ApiError::bad_request("SerializationException", error),
    }
}

/// The member that serde's `deny_unknown_fields` has refused.
fn unknown_member(error: &str) -> Option<&str> {
    error.strip_prefix("unknown field `")?.split('`').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct Input {
        #[expect(dead_code, reason = "only decoded")]
        name: String,
    }

    #[test]
    fn an_unknown_member_is_refused_by_name() {
        let error = decode::<Input>("CreateThing", br#"{"Name":"a","VpcConfig":{}}"#).unwrap_err();

        assert_eq!(error.code, "NotEmulated");
        assert_eq!(
            error.message,
            "The local AWS does not emulate `VpcConfig` of CreateThing"
        );
    }

    #[test]
    fn broken_json_is_the_clients_fault() {
        let error = decode::<Input>("CreateThing", b"{").unwrap_err();

        assert_eq!(error.code, "SerializationException");
    }

    #[test]
    fn lambda_spells_the_message_as_aws_does() {
        assert_eq!(
            ApiError::resource_not_found("gone").rest_json(),
            json!({"Type": "User", "Message": "gone"})
        );
        assert_eq!(
            ApiError::resource_conflict("busy").rest_json(),
            json!({"Type": "User", "message": "busy"})
        );
        assert_eq!(
            ApiError::constraint("x", "name", "not be x").rest_json(),
            json!({"message": "1 validation error detected: Value 'x' at 'name' failed to satisfy \
                constraint: Member must not be x"})
        );
    }
}
