//! One invocation: an event comes in, a prelude and a body go out, whatever happens in between.

mod body;
mod ending;
mod prelude;
mod pump;
mod route;

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::agent::{Agent, Failure, Patience, RETRIES, TraceContext};
use crate::authorize::Authorizer;
use crate::caller::Caller;
use crate::council::Council;
use crate::dialect::{self, Dialect, Kind};
use crate::log::{self, Record};
use crate::refusal::Refusal;
use crate::relay::{Identity, Relay, Terms, Timing};
use crate::request::event::FunctionUrlEvent;
use crate::request::question::{Question, unknown_agent};
use crate::settings::Settings;
use crate::settings::agents::MemberSettings;
use body::Reply;
pub use body::{Gone, ResponseBody};
pub use ending::Ending;
use prelude::{send_json, send_refusal};
use pump::{Output, Stopped, pump};
use route::{Route, kind, route};

/// Everything that an invocation needs, made once at start-up.
#[derive(Debug)]
pub struct Gateway {
    pub settings: Settings,
    pub authorizer: Authorizer,
    /// By their names in `settings`.
    pub agents: BTreeMap<String, Box<dyn Agent>>,
    pub members: Arc<BTreeMap<String, MemberSettings>>,
    pub clock: fn() -> SystemTime,
    /// Makes up a session id that is impossible to guess.
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
    /// Without the event: it holds the question, and often a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("request_id", &self.request_id)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// What is known of an invocation besides its event.
#[derive(Debug, Clone, Copy)]
struct Context<'a> {
    request_id: &'a str,
    deadline: SystemTime,
    started: Instant,
}

/// A request that was understood.
enum Request<'a> {
    /// The answer needs no agent; `what` is its name in the log.
    Tell {
        what: &'static str,
        json: String,
    },
    Ask(Box<Call<'a>>),
}

/// A question, the agent that is asked, and the dialect of the answer.
struct Call<'a> {
    question: Question,
    agent: &'a dyn Agent,
    kind: Kind,
    dialect: Box<dyn Dialect>,
}

/// A request that is refused, and the kind of client that reads why.
struct Refused {
    refusal: Refusal,
    kind: Kind,
}

impl Gateway {
    /// Answers one invocation. Never fails: the client learns what goes wrong.
    pub async fn answer(&self, invocation: Invocation, body: &mut impl ResponseBody) {
        let request_id = invocation.request_id.clone();
        let context = Context {
            request_id: &request_id,
            deadline: invocation.deadline,
            started: Instant::now(),
        };
        let mut reply = Reply {
            body,
            has_begun: false,
        };
        // Catches every panic but those of a stream under way, which `stream` itself reports.
        let answered = AssertUnwindSafe(self.respond(invocation, context, &mut reply))
            .catch_unwind()
            .await;
        if answered.is_err() && !reply.has_begun {
            let refused = Refused {
                refusal: internal(),
                kind: Kind::Magi,
            };
            let _: Result<(), Gone> = self.refuse(&refused, context, &mut reply).await;
        }
    }

    async fn respond(
        &self,
        invocation: Invocation,
        context: Context<'_>,
        body: &mut impl ResponseBody,
    ) {
        let request_id = context.request_id;
        let sent = match self.read(invocation).await {
            Ok(Request::Ask(call)) => {
                self.stream(*call, context, body).await;
                return;
            }
            Ok(Request::Tell { what, json }) => {
                (self.log)(&Record::without_agent(what, request_id));
                send_json(body, json).await
            }
            Err(refused) => self.refuse(&refused, context, body).await,
        };
        // A client that has left needs no answer.
        let _: Result<(), Gone> = sent;
    }

    async fn refuse(
        &self,
        refused: &Refused,
        context: Context<'_>,
        body: &mut impl ResponseBody,
    ) -> Result<(), Gone> {
        let Refused { refusal, kind } = refused;
        let duration = context.started.elapsed();
        (self.log)(&Record::refused(context.request_id, refusal, duration));
        send_refusal(body, refusal, kind.refusal(refusal)).await
    }

