//! What is being done at the moment, and for how long: a line on the terminal that is overwritten.
//! Without a terminal there is none; what has been done is told in lines of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

use super::printer::Printer;

/// Fast enough to look alive.
const FRAME: Duration = Duration::from_millis(120);
/// The last one would stay at the end, where the line is cleared.
const SPINNER: &str = "⠋⠙⠸⠴⠦⠇⠏⠹ ";
/// How wide the bar of an upload is, in characters.
const BAR: u64 = 24;

/// How much of the upload under way has gone out.
#[derive(Debug, Default)]
pub(crate) struct Upload {
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
pub(crate) struct Progress {
    _line: ProgressBar,
}

impl Progress {
    /// Shows `what`, and beside it a bar where there is an upload. Not among lines of `--verbose`.
    pub(crate) fn begin(what: &str, upload: &Arc<Upload>, printer: Printer) -> Self {
        upload.reset();
        let target = if printer.verbose() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let line = ProgressBar::with_draw_target(None, target)
            .with_style(style(Arc::clone(upload)))
            .with_finish(ProgressFinish::AndClear)
            .with_message(what.to_owned());
        line.enable_steady_tick(FRAME);
        Self { _line: line }
    }
}

fn style(upload: Arc<Upload>) -> ProgressStyle {
    let seconds = |state: &ProgressState, line: &mut dyn std::fmt::Write| {
        // Writing to the line cannot fail, here and below.
        let _ = write!(line, "{:.1} s", state.elapsed().as_secs_f32());
    };
    let sent = move |_: &ProgressState, line: &mut dyn std::fmt::Write| {
        let _ = line.write_str(&bar(upload.get()));
    };
    ProgressStyle::default_spinner()
        .tick_chars(SPINNER)
        .with_key("sent", sent)
        .with_key("seconds", seconds)
        .template("  {spinner} {wide_msg} {sent}{seconds}")
        // Only a template with a mistake in it is refused.
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// How much of `(sent, total)` bytes has gone out; no total, no bar.
fn bar((sent, total): (u64, u64)) -> String {
    if total > 0 && sent >= total {
        return "uploaded ".to_owned();
    }
    let Some(percent) = (100 * sent).checked_div(total) else {
        return String::new();
    };
    let full = usize::try_from(BAR * percent / 100).unwrap_or(0);
    let empty = usize::try_from(BAR).unwrap_or(0) - full;
    format!("{}{} {percent} % ", "█".repeat(full), "░".repeat(empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_how_much_has_gone_out() {
        assert_eq!(bar((0, 0)), "");
        assert_eq!(bar((5, 10)), "████████████░░░░░░░░░░░░ 50 % ");
        // From here on it is AWS that takes its time.
        assert_eq!(bar((10, 10)), "uploaded ");
    }
}
