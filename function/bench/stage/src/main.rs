//! Plays everything around one function on loopback (the agent, the Runtime API, the client) and
//! measures it. Commands come as JSON lines on stdin, one answer each goes to stdout.
//!
//! ```text
//! {"start": {"commands": [["./bootstrap"]], "env": {…}, "pollers": 1}}
//! {"ask": {"streams": 1, "chunks": 100000, "interval_us": 0}}
//! {"stop": {}}
//! ```
//!
//! It runs in a process of its own, on one thread, and parses nothing while bytes flow, so that it
//! does not disturb what it measures. Its own CPU time is in every answer as `stage_cpu_ms`.

mod agent;
mod answer;
mod frames;
mod measure;
mod platform;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use agent::Agent;
use platform::Platform;
use process::Processes;

/// One line of stdin.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Command {
    Start(Start),
    Ask(measure::Ask),
    Stop {},
}

/// Starts the function as Lambda would.
#[derive(Deserialize)]
struct Start {
    /// The function's programs; more than one if it has an extension.
    commands: Vec<Vec<String>>,
    env: BTreeMap<String, String>,
    /// How many requests for the next event it makes when it is idle.
    pollers: usize,
}

/// The function that is running, and what it needs around it.
struct Running {
    processes: Processes,
    platform: Platform,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let agent = Agent::start().await?;
    let mut running: Option<Running> = None;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answered = match serde_json::from_str(&line)? {
            Command::Start(start) => begin(&agent, start).await.map(|(begun, told)| {
                running = Some(begun);
                told
            }),
            Command::Ask(ask) => match &running {
                Some(running) => {
                    measure::ask(&agent, &running.platform, &running.processes, ask).await
                }
                None => Err("nothing has been started".into()),
            },
            Command::Stop {} => {
                running = None;
                Ok(json!({}))
            }
        };
        println!(
            "{}",
            answered.unwrap_or_else(|error| json!({"error": error.to_string()}))
        );
    }
    Ok(())
}

async fn begin(
    agent: &Arc<Agent>,
    start: Start,
) -> Result<(Running, Value), Box<dyn std::error::Error>> {
    let platform = Platform::start(start.pollers).await?;
    let mut env = start.env;
    env.insert(
        "AWS_LAMBDA_RUNTIME_API".to_owned(),
        platform.address.clone(),
    );
    env.insert("AWS_ENDPOINT_URL".to_owned(), agent.url.clone());
    let begin = std::time::Instant::now();
    let mut processes = Processes::default();
    if let Some(port) = env.get_mut("PORT") {
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        *port = listener.local_addr()?.port().to_string();
    }
    for command in &start.commands {
        processes.spawn(command, &env)?;
    }
    platform.idle().await?;
    let init = begin.elapsed();
    let told = json!({
        "init_ms": init.as_secs_f64() * 1e3,
        "init_cpu_ms": processes.cpu_ms(),
        "memory": processes.memory(),
    });
    Ok((
        Running {
            processes,
            platform,
        },
        told,
    ))
}
