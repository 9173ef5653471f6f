//! One measurement: several answers at once, how long they took, and what the function spent on them.

use std::error::Error;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::answer;
use crate::platform::Platform;
use crate::process::{Processes, own_cpu_ms};

/// Answers to ask for.
#[derive(Deserialize)]
pub struct Ask {
    /// How many at once.
    streams: usize,
    chunks: usize,
    /// Between two chunks; 0 for as fast as they are taken.
    interval_us: u64,
    /// Whether the function must stream, or may return one document.
    streaming: bool,
}

pub async fn ask(
    agent: &Agent,
    platform: &Platform,
    processes: &Processes,
    ask: Ask,
) -> Result<Value, Box<dyn Error>> {
    if ask.interval_us == 0 {
        agent.prepare(ask.chunks);
    }
    let ids: Vec<String> = (0..ask.streams)
        .map(|stream| format!("ask-{stream}"))
        .collect();
    let (cpu, own, begin) = (processes.cpu_ms(), own_cpu_ms(), Instant::now());
    let answers = join_all(ids.iter().map(async |id| {
        let question = format!("{id} {} {}", ask.chunks, ask.interval_us);
        platform.invoke(id, &question).await
    }));
    let answers = answers.await;
    let wall = begin.elapsed();
    let stage_cpu_ms = own_cpu_ms() - own;
    platform.idle().await?;
    let cpu_ms = processes.cpu_ms() - cpu;
    let memory = processes.memory();

    let mut streams = Vec::new();
    let mut delays = Vec::new();
    for (id, received) in ids.iter().zip(answers) {
        let received = received?;
        if ask.streaming && !received.streamed {
            return Err("it was to stream, and handed over one document".into());
        }
        let seen = answer::read(&received, ask.chunks)?;
        let after = |at: &Instant| ms(at.duration_since(received.begin));
        streams.push(json!({
            "first_byte_ms": after(&seen.first_byte),
            "first_chunk_ms": seen.chunks.first().map(after),
            "total_ms": after(&received.end),
        }));
        let sent = agent.sent(id);
        if ask.streaming
            && let (Some(last), Some(first)) = (sent.last(), seen.chunks.first())
            && sent.len() > 1
            && first > last
        {
            return Err("its first chunk came after the agent's last: it does not stream".into());
        }
        let pairs = sent.iter().zip(&seen.chunks);
        delays.extend(pairs.map(|(sent, seen)| seen.duration_since(*sent).as_micros()));
    }
    delays.sort_unstable();
    // By nearest rank: the smallest delay that so many per cent do not exceed.
    let quantile = |share: usize| delays.get((delays.len() * share).div_ceil(100).max(1) - 1);
    Ok(json!({
        "streams": streams,
        "wall_ms": ms(wall),
        "cpu_ms": cpu_ms,
        "stage_cpu_ms": stage_cpu_ms,
        "memory": memory,
        "delay_p50_us": quantile(50),
        "delay_p99_us": quantile(99),
    }))
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
