//! One invocation: event in, prelude and body out, whatever happens in between.

mod body;
mod prelude;
mod pump;

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::agent::retry::{Patience, RETRIES};
use crate::agent::{Agent, Failure, TraceContext};
use crate::authorize::{Authorizer, Caller};
use crate::council::Council;
use crate::dialect::{Dialect, Kind, openai};
use crate::log::{self, Record};
use crate::relay::{Identity, Relay, Terms, Timing};
use crate::request::event::FunctionUrlEvent;
use crate::request::question::Question;
use crate::request::{Refusal, Route, route};
use crate::settings::Settings;
use crate::settings::agents::MemberSettings;
use body::Reply;
pub use body::{Gone, ResponseBody};
use prelude::{send_json, send_refusal};
use pump::{Pending, pump};

/// Kept free before Lambda's own end, so that `error: deadline` still reaches the client.
const DEADLINE_MARGIN: Duration = Duration::from_secs(5);

/// Everything an invocation needs, made once at start-up.
#[derive(Debug)]
pub struct Gateway {
    pub settings: Settings,
    pub authorizer: Authorizer,
    /// By the names in `settings`.
    pub agents: BTreeMap<String, Box<dyn Agent>>,
    pub members: Arc<BTreeMap<String, MemberSettings>>,
    pub clock: fn() -> SystemTime,
    /// Makes up a session id that nobody can guess.
    pub new_session_id: fn() -> Result<String, getrandom::Error>,
    /// Random bytes for [`Patience`].
    pub jitter: fn() -> [u8; RETRIES],
    /// Where the one line per request goes.
    pub log: fn(&Record<'_>),
}

/// One event as Lambda delivered it.
pub struct Invocation {
    pub request_id: String,
    /// When Lambda kills the function.
    pub deadline: SystemTime,
    /// `X-Amzn-Trace-Id`, for X-Ray.
    pub x_ray_trace_id: Option<String>,
    pub event: Bytes,
}

impl fmt::Debug for Invocation {
    /// Without the event: it holds the question, and whoever asks it may have shown a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("request_id", &self.request_id)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// A request as far as it could be understood.
enum Wanted<'a> {
    Stream(Box<Question>, &'a dyn Agent, Box<dyn Dialect>, Kind),
    Health,
    Models,
    Nothing(Refusal, Option<Kind>),
}

/// What is known of an invocation besides the question.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    request_id: &'a str,
    deadline: SystemTime,
    started: Instant,
}

impl Gateway {
    /// Answers one invocation. Never fails: what goes wrong is told to the client.
    pub async fn answer(&self, invocation: Invocation, body: &mut impl ResponseBody) {
        let request_id = invocation.request_id.clone();
        let asked = Asked {
            request_id: &request_id,
            deadline: invocation.deadline,
            started: Instant::now(),
        };
        let mut reply = Reply {
            body,
            has_begun: false,
        };
        // The net for all panics but those of a stream under way, which `stream` tells of itself.
        let answered = AssertUnwindSafe(self.respond(invocation, asked, &mut reply))
            .catch_unwind()
            .await;
        if answered.is_err() && !reply.has_begun {
            let refused = self.refuse(&broken(), Kind::Magi, asked, &mut reply).await;
            let _: Result<(), Gone> = refused;
        }
    }

    async fn respond(
        &self,
        invocation: Invocation,
        asked: Asked<'_>,
        body: &mut impl ResponseBody,
    ) {
        let request_id = asked.request_id;
        let sent = match self.read(invocation).await {
            Wanted::Stream(question, agent, dialect, kind) => {
                self.stream(*question, agent, dialect, kind, asked, body)
                    .await;
                return;
            }
            Wanted::Health => {
                (self.log)(&Record::without_agent("health", request_id));
                send_json(body, r#"{"status":"ok"}"#.to_owned()).await
            }
            Wanted::Models => {
                (self.log)(&Record::without_agent("models", request_id));
                let models = openai::models(self.agents.keys());
                send_json(body, models.to_string()).await
            }
            Wanted::Nothing(refusal, kind) => {
                let kind = kind.unwrap_or(Kind::Magi);
                self.refuse(&refusal, kind, asked, body).await
            }
        };
        // A client that left before its short answer has been told all there was to tell.
        let _: Result<(), Gone> = sent;
    }

    async fn refuse(
        &self,
        refusal: &Refusal,
        kind: Kind,
        asked: Asked<'_>,
        body: &mut impl ResponseBody,
    ) -> Result<(), Gone> {
        let duration = asked.started.elapsed();
        (self.log)(&Record::refused(asked.request_id, refusal, duration));
        send_refusal(body, refusal, kind.refusal(refusal)).await
    }

    async fn read(&self, invocation: Invocation) -> Wanted<'_> {
        let routed = FunctionUrlEvent::decode(&invocation.event)
            .and_then(|event| Ok((route(&event)?, event)));
        match routed {
            Err(refusal) => Wanted::Nothing(refusal, None),
            Ok((Route::Health, _)) => Wanted::Health,
            Ok((Route::Models, event)) => match self.authorize(&event).await {
                Ok(_) => Wanted::Models,
                Err(refusal) => Wanted::Nothing(refusal, Some(Kind::OpenAi)),
            },
            Ok((Route::Ask(kind), event)) => {
                match self.question(kind, event, invocation.x_ray_trace_id).await {
                    Ok((question, agent, dialect)) => {
                        Wanted::Stream(Box::new(question), agent, dialect, kind)
                    }
                    Err(refusal) => Wanted::Nothing(refusal, Some(kind)),
                }
            }
        }
    }

