//! A gateway in this process, whose agent does what no real one does on demand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use futures_util::stream;
use gateway::agent::{Agent, Ask, Events, Failure, retry};
use gateway::authorize::Authorizer;
use gateway::event::Event;
use gateway::gateway::Gateway;
use gateway::log::Record;
use gateway::session;
use gateway::settings::{Auth, Settings, TraceLevel, agents::AgentsSettings};
use tokio::sync::Semaphore;

use crate::process::AGENT;

/// Does what the first word of the question says.
#[derive(Debug)]
struct Obedient {
    /// Opens for `waits` between its two words.
    gate: Arc<Semaphore>,
}

impl Agent for Obedient {
    fn ask(&self, ask: Ask) -> Events {
        let gate = self.gate.clone();
        let word = |word: &str| {
            Ok(Event::Chunk {
                agent: "SOLOMON".to_owned(),
                content: word.to_owned(),
            })
        };
        let then = async move {
            match ask.question.split(' ').next() {
                Some("panics") => panic!("{}", ask.question),
                Some("fails") => Err(Failure::AgentFailed.into()),
                Some("waits") => {
                    gate.acquire().await.unwrap().forget();
                    word(&ask.question)
                }
                _ => word(&ask.question),
            }
        };
        stream::once(async move { word("first") })
            .chain(stream::once(then))
            .boxed()
    }
}

/// A gateway whose agent is [`Obedient`].
pub(crate) fn gateway(gate: Arc<Semaphore>, log: fn(&Record<'_>)) -> Gateway {
    let agent: Box<dyn Agent> = Box::new(Obedient { gate });
    Gateway {
        settings: Settings {
            agents: AgentsSettings::from_json(AGENT.1).unwrap(),
            auth: Auth::None,
            pass_caller: false,
            allowed_attributes: Vec::new(),
            body_limit: 2 * 1024 * 1024,
            trace: TraceLevel::Full,
            keep_alive: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
        },
        authorizer: Authorizer::None,
        agents: BTreeMap::from([("magi".to_owned(), agent)]),
        members: Arc::default(),
        clock: SystemTime::now,
        new_session_id: session::random_id,
        jitter: retry::jitter,
        log,
    }
}