    async fn read(&self, invocation: Invocation) -> Result<Request<'_>, Refused> {
        let refused = |kind| move |refusal| Refused { refusal, kind };
        let event = FunctionUrlEvent::decode(invocation.event).map_err(refused(Kind::Magi))?;
        match route(&event).map_err(refused(kind(&event)))? {
            Route::Health => Ok(Request::Tell {
                what: "health",
                json: r#"{"status":"ok"}"#.to_owned(),
            }),
            Route::Models => {
                let caller = self.authorize(&event).await;
                caller.map_err(refused(Kind::OpenAi))?;
                Ok(Request::Tell {
                    what: "models",
                    json: dialect::models(self.agents.keys()).to_string(),
                })
            }
            Route::Model(name) => {
                let caller = self.authorize(&event).await;
                caller.map_err(refused(Kind::OpenAi))?;
                // Like a question, this takes `default` for an agent.
                if name != "default" && !self.agents.contains_key(&name) {
                    let refusal = unknown_agent(&name, &self.settings.agents);
                    return Err(refused(Kind::OpenAi)(refusal));
                }
                Ok(Request::Tell {
                    what: "model",
                    json: dialect::model(&name).to_string(),
                })
            }
            Route::Ask(kind) => {
                let call = self.call(kind, event, invocation.x_ray_trace_id).await;
                Ok(Request::Ask(Box::new(call.map_err(refused(kind))?)))
            }
        }
    }

    /// The ending of an answer that has to be over by `deadline`.
    pub fn ending(&self, deadline: SystemTime) -> Option<Ending> {
        Ending::before(deadline, (self.clock)())
    }

    async fn authorize(&self, event: &FunctionUrlEvent) -> Result<Caller, Refusal> {
        self.authorizer.authorize(event, (self.clock)()).await
    }

    async fn call(
        &self,
        kind: Kind,
        event: FunctionUrlEvent,
        x_ray: Option<String>,
    ) -> Result<Call<'_>, Refusal> {
        let caller = self.authorize(&event).await?;
        let header = |name| event.header(name).map(ToOwned::to_owned);
        let trace_context = TraceContext {
            x_ray,
            traceparent: header("traceparent"),
            tracestate: header("tracestate"),
        };
        let settings = &self.settings;
        let (draft, dialect) = kind.read(&event.into_json_text(settings.body_limit)?)?;
        let question = Question::of(draft, settings, &caller, trace_context, self.new_session_id)?;
        // Can't be missing: `agents` is made of the settings that name it.
        let agent = self.agents.get(&question.agent).ok_or_else(internal)?;
        agent.check(&question.ask)?;
        Ok(Call {
            question,
            agent: agent.as_ref(),
            kind,
            dialect,
        })
    }

    async fn stream(&self, call: Call<'_>, context: Context<'_>, body: &mut impl ResponseBody) {
        let Call {
            question,
            agent,
            kind,
            mut dialect,
        } = call;
        let Question {
            agent: agent_key,
            agent_id,
            agent_name,
            session_id,
            mut ask,
        } = question;
        let ending = self.ending(context.deadline);
        let deadline = ending.map(|ending| ending.planned);
        context.request_id.clone_into(&mut ask.id);
        ask.patience = Patience {
            deadline,
            jitter: (self.jitter)(),
        };
        let terms = Terms {
            identity: Identity {
                session_id,
                request_id: context.request_id.to_owned(),
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
        let pulse = ask.pulse.clone();
        let mut relay = Relay::new(agent.ask(ask), terms).with_pulse(pulse);
        let mut output = Output::new(dialect.as_mut(), body, ending);

        // A panic from here on still ends the client's stream properly.
        let pumped = AssertUnwindSafe(pump(&mut relay, &mut output))
            .catch_unwind()
            .await;
        if pumped.is_err()
            && let Some(moment) = relay.fail(Failure::Internal.into())
        {
            output.encode(&moment);
            if output.send().await == Err(Stopped::Late) {
                output.put_last();
            }
        }
        let stream = log::Stream {
            request_id: context.request_id,
            agent: &agent_key,
            dialect: kind.name(),
            session: &upstream_session,
            trace_id: x_ray.as_deref(),
            status: output.status().map(|status| status.as_u16()),
            first_byte: output.first_sent().map(|sent| sent - context.started),
            at: (self.clock)(),
        };
        (self.log)(&Record::streamed(stream, &relay));
    }
}

fn internal() -> Refusal {
    Refusal::new(500, "internal", "the gateway failed; tell its operator")
}

#[cfg(test)]
mod tests;