    async fn authorize(&self, event: &FunctionUrlEvent) -> Result<Caller, Refusal> {
        self.authorizer.authorize(event, (self.clock)()).await
    }

    async fn question(
        &self,
        kind: Kind,
        event: FunctionUrlEvent,
        x_ray: Option<String>,
    ) -> Result<(Question, &dyn Agent, Box<dyn Dialect>), Refusal> {
        let caller = self.authorize(&event).await?;
        let header = |name| event.header(name).map(ToOwned::to_owned);
        let trace_context = TraceContext {
            x_ray,
            traceparent: header("traceparent"),
            tracestate: header("tracestate"),
        };
        let (draft, dialect) = kind.read(&event.into_json_text()?)?;
        let question = draft.check(
            &self.settings.agents,
            self.settings.trace,
            &caller,
            trace_context,
            self.new_session_id,
        )?;
        // Made of the same settings that the question was checked against.
        let agent = self.agents.get(&question.agent).ok_or_else(broken)?;
        Ok((question, agent.as_ref(), dialect))
    }

    async fn stream(
        &self,
        question: Question,
        agent: &dyn Agent,
        mut dialect: Box<dyn Dialect>,
        kind: Kind,
        asked: Asked<'_>,
        body: &mut impl ResponseBody,
    ) {
        let Question {
            agent: key,
            agent_id,
            agent_name,
            session_id,
            mut ask,
        } = question;
        let deadline = planned_end(asked.deadline, (self.clock)());
        ask.patience = Patience {
            deadline,
            jitter: (self.jitter)(),
        };
        let terms = Terms {
            identity: Identity {
                session_id,
                request_id: asked.request_id.to_owned(),
                agent_id,
            },
            timing: Timing {
                keep_alive: self.settings.keep_alive,
                idle_timeout: self.settings.idle_timeout,
                deadline,
            },
            council: Council::new(self.members.clone(), agent_name),
            trace: ask.trace,
            clock: self.clock,
        };
        let upstream_session = ask.session_id.clone();
        let x_ray = ask.trace_context.x_ray.clone();
        let mut relay = Relay::new(agent.ask(ask), terms);
        let mut pending = Pending::default();

        // What panics from here on is told to the client as the end of its stream.
        let pumped = AssertUnwindSafe(pump(&mut relay, dialect.as_mut(), &mut pending, body))
            .catch_unwind()
            .await;
        if pumped.is_err()
            && let Some(moment) = relay.fail(Failure::Internal.into())
        {
            dialect.encode(&moment, &mut pending.bytes);
            let _: Result<(), Gone> = pending.send(dialect.as_ref(), body).await;
        }
        let stream = log::Stream {
            request_id: asked.request_id,
            agent: &key,
            dialect: kind.name(),
            session: &upstream_session,
            trace_id: x_ray.as_deref(),
            first_byte: pending.first_sent.map(|sent| sent - asked.started),
            at: (self.clock)(),
        };
        (self.log)(&Record::streamed(stream, &relay));
    }
}

fn broken() -> Refusal {
    Refusal::new(500, "internal", "the gateway failed; tell its operator")
}

/// When the stream has to end by itself; `None` when the deadline is not believable, as under
/// local runtimes that send a constant.
fn planned_end(deadline: SystemTime, now: SystemTime) -> Option<Instant> {
    let remaining = deadline.duration_since(now).ok()?;
    let margin = DEADLINE_MARGIN.min(remaining / 10);
    Some(Instant::now() + remaining.saturating_sub(margin))
}

#[cfg(test)]
mod tests;
