//! What is shown when the program itself is at fault: where, and never what. The words of a panic may
//! hold whatever was being worked on, a variable's value or a token.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::{self, Write as _};
use std::panic::{self, Location};

/// The place in the program, and how it was reached if `RUST_BACKTRACE` asks for that: functions and
/// lines, no values.
#[derive(Debug)]
struct Fault {
    place: Option<String>,
    backtrace: Backtrace,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, backtrace } = self;
        let place = place.as_deref().unwrap_or("an unknown place");
        write!(
            f,
            "error: provision {} has failed at {place}: that is its own fault, not yours\n\
             hint: run the same command again, it goes on where it stopped; and please report this line, \
             with the command",
            env!("CARGO_PKG_VERSION")
        )?;
        match backtrace.status() {
            BacktraceStatus::Captured => write!(f, "\n{backtrace}"),
            _ => f.write_str(" (RUST_BACKTRACE=1 adds how it got there)"),
        }
    }
}

/// From now on panics of all threads are shown so. There is nobody to tell when stderr is closed.
pub fn hide_payloads() {
    panic::set_hook(Box::new(|panic| {
        let fault = Fault {
            place: panic.location().map(Location::to_string),
            backtrace: Backtrace::capture(),
        };
        drop(writeln!(io::stderr().lock(), "{fault}"));
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const SECRET: &str = "hunter2-in-a-panic";
    const WAY: &str = "PANIC_IN_THIS_WAY";

    /// Not a test of its own: what the next one starts, with the hook that `main` sets.
    #[test]
    #[expect(
        clippy::disallowed_methods,
        clippy::unnecessary_literal_unwrap,
        reason = "a process of its own, told how to panic"
    )]
    fn panics_if_told_to() {
        let Ok(way) = std::env::var(WAY) else {
            return;
        };
        hide_payloads();
        match way.as_str() {
            "formatted" => panic!("the token is {SECRET}"),
            "any value" => panic::panic_any(SECRET.to_owned()),
            "unwrapped" => Err::<(), _>(SECRET).unwrap(),
            "in a thread" => drop(std::thread::spawn(|| panic!("{SECRET}")).join()),
            _ => {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                drop(runtime.block_on(runtime.spawn(async { panic!("{SECRET}") })));
            }
        }
    }

    #[test]
    fn whatever_a_panic_says_is_not_shown() {
        let ways = [
            "formatted",
            "any value",
            "unwrapped",
            "in a thread",
            "in a task",
        ];
        for (way, backtrace) in ways.iter().flat_map(|way| [(way, "0"), (way, "full")]) {
            let output = Command::new(std::env::current_exe().unwrap())
                .args([
                    "terminal::panics::tests::panics_if_told_to",
                    "--exact",
                    "--nocapture",
                ])
                .envs([(WAY, *way), ("RUST_BACKTRACE", backtrace)])
                .output()
                .unwrap();

            let shown = [output.stdout, output.stderr].concat();
            let shown = String::from_utf8_lossy(&shown);
            assert!(!shown.contains(SECRET), "{way}: {shown}");
            assert!(shown.contains("has failed at "), "{way}: {shown}");
            assert!(shown.contains("panics.rs:"), "{way}: {shown}");
            assert_eq!(
                shown.contains("RUST_BACKTRACE=1"),
                backtrace == "0",
                "{way}: {shown}"
            );
        }
    }
}
