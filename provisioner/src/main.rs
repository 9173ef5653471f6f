//! The `provision` command: parse, run, report, exit.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use provisioner::cli::Cli;
use provisioner::commands::{self, Exit};
use provisioner::error::{Report, chain};
use provisioner::panic;
use provisioner::printer::Printer;

fn main() -> ExitCode {
    panic::hide_payloads();
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let started = Instant::now();
    let cli = Cli::parse();
    let printer = Printer::new(cli.global.json, cli.global.verbose);
    let github = cli.global.github.clone();
    let profile = cli.global.profile.clone();
    match Box::pin(commands::run(cli, started)).await {
        Ok(Exit::Done) => ExitCode::SUCCESS,
        Ok(Exit::Changes) => ExitCode::from(2),
        Err(error) => {
            let profile = profile.as_deref();
            printer.say(&Report {
                error: &error,
                profile,
            });
            if let Some(command) = github.annotation(&chain(&error)) {
                printer.say(&command);
            }
            ExitCode::from(error.exit_code())
        }
    }
}
