//! What a client did when the agent asked it to act: JSON as in Bedrock's API becomes the SDK's types.
//!
//! Read twice: by [`check`] before the stream, where a mistake is still a 400, and for the call.

use std::collections::HashMap;

use aws_sdk_bedrockagentruntime::error::BuildError;
use aws_sdk_bedrockagentruntime::types;
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::agent::ask::Ask;
use crate::client_json::{AtMost, AtMostEntries, Json, plain, sentence};
use crate::refusal::Refusal;

/// Bedrock's own limit.
pub const MOST_RESULTS: usize = 5;
/// The most bytes of all results: on their way to Bedrock they are held in several forms at a time.
const MOST_BYTES: usize = 1024 * 1024;
/// More kinds of content, and more images in one, than any action has.
const MOST_CONTENTS: usize = 16;

/// Bedrock's `InvocationResultMember`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum InvocationResult {
    ApiResult(ApiResult),
    FunctionResult(FunctionResult),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApiResult {
    action_group: String,
    agent_id: Option<String>,
    api_path: Option<String>,
    http_method: Option<String>,
    http_status_code: Option<i32>,
    #[serde(default, deserialize_with = "plain")]
    confirmation_state: Option<ConfirmationState>,
    #[serde(default, deserialize_with = "plain")]
    response_state: Option<ResponseState>,
    response_body: Option<AtMostEntries<ContentBody, MOST_CONTENTS>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FunctionResult {
    action_group: String,
    agent_id: Option<String>,
    function: Option<String>,
    #[serde(default, deserialize_with = "plain")]
    confirmation_state: Option<ConfirmationState>,
    #[serde(default, deserialize_with = "plain")]
    response_state: Option<ResponseState>,
    response_body: Option<AtMostEntries<ContentBody, MOST_CONTENTS>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ConfirmationState {
    Confirm,
    Deny,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ResponseState {
    Failure,
    Reprompt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentBody {
    body: Option<String>,
    #[serde(default)]
    images: AtMost<Image, MOST_CONTENTS>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    #[serde(deserialize_with = "plain")]
    format: ImageFormat,
    source: ImageSource,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ImageFormat {
    Png,
    Jpeg,
    Gif,
    Webp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageSource {
    /// Base64.
    bytes: String,
}

/// Refuses an answer to `returnControl` that Bedrock would refuse.
pub(super) fn check(ask: &Ask) -> Result<(), Refusal> {
    let Some(answer) = &ask.return_control else {
        return Ok(());
    };
    let malformed = |message| Refusal::new(400, "invalid_return_control", message);
    if ask.starts_session {
        let message = "`returnControl` belongs to the session in which the agent asked for it; \
                       send its `sessionId`";
        return Err(malformed(message.to_owned()));
    }
    if answer.invocation_id.is_empty() {
        let message = "`returnControl.invocationId` is empty; it is in the `returnControl` event";
        return Err(malformed(message.to_owned()));
    }
    let length: usize = answer.results.iter().map(|result| result.0.len()).sum();
    if length > MOST_BYTES {
        let message =
            format!("the results have {length} bytes together; at most {MOST_BYTES} are allowed");
        return Err(Refusal::new(413, "request_too_large", message));
    }
    read(&answer.results).map_err(malformed)?;
    Ok(())
}

/// Reads `returnControlInvocationResults`; the error is a sentence for the client.
pub(super) fn read(results: &[Json]) -> Result<Vec<types::InvocationResultMember>, String> {
    if !(1..=MOST_RESULTS).contains(&results.len()) {
        let count = results.len();
        return Err(format!(
            "`returnControl.results` has {count} results; 1 to {MOST_RESULTS} are allowed"
        ));
    }
    let read = results.iter().enumerate().map(|(index, result)| {
        serde_json::from_str::<InvocationResult>(&result.0)
            .map_err(|error| sentence(&error))
            .and_then(member)
            .map_err(|error| {
                format!("`returnControl.results[{index}]` is not as expected: {error}")
            })
    });
    read.collect()
}

fn member(result: InvocationResult) -> Result<types::InvocationResultMember, String> {
    // Can't happen: the members that the builders require are there.
    let incomplete = |error: BuildError| error.to_string();
    match result {
        InvocationResult::ApiResult(result) => types::ApiResult::builder()
            .action_group(result.action_group)
            .set_agent_id(result.agent_id)
            .set_api_path(result.api_path)
            .set_http_method(result.http_method)
            .set_http_status_code(result.http_status_code)
            .set_confirmation_state(result.confirmation_state.map(Into::into))
            .set_response_state(result.response_state.map(Into::into))
            .set_response_body(result.response_body.map(bodies).transpose()?)
            .build()
            .map(types::InvocationResultMember::ApiResult)
            .map_err(incomplete),
        InvocationResult::FunctionResult(result) => types::FunctionResult::builder()
            .action_group(result.action_group)
            .set_agent_id(result.agent_id)
            .set_function(result.function)
            .set_confirmation_state(result.confirmation_state.map(Into::into))
            .set_response_state(result.response_state.map(Into::into))
            .set_response_body(result.response_body.map(bodies).transpose()?)
            .build()
            .map(types::InvocationResultMember::FunctionResult)
            .map_err(incomplete),
    }
}

fn bodies(
    bodies: AtMostEntries<ContentBody, MOST_CONTENTS>,
) -> Result<HashMap<String, types::ContentBody>, String> {
    let bodies = bodies.0.into_iter().map(|(kind, content)| {
        let images = content.images.0.into_iter().map(image);
        let images = images.collect::<Result<Vec<_>, _>>()?;
        let body = types::ContentBody::builder()
            .set_body(content.body)
            .set_images(Some(images).filter(|images| !images.is_empty()))
            .build();
        Ok((kind, body))
    });
    bodies.collect()
}

fn image(image: Image) -> Result<types::ImageInput, String> {
    let bytes = STANDARD
        .decode(image.source.bytes)
        .map_err(|_| "the `bytes` of an image are not base64")?;
    types::ImageInput::builder()
        .format(match image.format {
            ImageFormat::Png => types::ImageInputFormat::Png,
            ImageFormat::Jpeg => types::ImageInputFormat::Jpeg,
            ImageFormat::Gif => types::ImageInputFormat::Gif,
            ImageFormat::Webp => types::ImageInputFormat::Webp,
        })
        .source(types::ImageInputSource::Bytes(Blob::new(bytes)))
        .build()
        .map_err(|error| error.to_string())
}

impl From<ConfirmationState> for types::ConfirmationState {
    fn from(state: ConfirmationState) -> Self {
        match state {
            ConfirmationState::Confirm => Self::Confirm,
            ConfirmationState::Deny => Self::Deny,
        }
    }
}

impl From<ResponseState> for types::ResponseState {
    fn from(state: ResponseState) -> Self {
        match state {
            ResponseState::Failure => Self::Failure,
            ResponseState::Reprompt => Self::Reprompt,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::agent::ask::ReturnControl;
    use crate::agent::json::Json;

    #[test]
    fn whole_results_reach_bedrock_as_they_were_sent() {
        let results = [
            json!({"functionResult": {
                "actionGroup": "weather", "agentId": "A", "function": "forecast",
                "confirmationState": "CONFIRM", "responseState": "REPROMPT",
                "responseBody": {"TEXT": {"body": "晴れ"}},
            }}),
            json!({"apiResult": {
                "actionGroup": "orders", "agentId": "A", "apiPath": "/orders",
                "httpMethod": "GET", "httpStatusCode": 200,
                "confirmationState": "DENY", "responseState": "FAILURE",
                "responseBody": {"IMAGES": {"images": [
                    {"format": "png", "source": {"bytes": "AQID"}},
                ]}},
            }}),
        ];

        let read = read(&results.clone().map(|it| Json(it.to_string()))).unwrap();

        let sent: Vec<_> = read.iter().map(Json::json).collect();
        assert_eq!(sent, results);
    }

    #[test]
    fn an_answer_that_bedrock_would_refuse_is_refused_before_the_stream() {
        let result = || json!({"functionResult": {"actionGroup": "g", "function": "f"}});
        let ask = |starts_session, id: &str, results: Vec<Value>| Ask {
            starts_session,
            return_control: Some(ReturnControl {
                invocation_id: id.to_owned(),
                results: results
                    .iter()
                    .map(|it: &Value| Json(it.to_string()))
                    .collect(),
            }),
            ..Ask::default()
        };

        assert_eq!(check(&ask(false, "i", vec![result()])), Ok(()));
        assert_eq!(check(&Ask::default()), Ok(()), "there is no answer");
        for (ask, mistake) in [
            (ask(true, "i", vec![result()]), "sessionId"),
            (ask(false, "", vec![result()]), "invocationId"),
            (ask(false, "i", vec![]), "1 to 5"),
            (
                ask(false, "i", vec![json!({"functionResult": {}})]),
                "results[0]` is not as expected: missing field `actionGroup`",
            ),
        ] {
            let refusal = check(&ask).unwrap_err();
            assert_eq!(
                (refusal.status, refusal.code),
                (400, "invalid_return_control")
            );
            assert!(refusal.message.contains(mistake), "{}", refusal.message);
        }
    }

    #[test]
    fn a_malformed_result_is_named_with_its_mistake() {
        let function = |more: Value| {
            let mut result = json!({"functionResult": {"actionGroup": "g"}});
            let members = result["functionResult"].as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            vec![result]
        };
        for (results, mistake) in [
            (vec![], "has 0 results; 1 to 5 are allowed"),
            (vec![json!({}); 6], "has 6 results; 1 to 5 are allowed"),
            (vec![json!("text")], "unknown variant `text`"),
            (vec![json!({})], "results[0]` is not as expected"),
            (
                vec![json!({"functionResult": {"function": "f"}})],
                "missing field `actionGroup`",
            ),
            (
                vec![json!({"toolResult": {}})],
                "unknown variant `toolResult`, expected `apiResult` or `functionResult`",
            ),
            (function(json!({"colour": 1})), "unknown field `colour`"),
            (
                function(json!({"confirmationState": "MAYBE"})),
                "unknown variant `MAYBE`, expected `CONFIRM` or `DENY`",
            ),
            (
                function(json!({"responseBody": {"TEXT": "plain"}})),
                "expected struct ContentBody",
            ),
            (
                function(json!({"responseBody": {"IMAGES": {"images": [
                    {"format": "png", "source": {"bytes": "%"}},
                ]}}})),
                "not base64",
            ),
        ] {
            let results: Vec<_> = results.iter().map(|it| Json(it.to_string())).collect();
            let error = read(&results).unwrap_err();
            assert!(error.contains(mistake), "{error}");
        }
    }
}
