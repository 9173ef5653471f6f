//! The process of a `bootstrap`: started alone in its process group, killed with all of it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::log::Log;

/// The longest event that the log service takes; longer lines are cut.
const LONGEST_LINE: u64 = 256 * 1024;
/// How long to wait for the last lines of a process that is gone.
const LAST_LINES: Duration = Duration::from_millis(200);

/// A running `bootstrap`. Dropping it kills it and whatever it has started.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Until it was killed.
    group: Option<Pid>,
    output: JoinSet<()>,
    /// The most it was seen to use, in megabytes.
    peak_memory_mb: Option<u64>,
}

impl Process {
    pub(super) async fn start(
        task_root: &Path,
        variables: &BTreeMap<String, String>,
        log: &Log,
    ) -> io::Result<Self> {
        let mut command = Command::new(task_root.join("bootstrap"));
        command
            .current_dir(task_root)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal is for the local AWS alone: it ends its functions itself.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = spawn(&mut command).await?;
        let mut output = JoinSet::new();
        if let Some(stdout) = child.stdout.take() {
            output.spawn(copy_lines(stdout, log.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            output.spawn(copy_lines(stderr, log.clone()));
        }
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        Ok(Self {
            group: pid.and_then(Pid::from_raw),
            child,
            output,
            peak_memory_mb: None,
        })
    }

    /// Waits for the end. What the process has started ends with it.
    pub(super) async fn exited(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await;
        self.kill_group();
        status
    }

    /// Lambda gives no warning: SIGKILL.
    pub(super) async fn kill(&mut self) {
        self.kill_group();
        // It was killed or has ended before: nothing is left to wait for in either case.
        let _ = self.child.wait().await;
    }

    /// Waits, but not long, for the lines that a dead process has left in its pipes.
    pub(super) async fn last_lines(&mut self) {
        let all = async { while self.output.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(LAST_LINES, all).await;
    }

    /// The most physical memory it has used, in megabytes, as far as the kernel tells.
    pub(super) fn peak_memory_mb(&mut self) -> Option<u64> {
        if let Some(pid) = self.child.id()
            && let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status"))
        {
            self.peak_memory_mb = peak_memory_mb(&status).or(self.peak_memory_mb);
        }
        self.peak_memory_mb
    }

    fn kill_group(&mut self) {
        if let Some(group) = self.group.take() {
            // Fails when nothing of it is left.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Only a shutdown, or a panic, gets here with the process alive. Whoever waits for the shutdown
/// relies on nothing being left: so this waits, for about a millisecond.
impl Drop for Process {
    fn drop(&mut self) {
        if self.group.is_none() {
            return;
        }
        self.kill_group();
        for _ in 0..100 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A file that was just written cannot be run while another thread's new child still has it open
/// for writing: for the moment between its fork and its exec.
async fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut attempts_left = 100;
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy && attempts_left > 0 =>
            {
                attempts_left -= 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            result => return result,
        }
    }
}

async fn copy_lines(output: impl AsyncRead + Unpin, log: Log) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut output).take(LONGEST_LINE);
        match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => log.line(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
    }
}

/// From the text of `/proc/<pid>/status`.
fn peak_memory_mb(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_the_peak_in_kilobytes() {
        let status = "Name:\tbootstrap\nVmPeak:\t  999999 kB\nVmHWM:\t    2345 kB\n";

        assert_eq!(peak_memory_mb(status), Some(3));
        assert_eq!(peak_memory_mb("Name:\tbootstrap\n"), None);
    }
}
