//! Plays one answer: turns the steps of a script into the messages of a stream, in time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine as _;
use bytes::Bytes;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Agents;
use super::call::Call;
use super::members;
use super::traces::{self, ModelCall, Source};
use super::wire::{Gone, Wire};
use crate::local::event_stream::{write_event, write_exception};
use crate::local::scenario::{Agent, Cite, LONGEST_CHUNK, Step, Think};

/// A question is quoted no longer than this where a text has `{question}`.
const LONGEST_QUOTE: usize = 40;
/// The last trace repeats the answer, but not a flood.
const LONGEST_FINAL_TRACE: usize = 100_000;

/// What Bedrock says to the end of a session.
const SESSION_ENDED: &str = "Session is terminated as 'endSession' flag is set in request.";

/// How a script can end before its last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// The client has left, or was left.
    Gone,
    /// An exception has ended the stream.
    Exception,
}

impl From<Gone> for Ended {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

#[derive(Debug)]
pub(super) struct Player {
    agents: Agents,
    call: Call,
    wire: Wire,
    clock: fn() -> SystemTime,
    /// All that the supervisor has said.
    said: Mutex<Vec<u8>>,
}

impl Player {
    pub(super) fn new(agents: Agents, call: Call, wire: Wire, clock: fn() -> SystemTime) -> Self {
        Self {
            agents,
            call,
            wire,
            clock,
            said: Mutex::default(),
        }
    }

    /// Plays the script from the given step on.
    pub(super) async fn play(self, first: usize) {
        let outcome = if self.call.end_session && self.call.question.is_empty() {
            self.say(SESSION_ENDED.into()).await.map_err(Ended::from)
        } else {
            let script = self.agents.scenario.script(self.call.topic());
            self.steps(script.get(first..).unwrap_or_default()).await
        };
        // A client who has left does not need the rest.
        let _ = match outcome {
            Ok(()) => self.finish().await,
            Err(Ended::Exception) => self.wire.flush().await,
            Err(Ended::Gone) => Ok(()),
        };
    }

