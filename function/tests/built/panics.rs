//! Clients and the log learn of a panic as a failure of the gateway. Its message, which may quote
//! anything, reaches neither.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use gateway::gateway::{Gone, Invocation, ResponseBody};
use gateway::{log, panics};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::clients::CLIENTS;
use crate::in_process::gateway;
use crate::process::soon;

const SECRET: &str = "カササギの合言葉";

/// Writes what a client would read to standard output.
struct Shown;

impl ResponseBody for Shown {
    fn has_room(&self) -> bool {
        true
    }

    async fn room(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    fn put(&mut self, piece: Bytes) {
        std::io::stdout().write_all(&piece).unwrap();
    }
}

/// Not a test: the program that panics. It is a process of its own, because the log of panics belongs
/// to a process.
#[tokio::test]
#[ignore = "started by the test below"]
async fn program() {
    panics::log_without_message();
    let gateway = gateway(Arc::new(Semaphore::new(0)), log::to_stdout);
    for client in CLIENTS {
        let invocation = Invocation {
            request_id: "r".to_owned(),
            deadline: SystemTime::now() + Duration::from_secs(600),
            x_ray_trace_id: None,
            event: Bytes::from(client.asks(&format!("panics {SECRET}")).to_string()),
        };
        gateway.answer(invocation, &mut Shown).await;
        std::io::stdout().write_all(b"\n").unwrap();
    }
}

#[tokio::test]
async fn a_panic_is_told_to_clients_and_in_the_log_without_its_message() {
    let program = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "panics::program", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let output = soon("the program", program.wait_with_output())
        .await
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let log = String::from_utf8(output.stderr).unwrap();

    assert!(output.status.success(), "{told}{log}");
    // The fifth ends before its first word.
    assert_eq!(
        told.matches(r#""first""#).count(),
        CLIENTS.len() - 1,
        "{told}"
    );
    assert_eq!(
        told.matches("the gateway failed").count(),
        CLIENTS.len() + 1,
        "{told}"
    );
    let panics = log
        .lines()
        .filter(|line| line.contains(r#""message":"panic""#));
    let located = panics.filter(|line| line.contains("in_process.rs:"));
    assert_eq!(located.count(), CLIENTS.len(), "{log}");
    assert_eq!(
        told.matches(r#""outcome":"internal""#).count(),
        CLIENTS.len(),
        "{told}"
    );
    assert!(
        !told.contains(SECRET) && !log.contains(SECRET),
        "{told}{log}"
    );
}
