//! `logs`: what the function has logged, one line an event; `--follow` goes on with what comes.

pub(super) mod line;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::context::Context;
use super::error::CommandError;
use crate::cli::LogsArgs;
use crate::deployment::names::Names;
use crate::deployment::state::LogEvent;
use crate::hint::chain;
use crate::terminal::printer::PrintError;
use line::Detail;

/// How often to look for more. `FilterLogEvents` allows five calls a second to a whole account.
const EVERY: Duration = Duration::from_secs(2);
/// Log streams arrive independently of each other: what is this old may still turn up.
const OVERLAP_MS: i64 = 30_000;

/// Prints what there is, and with `--follow` what comes, until Ctrl-C.
pub async fn run(context: &Context, args: &LogsArgs) -> Result<(), CommandError> {
    let LogsArgs { follow, since } = args;
    let names = context.names();
    let detail = if context.printer.verbose() {
        Detail::Everything
    } else {
        Detail::OwnLines
    };
    let mut seen = Seen::since(milliseconds(SystemTime::now()) - duration_ms(*since));
    // Whether AWS has answered at all, and whether the last round has.
    let (mut answered, mut answers) = (false, true);
    loop {
        match round(context, &names, &mut seen, detail).await {
            Ok(()) => (answered, answers) = (true, true),
            Err(CommandError::Read(error)) if *follow && answered && error.is_passing() => {
                // Warn once, not at each round that fails.
                if std::mem::replace(&mut answers, false) {
                    let cause = chain(&error);
                    let printer = context.printer;
                    printer.warn(&format_args!("{cause}; still following"));
                }
            }
            Err(CommandError::Print(error)) if error.is_broken_pipe() => return Ok(()),
            Err(CommandError::Read(error)) if error.is_not_found() => {
                return Err(CommandError::NoLogGroup {
                    name: context.config.name.to_string(),
                    region: context.config.region.to_string(),
                    log_group: names.log_group,
                });
            }
            Err(error) => return Err(error),
        }
        if !follow {
            return Ok(());
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Prints what has not been shown, page by page.
async fn round(
    context: &Context,
    names: &Names,
    seen: &mut Seen,
    detail: Detail,
) -> Result<(), CommandError> {
    // A page token is valid only with the start time that it came from.
    let from = seen.from();
    let mut token = None;
    loop {
        let page = context.aws.log_events(names, from, None, token).await;
        let (events, next) = page.map_err(CommandError::Read)?;
        for event in events {
            if seen.is_new(&event) {
                print(context, &event, detail).map_err(CommandError::Print)?;
            }
        }
        // AWS may answer a page without events and still have more.
        token = next;
        if token.is_none() {
            return Ok(());
        }
    }
}

fn print(context: &Context, event: &LogEvent, detail: Detail) -> Result<(), PrintError> {
    let printer = context.printer;
    let line = if printer.json() {
        Some(line::json(event).to_string())
    } else {
        line::text(event, detail)
    };
    line.map_or(Ok(()), |line| printer.data(&(line + "\n")))
}

/// Which events have been shown, as far back as they may come again.
#[derive(Debug)]
struct Seen {
    begin: i64,
    newest: i64,
    ids: BTreeMap<String, i64>,
}

impl Seen {
    fn since(begin: i64) -> Self {
        let ids = BTreeMap::new();
        Self {
            begin,
            newest: begin,
            ids,
        }
    }

    /// From when on to ask for events.
    fn from(&self) -> i64 {
        self.begin.max(self.newest - OVERLAP_MS)
    }

    fn is_new(&mut self, event: &LogEvent) -> bool {
        self.newest = self.newest.max(event.timestamp);
        let is_new = self.ids.insert(event.id.clone(), event.timestamp).is_none();
        let from = self.from();
        // Kept for as long as it may be asked for again; what is older never comes twice.
        if self.ids.len() > 10_000 {
            self.ids.retain(|_, timestamp| *timestamp >= from);
        }
        is_new
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    duration_ms(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn duration_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, timestamp: i64) -> LogEvent {
        LogEvent {
            id: id.to_owned(),
            timestamp,
            message: String::new(),
        }
    }

    #[test]
    fn an_event_is_shown_once_and_one_that_comes_late_is_shown_too() {
        let mut seen = Seen::since(100_000);

        assert!(seen.is_new(&event("a", 200_000)));
        assert_eq!(seen.from(), 170_000);
        assert!(!seen.is_new(&event("a", 200_000)));
        assert!(seen.is_new(&event("late", 190_000)));
    }

    #[test]
    fn nothing_from_before_the_beginning_is_asked_for() {
        let mut seen = Seen::since(100_000);
        assert_eq!(seen.from(), 100_000);

        seen.is_new(&event("a", 101_000));

        assert_eq!(seen.from(), 100_000);
    }
}
