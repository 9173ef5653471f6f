//! What an agent gets besides the question: attributes, the conversation so far, what a client did.

use aws_sdk_bedrockagentruntime::error::BuildError;
use aws_sdk_bedrockagentruntime::types::{
    ContentBlock, ConversationHistory, ConversationRole, Message, SessionState,
};

use super::return_control;
use crate::agent::ask::{Ask, Role, Turn};
use crate::agent::failure::{AgentError, Failure};
use crate::agent::turns::alternating;

/// Moves what belongs into Bedrock's session state out of `ask`.
pub(super) fn session_state(ask: &mut Ask) -> Result<SessionState, AgentError> {
    let mut attributes = ask.session_attributes.take();
    // Last, so that nothing a client sends takes its place.
    if let Some(caller) = ask.caller.take() {
        attributes.get_or_insert_default().extend(caller.attributes);
    }
    let mut state = SessionState::builder()
        .set_session_attributes(attributes)
        .set_prompt_session_attributes(ask.prompt_session_attributes.take());
    let turns = std::mem::take(&mut ask.history);
    if let Some(answer) = ask.return_control.take() {
        // `return_control::check` has read them before the stream began.
        let results = return_control::read(&answer.results).map_err(|_| Failure::Rejected)?;
        return Ok(state
            .invocation_id(answer.invocation_id)
            .set_return_control_invocation_results(Some(results))
            .build());
    }
    // A session that goes on has its history already, and would hold it twice.
    if ask.starts_session {
        let history = history(turns).map_err(|_| Failure::Internal)?;
        state = state.set_conversation_history(history);
    }
    Ok(state.build())
}

/// The texts of the history; its files belong to the session.
fn history(turns: Vec<Turn>) -> Result<Option<ConversationHistory>, BuildError> {
    let texts = turns.into_iter().map(|turn| Turn {
        files: Vec::new(),
        ..turn
    });
    let said = alternating(texts);
    if said.is_empty() {
        return Ok(None);
    }
    let messages = said.into_iter().map(|turn| {
        Message::builder()
            .role(match turn.role {
                Role::User => ConversationRole::User,
                Role::Assistant => ConversationRole::Assistant,
            })
            .content(ContentBlock::Text(turn.text))
            .build()
    });
    let history = ConversationHistory::builder()
        .set_messages(Some(messages.collect::<Result<_, _>>()?))
        .build();
    Ok(Some(history))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::ask::ReturnControl;
    use crate::client_json::Json;

    fn turn(role: Role, text: &str) -> Turn {
        Turn {
            role,
            text: text.to_owned(),
            files: Vec::new(),
        }
    }

    fn ask(starts_session: bool) -> Ask {
        Ask {
            starts_session,
            history: vec![
                turn(Role::Assistant, "いらっしゃい"),
                turn(Role::User, "一"),
                turn(Role::User, "二"),
                turn(Role::Assistant, " "),
                turn(Role::Assistant, "三"),
            ],
            ..Ask::default()
        }
    }

    fn told(state: &SessionState) -> Vec<(String, String)> {
        let history = state.conversation_history();
        let messages = history.map(ConversationHistory::messages);
        messages
            .unwrap_or_default()
            .iter()
            .map(|message| {
                let text = message.content()[0].as_text().unwrap().clone();
                (message.role().as_str().to_owned(), text)
            })
            .collect()
    }

    #[test]
    fn a_new_session_learns_what_was_said_before_in_turns() {
        let state = session_state(&mut ask(true)).unwrap();

        let expected = [("user", "一\n\n二"), ("assistant", "三")];
        assert_eq!(
            told(&state),
            expected.map(|(role, text)| (role.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn a_session_that_goes_on_is_not_told_its_own_words() {
        let state = session_state(&mut ask(false)).unwrap();

        assert_eq!(state.conversation_history(), None);
    }

    #[test]
    fn what_a_client_did_comes_with_the_id_of_the_invocation() {
        let mut ask = Ask {
            return_control: Some(ReturnControl {
                invocation_id: "i-1".to_owned(),
                results: [Json(
                    r#"{"functionResult": {"actionGroup": "g"}}"#.to_owned(),
                )]
                .into(),
            }),
            ..ask(true)
        };

        let state = session_state(&mut ask).unwrap();

        assert_eq!(state.invocation_id(), Some("i-1"));
        assert_eq!(state.return_control_invocation_results().len(), 1);
        assert_eq!(state.conversation_history(), None);
    }
}
