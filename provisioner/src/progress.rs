//! What is being done at the moment, and for how long: a line on the terminal that is overwritten.
//! Without a terminal there is none; what has been done is told in lines of its own.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// Fast enough to look alive.
const FRAME: Duration = Duration::from_millis(120);
const SPINNER: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇', '⠏', '⠹'];
/// How wide the bar is, in characters.
const BAR: u64 = 24;
/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\x1b[2K";

/// How much of the upload under way has gone out.
#[derive(Debug, Default)]
pub struct Upload {
    sent: AtomicU64,
    total: AtomicU64,
}

impl Upload {
    /// An upload of so many bytes begins, or begins again.
    pub(crate) fn begin(&self, total: u64) {
        self.sent.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// So many more bytes are on their way.
    pub(crate) fn advance(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// No upload, until one begins.
    fn reset(&self) {
        self.begin(0);
    }

    fn get(&self) -> (u64, u64) {
        let Self { sent, total } = self;
        (sent.load(Ordering::Relaxed), total.load(Ordering::Relaxed))
    }
}

/// Shown until it is dropped.
#[derive(Debug)]
#[must_use = "it is shown until it is dropped"]
pub struct Progress(Option<Shown>);

#[derive(Debug)]
struct Shown {
    task: JoinHandle<()>,
    /// Held while a frame is drawn: once it is true, none comes any more.
    ended: Arc<Mutex<bool>>,
}

impl Progress {
    /// Shows `what`, and beside it a bar where there is an upload.
    pub(crate) fn begin(what: &str, upload: &Arc<Upload>) -> Self {
        upload.reset();
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let (what, upload) = (what.to_owned(), Arc::clone(upload));
        let ended = Arc::new(Mutex::new(false));
        let ended_too = Arc::clone(&ended);
        let task = tokio::spawn(async move {
            let started = Instant::now();
            for spinner in SPINNER.iter().cycle() {
                let line = line(*spinner, &what, started.elapsed(), upload.get());
                if !draw(&line, &ended_too) {
                    return;
                }
                tokio::time::sleep(FRAME).await;
            }
        });
        Self(Some(Shown { task, ended }))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some(Shown { task, ended }) = self.0.take() else {
            return;
        };
        task.abort();
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let mut stderr = io::stderr().lock();
        drop(write!(stderr, "{CLEAR}").and_then(|()| stderr.flush()));
    }
}

/// Overwrites the line, unless the end has come.
fn draw(line: &str, ended: &Mutex<bool>) -> bool {
    let ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
    if !*ended {
        drop(write!(io::stderr().lock(), "{CLEAR}{line}"));
    }
    !*ended
}

/// One frame. `(sent, total)` are the bytes of the upload; no total, no bar.
fn line(spinner: char, what: &str, elapsed: Duration, (sent, total): (u64, u64)) -> String {
    let mut line = format!("  {spinner} {what}");
    if total > 0 && sent >= total {
        line.push_str(", uploaded");
    } else if let Some(percent) = (100 * sent).checked_div(total) {
        let full = usize::try_from(BAR * percent / 100).unwrap_or(0);
        let empty = usize::try_from(BAR).unwrap_or(0) - full;
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            line,
            " {}{} {percent} %",
            "█".repeat(full),
            "░".repeat(empty)
        );
    }
    let _ = write!(line, " {:.1} s", elapsed.as_secs_f32());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_for_how_long_and_how_much() {
        let at = Duration::from_millis(1234);
        assert_eq!(
            line('⠋', "updating alias a:live", at, (0, 0)),
            "  ⠋ updating alias a:live 1.2 s"
        );
        assert_eq!(
            line('⠋', "creating function a", at, (5, 10)),
            "  ⠋ creating function a ████████████░░░░░░░░░░░░ 50 % 1.2 s"
        );
        // From here on it is AWS that takes its time.
        assert_eq!(
            line('⠋', "creating function a", at, (10, 10)),
            "  ⠋ creating function a, uploaded 1.2 s"
        );
    }
}
