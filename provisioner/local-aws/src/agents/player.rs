//! Plays one answer: the events of a script, in time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::SystemTime;

use futures_util::future::try_join_all;

use super::cast::Agents;
use super::event::{Encoder, Event, new_id};
use super::wire::{Gone, Wire};
use crate::scenario::{Step, Think};

/// What a client sends back after the agent has asked it is answered by the script of this question.
pub(super) const RETURNED: &str = "!returned-control";

/// The most characters of the question that stand in for `{question}` in a text.
const LONGEST_QUOTE: usize = 40;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// The text by which the scenario chooses the answer.
    pub(super) topic: String,
    pub(super) text: String,
    /// The results that the client sends after the agent has returned control to it.
    pub(super) returned: Option<String>,
}

impl Question {
    /// A text, by which the answer is chosen as well.
    pub(super) fn asked(text: String) -> Self {
        Self {
            topic: text.clone(),
            text,
            returned: None,
        }
    }

    /// What the client answers to an agent that has asked it.
    pub(super) fn returned(answers: &[String]) -> Self {
        Self {
            topic: RETURNED.to_owned(),
            text: String::new(),
            returned: Some(answers.join("、")),
        }
    }
}

/// How a script can end before its last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The client has left, or the script has broken the connection.
    Gone,
    /// An exception has ended the stream.
    Exception,
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

pub(super) struct Player {
    agents: Agents,
    question: Question,
    encoder: Box<dyn Encoder>,
    wire: Wire,
    clock: fn() -> SystemTime,
}

impl Player {
    pub(super) fn new(
        agents: Agents,
        question: Question,
        encoder: Box<dyn Encoder>,
        wire: Wire,
        clock: fn() -> SystemTime,
    ) -> Self {
        Self {
            agents,
            question,
            encoder,
            wire,
            clock,
        }
    }

    /// Plays the script from the given step on.
    pub(super) async fn play(self, first: usize) {
        let script = self.agents.scenario().script(&self.question.topic);
        let outcome = self.steps(script.get(first..).unwrap_or_default()).await;
        let outcome = match outcome {
            Ok(()) => self.write(Event::End).await,
            Err(Stop::Exception) => Ok(()),
            Err(Stop::Gone) => Err(Gone),
        };
        // A client who has left does not need the rest.
        if outcome.is_ok() {
            let _ = self.wire.flush().await;
        }
    }

    /// Boxed, because the branches of a step are steps again.
    fn steps<'a>(
        &'a self,
        steps: &'a [Step],
    ) -> Pin<Box<dyn Future<Output = Result<(), Stop>> + Send + 'a>> {
        Box::pin(async move {
            for step in steps {
                self.step(step).await?;
            }
            Ok(())
        })
    }

    async fn step(&self, step: &Step) -> Result<(), Stop> {
        let agent = |name: &str| self.agents.scenario().agent_named(name);
        match step {
            Step::Wait(milliseconds) => self.wait(*milliseconds).await?,
            Step::Think(think) => self.think(think).await?,
            Step::Ask(ask) => {
                if let Some(collaborator) = agent(&ask.agent) {
                    let text = &self.quoting(&ask.text);
                    self.write(Event::CollaboratorCalled { collaborator, text })
                        .await?;
                }
            }
            Step::Answer(answer) => {
                if let Some(collaborator) = agent(&answer.agent) {
                    let text = &self.quoting(&answer.text);
                    self.write(Event::CollaboratorAnswered { collaborator, text })
                        .await?;
                }
            }
            Step::Say(say) => {
                for piece in say.pieces(&self.quoting(&say.text)) {
                    self.write(Event::Text(&piece.bytes)).await?;
                    self.wait(piece.pause).await?;
                }
            }
            Step::Repeat(repeat) => {
                for _ in 0..repeat.count {
                    self.write(Event::Text(repeat.text.as_bytes())).await?;
                }
            }
            Step::Fill(fill) => self.write(Event::Text(&fill.piece())).await?,
            Step::Cite(cite) => self.write(Event::Citation(cite)).await?,
            Step::Files(files) => self.write(Event::Files(files)).await?,
            Step::ReturnControl(control) => self.write(Event::ReturnControl(control)).await?,
            Step::Guardrail(guardrail) => self.write(Event::Guardrail(guardrail)).await?,
            Step::Reason(reason) => {
                if let Some(agent) = agent(&reason.agent) {
                    self.write(Event::Reasoning { agent, reason }).await?;
                }
            }
            Step::Use(using) => {
                if let Some(agent) = agent(&using.agent) {
                    let tool = &using.tool;
                    self.write(Event::ToolUse { agent, tool }).await?;
                }
            }
            Step::Parallel(branches) => {
                try_join_all(branches.iter().map(|branch| self.branch(branch))).await?;
            }
            Step::Exception(exception) => {
                self.write(Event::Exception(exception)).await?;
                return Err(Stop::Exception);
            }
            Step::Close => {
                let reason = io::Error::other("the scenario closes the connection");
                self.wire.close(reason).await?;
            }
            Step::Stall => {
                self.wire.flush().await?;
                self.wire.gone().await;
                return Err(Stop::Gone);
            }
            // Comes before the stream, or not at all: the scenario has been checked.
            Step::Refuse(_) => {}
        }
        Ok(())
    }

    /// What a branch says last goes out when it is over: another one may go on for seconds.
    async fn branch(&self, steps: &[Step]) -> Result<(), Stop> {
        self.steps(steps).await?;
        Ok(self.wire.flush().await?)
    }

    async fn write(&self, event: Event<'_>) -> Result<(), Gone> {
        self.wire.write(|to| self.encoder.write(event, to)).await
    }

    /// Sends what has been written, then waits.
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
        let Some(agent) = self.agents.scenario().agent_named(&think.agent) else {
            return Ok(());
        };
        let id = &new_id();
        let begun = (self.clock)();
        let question = &self.question.text;
        self.write(Event::ModelCalled {
            id,
            agent,
            question,
        })
        .await?;
        self.wait(think.duration).await?;
        let rationale = think.rationale.as_deref().map(|text| self.quoting(text));
        self.write(Event::ModelAnswered {
            id,
            agent,
            think,
            rationale: rationale.as_deref(),
            begun,
        })
        .await
    }

    fn quoting(&self, text: &str) -> String {
        let text = text.replace("{question}", &quote(&self.question.text));
        match &self.question.returned {
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
