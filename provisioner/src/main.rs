//! The `provision` command: parse, run, report, exit.

use std::process::ExitCode;
use std::time::Instant;

use provisioner::cli::Cli;
use provisioner::commands;
use provisioner::commands::context::Exit;
use provisioner::hint::{Hint as _, chain};
use provisioner::package::edition::{Edition, Functions};
use provisioner::terminal::panics;
use provisioner::terminal::printer::Printer;
use provisioner::terminal::report::Report;

/// The functions that a release puts inside, from the directory that this variable names:
/// `cargo rustc --bin provision -- --cfg carries`. A build in a clone has none.
#[cfg(carries)]
const FUNCTIONS: Option<Functions> = Some(Functions {
    x86_64: include_bytes!(concat!(env!("PROVISION_CARRY_DIR"), "/x86_64.zip")),
    arm64: include_bytes!(concat!(env!("PROVISION_CARRY_DIR"), "/arm64.zip")),
    #[cfg(target_os = "linux")]
    local: None,
    #[cfg(not(target_os = "linux"))]
    local: Some(include_bytes!(concat!(
        env!("PROVISION_CARRY_DIR"),
        "/local.zip"
    ))),
});
#[cfg(not(carries))]
const FUNCTIONS: Option<Functions> = None;

const EDITION: Edition = Edition {
    version: env!("CARGO_PKG_VERSION"),
    commit: option_env!("PROVISION_COMMIT"),
    functions: FUNCTIONS,
};

fn main() -> ExitCode {
    panics::hide_payloads();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let started = Instant::now();
    let cli = Cli::read(&EDITION);
    // It lives as long as the process.
    let typed = cli.global.typed.clone().map(|typed| &*typed.leak());
    let printer = Printer::new(cli.global.json, cli.global.verbose).typed(typed);
    let github = cli.global.github.clone();
    let profile = cli.global.profile.clone();
    match Box::pin(commands::run(cli, EDITION, printer, started)).await {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Changes) => ExitCode::from(2),
        Err(error) => {
            let report = Report {
                error: &error,
                profile: profile.as_deref(),
            };
            for command in github.mask_accounts(&report.to_string()) {
                printer.say(&command);
            }
            printer.say(&report);
            let hint = error.hint().map(|hint| format!("\nhint: {hint}"));
            let message = chain(&error) + &hint.unwrap_or_default();
            if let Some(command) = github.annotation(&message) {
                printer.say(&command);
            }
            ExitCode::from(error.exit_code())
        }
    }
}
