//! What is being done at the moment, and for how long: a line on the terminal that is overwritten.
//! Without a terminal there is none; what has been done is told in lines of its own.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::printer::Printer;

/// Fast enough to look alive.
const FRAME: Duration = Duration::from_millis(120);
const SPINNER: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇', '⠏', '⠹'];
/// How wide the bar is, in characters.
const BAR: u64 = 24;
/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\x1b[2K";
/// What is wider than the terminal is cut: a second row would stay.
const NO_WRAP: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

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
    /// Held while a frame is drawn.
    doing: Arc<Mutex<Doing>>,
}

/// What is shown; once it is nothing, no frame comes any more.
#[derive(Debug)]
struct Doing(Option<(String, Instant)>);

impl Doing {
    fn begin(what: &str) -> Self {
        Self(Some((what.to_owned(), Instant::now())))
    }
}

impl Progress {
    /// Shows `what`, and beside it a bar where there is an upload. Not among lines of `--verbose`.
    pub(crate) fn begin(what: &str, upload: &Arc<Upload>, printer: Printer) -> Self {
        upload.reset();
        if printer.verbose() || !io::stderr().is_terminal() {
            return Self(None);
        }
        let upload = Arc::clone(upload);
        let doing = Arc::new(Mutex::new(Doing::begin(what)));
        let drawn = Arc::clone(&doing);
        let task = tokio::spawn(async move {
            for spinner in SPINNER.iter().cycle() {
                if !draw(*spinner, &drawn, &upload) {
                    return;
                }
                tokio::time::sleep(FRAME).await;
            }
        });
        Self(Some(Shown { task, doing }))
    }

    /// Shows `what` from now on.
    pub(crate) fn go_on(&self, what: &str) {
        if let Self(Some(Shown { task: _, doing })) = self {
            *lock(doing) = Doing::begin(what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some(Shown { task, doing }) = self.0.take() else {
            return;
        };
        task.abort();
        *lock(&doing) = Doing(None);
        let mut stderr = io::stderr().lock();
        drop(write!(stderr, "{CLEAR}").and_then(|()| stderr.flush()));
    }
}

/// Overwrites the line, unless the end has come.
fn draw(spinner: char, doing: &Mutex<Doing>, upload: &Upload) -> bool {
    let doing = lock(doing);
    let Doing(Some((what, since))) = &*doing else {
        return false;
    };
    let line = line(spinner, what, since.elapsed(), upload.get());
    let frame = format!("{CLEAR}{NO_WRAP}{line}{WRAP}");
    drop(io::stderr().lock().write_all(frame.as_bytes()));
    true
}

fn lock(doing: &Mutex<Doing>) -> MutexGuard<'_, Doing> {
    doing.lock().unwrap_or_else(PoisonError::into_inner)
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
