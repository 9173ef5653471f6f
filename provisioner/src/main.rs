//! The `provision` command: parse, run, report, exit.

use std::process::ExitCode;
use std::time::Instant;

use provisioner::cli::Cli;
use provisioner::commands;
use provisioner::commands::context::Exit;
use provisioner::hint::{Hint as _, chain};
use provisioner::terminal::panics;
use provisioner::terminal::printer::Printer;
use provisioner::terminal::report::Report;

fn main() -> ExitCode {
    panics::hide_payloads();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let started = Instant::now();
    let cli = Cli::read();
    let printer = Printer::new(cli.global.json, cli.global.verbose);
    let github = cli.global.github.clone();
    let profile = cli.global.profile.clone();
    match Box::pin(commands::run(cli, started)).await {
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
