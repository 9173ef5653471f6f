//! The function's processes: started in groups of their own, measured by the kernel, ended by id.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// All processes of the function that is measured; dropping them ends them.
#[derive(Default)]
pub struct Processes {
    started: Vec<Child>,
}

impl Processes {
    /// Starts a program with this environment and no other variables.
    pub fn spawn(&mut self, command: &[String], env: &BTreeMap<String, String>) -> io::Result<()> {
        use std::os::unix::process::CommandExt as _;
        let [program, arguments @ ..] = command else {
            return Err(io::Error::other("an empty command"));
        };
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(env)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        self.started.push(child);
        Ok(())
    }

    /// Every living process of every group.
    fn pids(&self) -> Vec<u32> {
        let groups: Vec<u32> = self.started.iter().map(Child::id).collect();
        if groups.iter().all(|group| threads_alone(*group)) {
            return groups;
        }
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|pid| group_of(*pid).is_some_and(|group| groups.contains(&group)))
            .collect()
    }

    /// CPU time so far, in milliseconds: the scheduler's nanoseconds of every thread, or the
    /// process's ticks where those say more because threads have ended.
    pub fn cpu_ms(&self) -> f64 {
        self.pids().into_iter().map(cpu_ms).sum()
    }

    /// Physical memory over all processes, in kB: now and at its highest; a page that they share
    /// counts in each of them.
    pub fn memory(&self) -> Value {
        let pids = self.pids();
        let sum = |field: &str| -> u64 { pids.iter().map(|pid| memory_kb(*pid, field)).sum() };
        json!({
            "rss_kb": sum("VmRSS:"),
            "hwm_kb": sum("VmHWM:"),
            "processes": pids.len(),
        })
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for pid in self.pids() {
            let _ = Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .status();
        }
        for child in &mut self.started {
            let _ = child.wait();
        }
    }
}

/// CPU time of this very process.
pub fn own_cpu_ms() -> f64 {
    cpu_ms(std::process::id())
}

fn cpu_ms(pid: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let threads: f64 = tasks
        .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|stat| stat.split(' ').next()?.parse::<f64>().ok())
        .sum();
    // utime and stime: fields 14 and 15 of the whole line, in ticks of 10 ms.
    let ticks = |field: usize| stat_field(pid, field).unwrap_or(0.0) * 10.0;
    f64::max(threads / 1e6, ticks(11) + ticks(12))
}

/// A field of /proc/PID/stat, counted from the state, which follows the name in brackets.
fn stat_field(pid: u32, field: usize) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(field)?
        .parse()
        .ok()
}

fn group_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(2)?
        .parse()
        .ok()
}

/// Whether a process has no children, which makes the walk through /proc unnecessary.
fn threads_alone(pid: u32) -> bool {
    let children = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    children
        .map(|task| fs::read_to_string(task.path().join("children")).unwrap_or_default())
        .all(|list| list.is_empty())
}

fn memory_kb(pid: u32, field: &str) -> u64 {
    let told = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = told.lines().find(|line| line.starts_with(field));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}