    /// Boxed: branches are steps again.
    fn steps<'a>(
        &'a self,
        steps: &'a [Step],
    ) -> Pin<Box<dyn Future<Output = Result<(), Ended>> + Send + 'a>> {
        Box::pin(async move {
            for step in steps {
                self.step(step).await?;
            }
            Ok(())
        })
    }

    async fn step(&self, step: &Step) -> Result<(), Ended> {
        match step {
            Step::Wait(milliseconds) => self.wait(*milliseconds).await?,
            Step::Think(think) => self.think(think).await?,
            Step::Ask(ask) => {
                if let Some(collaborator) = self.agents.scenario.agent_named(&ask.agent) {
                    let text = self.quoting(&ask.text);
                    let input = traces::collaborator_input(&trace_id(), collaborator, &text);
                    self.trace(self.supervisor(), &input).await?;
                }
            }
            Step::Answer(answer) => {
                if let Some(collaborator) = self.agents.scenario.agent_named(&answer.agent) {
                    let text = self.quoting(&answer.text);
                    let theirs = traces::final_response(&trace_id(), &text);
                    self.trace(collaborator, &theirs).await?;
                    let observed = traces::collaborator_output(&trace_id(), collaborator, &text);
                    self.trace(self.supervisor(), &observed).await?;
                }
            }
            Step::Say(say) => {
                for piece in say.pieces(&self.quoting(&say.text)) {
                    self.say(piece.bytes).await?;
                    self.wait(piece.pause).await?;
                }
            }
            Step::Repeat(repeat) => {
                let piece = Bytes::copy_from_slice(repeat.text.as_bytes());
                for _ in 0..repeat.count {
                    self.say(piece.clone()).await?;
                }
            }
            Step::Fill(fill) => self.say(fill.piece()).await?,
            Step::Cite(cite) => self.cite(cite).await?,
            Step::Files(files) => self.event("files", &members::files(files)).await?,
            Step::ReturnControl(control) => {
                let payload = members::return_control(control, &Uuid::new_v4().to_string());
                self.event("returnControl", &payload).await?;
            }
            Step::Guardrail(guardrail) => {
                let trace = members::guardrail(&trace_id(), guardrail);
                self.trace_of(self.supervisor(), &trace).await?;
            }
            Step::Reason(reason) => {
                if let Some(agent) = self.agents.scenario.agent_named(&reason.agent) {
                    let thought = members::reasoning(&trace_id(), reason);
                    self.trace(agent, &thought).await?;
                }
            }
            Step::Use(using) => {
                if let Some(agent) = self.agents.scenario.agent_named(&using.agent) {
                    for step in members::tool(&trace_id(), &using.tool) {
                        self.trace(agent, &step).await?;
                    }
                }
            }
            Step::Parallel(branches) => {
                try_join_all(branches.iter().map(|branch| self.steps(branch))).await?;
            }
            Step::Exception(exception) => {
                let payload = json!({ "message": exception.message });
                self.wire
                    .write(|to| write_exception(&exception.name, &payload, to))
                    .await?;
                return Err(Ended::Exception);
            }
            Step::Close => {
                let reason = io::Error::other("the scenario closes the connection");
                self.wire.close(reason).await?;
            }
            Step::Stall => {
                self.wire.flush().await?;
                self.wire.gone().await;
                return Err(Ended::Gone);
            }
            // Comes before the stream, or not at all: the scenario has been checked.
            Step::Refuse(_) => {}
        }
        Ok(())
    }

    /// What was said gets out before it is waited.
    async fn wait(&self, milliseconds: u64) -> Result<(), Gone> {
        let duration = self.agents.wait(milliseconds);
        if duration.is_zero() {
            return Ok(());
        }
        self.wire.flush().await?;
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = self.wire.gone() => Err(Gone),
        }
    }

    async fn think(&self, think: &Think) -> Result<(), Gone> {
        let Some(agent) = self.agents.scenario.agent_named(&think.agent) else {
            return Ok(());
        };
        let id = trace_id();
        let begun = (self.clock)();
        let input = traces::model_invocation_input(&id, &self.call.question);
        self.trace(agent, &input).await?;
        self.wait(think.duration).await?;
        let call = ModelCall {
            id: &id,
            begun,
            ended: (self.clock)(),
            tokens: think.tokens,
        };
        let thought = self.quoting(think.rationale.as_deref().unwrap_or_default());
        let output = traces::model_invocation_output(&call, &thought);
        self.trace(agent, &output).await?;
        if think.rationale.is_some() {
            self.trace(agent, &traces::rationale(&id, &thought)).await?;
        }
        Ok(())
    }

    /// A part of the final answer. Without streaming it is kept for the end.
    async fn say(&self, piece: Bytes) -> Result<(), Gone> {
        let keep = !self.call.stream_final_response || self.call.enable_trace;
        if keep {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(&piece);
        }
        if self.call.stream_final_response {
            self.chunk(&piece).await?;
        }
        Ok(())
    }

    async fn chunk(&self, bytes: &[u8]) -> Result<(), Gone> {
        let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
        self.event("chunk", &json!({ "bytes": bytes })).await
    }

    /// Words with their sources are not put together with others, streamed or not.
    async fn cite(&self, cite: &Cite) -> Result<(), Gone> {
        let before = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let before = String::from_utf8_lossy(&said).chars().count();
            if self.call.stream_final_response {
                said.extend_from_slice(cite.text.as_bytes());
            }
            before
        };
        self.event("chunk", &members::cited(cite, before)).await
    }

    async fn event(&self, kind: &'static str, payload: &Value) -> Result<(), Gone> {
        self.wire.write(|to| write_event(kind, payload, to)).await
    }

    /// The end of a whole answer.
    async fn finish(&self) -> Result<(), Gone> {
        let said = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *said)
        };
        if !said.is_empty() && said.len() <= LONGEST_FINAL_TRACE {
            let text = String::from_utf8_lossy(&said);
            let response = traces::final_response(&trace_id(), &text);
            self.trace(self.supervisor(), &response).await?;
        }
        if !self.call.stream_final_response {
            for chunk in said.chunks(LONGEST_CHUNK) {
                self.chunk(chunk).await?;
            }
        }
        self.wire.flush().await
    }

    async fn trace(&self, agent: &Agent, orchestration: &Value) -> Result<(), Gone> {
        let trace = json!({ "orchestrationTrace": orchestration });
        self.trace_of(agent, &trace).await
    }

    async fn trace_of(&self, agent: &Agent, trace: &Value) -> Result<(), Gone> {
        if !self.call.enable_trace {
            return Ok(());
        }
        let source = Source {
            supervisor: self.supervisor(),
            agent,
            session_id: &self.call.session_id,
        };
        self.event("trace", &source.part(trace, (self.clock)()))
            .await
    }

    fn supervisor(&self) -> &Agent {
        &self.agents.scenario.agent
    }

    fn quoting(&self, text: &str) -> String {
        let text = text.replace("{question}", &quote(&self.call.question));
        match &self.call.returned {
            None => text,
            Some(returned) => text.replace("{result}", &quote(returned)),
        }
    }
}

fn quote(question: &str) -> String {
    let question = question.trim();
    match question.char_indices().nth(LONGEST_QUOTE) {
        None => question.to_owned(),
        Some((end, _)) => format!("{}…", &question[..end]),
    }
}

/// At most 16 characters.
fn trace_id() -> String {
    let id = Uuid::new_v4().simple().to_string();
    id[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_is_quoted_in_part() {
        assert_eq!(quote(" 短い問い \n"), "短い問い");
        let long = quote(&"問".repeat(100));
        assert_eq!(long.chars().count(), LONGEST_QUOTE + 1);
        assert!(long.ends_with("問…"));
    }
}
