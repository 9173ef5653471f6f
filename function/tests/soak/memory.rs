//! Samples of how much memory a process has.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(100);
/// How much an allocator may still come to need after the first third of the time.
const SLACK_KB: u64 = 2048;

pub(crate) struct Memory {
    stop: Arc<AtomicBool>,
    watcher: JoinHandle<Samples>,
}

/// Resident memory in KB, oldest first.
#[derive(Debug)]
pub(crate) struct Samples(Vec<u64>);

impl Memory {
    /// Takes samples until it is told to stop.
    pub(crate) fn watch(pid: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let watcher = std::thread::spawn(move || {
            let mut samples = Vec::new();
            while !stopped.load(Ordering::SeqCst) {
                samples.push(resident(pid));
                std::thread::sleep(INTERVAL);
            }
            Samples(samples)
        });
        Self { stop, watcher }
    }

    pub(crate) fn stop(self) -> Samples {
        self.stop.store(true, Ordering::SeqCst);
        self.watcher.join().unwrap()
    }
}

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    // The process has ended if the line is missing.
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.map_or_else(
        || panic!("the function has ended"),
        |it| it.parse().unwrap(),
    )
}

impl Samples {
    fn most(samples: &[u64]) -> u64 {
        samples.iter().copied().max().unwrap_or_default()
    }

    /// At some time of the last third no more is in use than the first third ever needed: leaked memory
    /// never comes back. For short runs on busy machines, which may have a late peak.
    pub(crate) fn assert_no_leak(&self) {
        let third = self.0.len() / 3;
        let most = Self::most(&self.0[..third]);
        let least = self.0[self.0.len() - third..].iter().copied().min();
        let least = least.unwrap_or_default();
        assert!(
            least <= most + SLACK_KB,
            "memory grows: at most {most} KB, then at least {least} KB"
        );
    }

    /// After the first third no more is needed than in it.
    pub(crate) fn assert_flat(&self) {
        let (first, rest) = self.0.split_at(self.0.len() / 3);
        let (first, rest) = (Self::most(first), Self::most(rest));
        assert!(
            rest <= first + SLACK_KB,
            "memory grows: at most {first} KB, then {rest} KB"
        );
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.0.split_at(self.0.len() / 3);
        let third = rest.first().copied().unwrap_or_default();
        let last = self.0.last().copied().unwrap_or_default();
        let (first, rest) = (Self::most(first), Self::most(rest));
        write!(
            f,
            "{third} KB after a third of the time, {last} KB at the end; at most {first} KB before, {rest} KB after"
        )
    }
}
