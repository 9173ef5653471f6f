//! Fifty streams at once through one process, with agents that fail, stall and flood at random and
//! clients that are slow or leave: each stream ends exactly once, memory stays flat, and no client gets
//! another's words.
//!
//! `make soak` runs this for longer, with the release binary.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod agent;
mod client;
mod memory;
mod platform;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use agent::Behaviour;
use client::{Manner, Seen};
use memory::Memory;
use platform::Platform;

const STREAMS: u64 = 50;

fn bootstrap(runtime_api: &str, endpoint: &str) -> Child {
    let agents = r#"{"default":"a","agents":{"a":{"type":"bedrock-agent","agentId":"A","agentAliasId":"B"}}}"#;
    let built = env!("CARGO_BIN_EXE_bootstrap").to_owned();
    Command::new(environment("SOAK_BOOTSTRAP").unwrap_or(built))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_MAX_CONCURRENCY", STREAMS.to_string())
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("GATEWAY_AUTH", "none")
        .env("GATEWAY_AGENTS", agents)
        .env("GATEWAY_KEEP_ALIVE_SECONDS", "1")
        .env("GATEWAY_IDLE_TIMEOUT_SECONDS", "10")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Random numbers that are the same for the same seed, so that a failure can be repeated.
#[derive(Debug)]
pub(crate) struct Lots(u64);

impl Lots {
    /// A number below `end`.
    pub(crate) fn draw(&mut self, end: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_at_once_do_not_disturb_each_other() {
    let long = environment("SOAK_SECONDS");
    let is_long = long.is_some();
    let seconds = long.map_or(20, |seconds| seconds.parse().unwrap());
    let platform = Platform::start().await;
    let endpoint = agent::start().await;
    let process = bootstrap(&platform.address, &endpoint);
    let pid = process.id().unwrap();
    let memory = Memory::watch(pid);
    let until = Instant::now() + Duration::from_secs(seconds);

    let mut crowd = JoinSet::new();
    for number in 0..STREAMS {
        let platform = platform.clone();
        crowd.spawn(async move {
            let mut lots = Lots(0x9E37_79B9_7F4A_7C15 ^ (number + 1));
            let mut seen: BTreeMap<(Behaviour, Manner), Seen> = BTreeMap::new();
            let mut turn = 0;
            while Instant::now() < until {
                turn += 1;
                let behaviour = Behaviour::draw(&mut lots);
                let manner = Manner::draw(&mut lots);
                let token = format!("<{number}-{turn}>");
                let told = client::ask(&platform, &token, behaviour, manner).await;
                *seen.entry((behaviour, manner)).or_default() += told;
            }
            seen
        });
    }
    let mut all: BTreeMap<(Behaviour, Manner), Seen> = BTreeMap::new();
    while let Some(seen) = crowd.join_next().await {
        for (key, seen) in seen.unwrap() {
            *all.entry(key).or_default() += seen;
        }
    }

    // The process still runs, and answers as well as at the beginning.
    let last = client::ask(&platform, "<last>", Behaviour::Answer, Manner::Reads).await;
    assert_eq!(last.streams, 1);
    let memory = memory.stop();
    report(seconds, &all, &memory);
    if is_long {
        memory.assert_flat();
    } else {
        memory.assert_no_leak();
    }
    drop(process);
}

#[expect(
    clippy::disallowed_methods,
    reason = "which binary, and for how long, is for whoever runs it"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[expect(clippy::print_stderr, reason = "numbers for whoever runs it by hand")]
fn report(seconds: u64, all: &BTreeMap<(Behaviour, Manner), Seen>, memory: &memory::Samples) {
    let mut sum = Seen::default();
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    for ((behaviour, manner), seen) in all {
        let kind = format!("{behaviour:?}, {manner:?}");
        eprintln!(
            "{kind:<16} {:>6} streams {:>9} chunks",
            seen.streams, seen.chunks
        );
        sum += *seen;
        let end = match manner {
            Manner::Leaves => "the client left",
            Manner::Reads | Manner::Slow => behaviour.error().unwrap_or("complete"),
        };
        *ends.entry(end).or_default() += seen.streams;
    }
    eprintln!(
        "{seconds} s, {STREAMS} at once: {} streams, {} chunks, {} bytes",
        sum.streams, sum.chunks, sum.bytes
    );
    eprintln!("ends: {ends:?}");
    eprintln!("memory: {memory}");
}
