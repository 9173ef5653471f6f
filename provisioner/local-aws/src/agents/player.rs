//! Plays one answer: what the steps of a script tell, in time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::SystemTime;

use futures_util::future::try_join_all;

use super::Agents;
use super::told::{Told, Voice, new_id};
use super::wire::{Gone, Wire};
use crate::scenario::{Step, Think};

/// A question is quoted no longer than this where a text has `{question}`.
const LONGEST_QUOTE: usize = 40;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// What the answer is chosen by.
    pub(super) topic: String,
    pub(super) text: String,
    /// What the client did when it was asked to act.
    pub(super) returned: Option<String>,
}

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

pub(super) struct Player {
    agents: Agents,
    question: Question,
    voice: Box<dyn Voice>,
    wire: Wire,
    clock: fn() -> SystemTime,
}

impl Player {
    pub(super) fn new(
        agents: Agents,
        question: Question,
        voice: Box<dyn Voice>,
        wire: Wire,
        clock: fn() -> SystemTime,
    ) -> Self {
        Self {
            agents,
            question,
            voice,
            wire,
            clock,
        }
    }

    /// Plays the script from the given step on.
    pub(super) async fn play(self, first: usize) {
        let script = self.agents.scenario.script(&self.question.topic);
        let outcome = self.steps(script.get(first..).unwrap_or_default()).await;
        let outcome = match outcome {
            Ok(()) => self.tell(Told::Ended).await,
            Err(Ended::Exception) => Ok(()),
            Err(Ended::Gone) => Err(Gone),
        };
        // A client who has left does not need the rest.
        if outcome.is_ok() {
            let _ = self.wire.flush().await;
        }
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
        let agent = |name: &str| self.agents.scenario.agent_named(name);
        match step {
            Step::Wait(milliseconds) => self.wait(*milliseconds).await?,
            Step::Think(think) => self.think(think).await?,
            Step::Ask(ask) => {
                if let Some(collaborator) = agent(&ask.agent) {
                    let text = &self.quoting(&ask.text);
                    self.tell(Told::Asked { collaborator, text }).await?;
                }
            }
            Step::Answer(answer) => {
                if let Some(collaborator) = agent(&answer.agent) {
                    let text = &self.quoting(&answer.text);
                    self.tell(Told::Answered { collaborator, text }).await?;
                }
            }
            Step::Say(say) => {
                for piece in say.pieces(&self.quoting(&say.text)) {
                    self.tell(Told::Said(&piece.bytes)).await?;
                    self.wait(piece.pause).await?;
                }
            }
            Step::Repeat(repeat) => {
                for _ in 0..repeat.count {
                    self.tell(Told::Said(repeat.text.as_bytes())).await?;
                }
            }
            Step::Fill(fill) => self.tell(Told::Said(&fill.piece())).await?,
            Step::Cite(cite) => self.tell(Told::Cited(cite)).await?,
            Step::Files(files) => self.tell(Told::Files(files)).await?,
            Step::ReturnControl(control) => self.tell(Told::ReturnControl(control)).await?,
            Step::Guardrail(guardrail) => self.tell(Told::Guardrail(guardrail)).await?,
            Step::Reason(reason) => {
                if let Some(agent) = agent(&reason.agent) {
                    self.tell(Told::Reasoned { agent, reason }).await?;
                }
            }
            Step::Use(using) => {
                if let Some(agent) = agent(&using.agent) {
                    let tool = &using.tool;
                    self.tell(Told::Used { agent, tool }).await?;
                }
            }
            Step::Parallel(branches) => {
                try_join_all(branches.iter().map(|branch| self.steps(branch))).await?;
            }
            Step::Exception(exception) => {
                self.tell(Told::Failed(exception)).await?;
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

    async fn tell(&self, told: Told<'_>) -> Result<(), Gone> {
        self.wire.write(|to| self.voice.tell(told, to)).await
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
        let id = &new_id();
        let begun = (self.clock)();
        let question = &self.question.text;
        self.tell(Told::Thinking {
            id,
            agent,
            question,
        })
        .await?;
        self.wait(think.duration).await?;
        let rationale = think.rationale.as_deref().map(|text| self.quoting(text));
        self.tell(Told::Thought {
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
