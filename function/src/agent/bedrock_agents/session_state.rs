//! What an agent gets besides the question: attributes, and what a client did.

use aws_sdk_bedrockagentruntime::types::SessionState;

use super::return_control;
use crate::agent::ask::Ask;
use crate::agent::failure::{AgentError, Failure};

/// What belongs into Bedrock's session state but for what may be [long](super::long_state).
pub(super) fn session_state(ask: &Ask) -> Result<SessionState, AgentError> {
    let mut attributes = ask.session_attributes.clone();
    // Last, so that nothing a client sends takes its place.
    if let Some(caller) = &ask.caller {
        let attributes = attributes.get_or_insert_default();
        attributes.extend(caller.attributes.clone());
    }
    let state = SessionState::builder()
        .set_session_attributes(attributes)
        .set_prompt_session_attributes(ask.prompt_session_attributes.clone());
    if let Some(answer) = &ask.return_control {
        // `return_control::check` has read them before the stream began.
        let results = return_control::read(&answer.results).map_err(|_| Failure::Rejected)?;
        return Ok(state
            .invocation_id(&answer.invocation_id)
            .set_return_control_invocation_results(Some(results))
            .build());
    }
    Ok(state.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::ask::ReturnControl;
    use crate::client_json::Json;

    #[test]
    fn what_a_client_did_comes_with_the_id_of_the_invocation() {
        let ask = Ask {
            return_control: Some(ReturnControl {
                invocation_id: "i-1".to_owned(),
                results: [Json(
                    r#"{"functionResult": {"actionGroup": "g"}}"#.to_owned(),
                )]
                .into(),
            }),
            ..Ask::default()
        };

        let state = session_state(&ask).unwrap();

        assert_eq!(state.invocation_id(), Some("i-1"));
        assert_eq!(state.return_control_invocation_results().len(), 1);
    }
}
