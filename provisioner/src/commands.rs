//! One file a command.

pub mod ask;
pub mod completions;
pub mod context;
pub mod dev;
pub mod doctor;
pub mod down;
pub mod error;
pub mod generate;
pub mod init;
pub mod logs;
pub mod man;
pub mod package;
pub mod plan;
pub mod rollback;
pub mod schema;
pub mod status;
pub mod up;
pub mod url;

use std::time::Instant;

use crate::cli::{Cli, Command};
use crate::config::Needs;
use crate::package::edition::Edition;
use crate::terminal::printer::Printer;
use context::{Context, Exit};
use error::CommandError;

/// Runs the command that was asked for.
pub async fn run(
    cli: Cli,
    edition: Edition,
    printer: Printer,
    started: Instant,
) -> Result<Exit, CommandError> {
    let Cli { global, command } = cli;
    let context = async |needs| Context::new(&global, needs, edition, printer, started).await;
    match command {
        Command::Up(args) => {
            Box::pin(up::run(&context(Needs::Deployment).await?, &args)).await?;
        }
        Command::Plan(args) => {
            return Box::pin(plan::run(&context(Needs::Deployment).await?, &args)).await;
        }
        Command::Ask(args) => {
            Box::pin(ask::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Logs(args) => {
            Box::pin(logs::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Init(args) => Box::pin(init::run(&global, &args, printer)).await?,
        Command::Package(args) => {
            Box::pin(package::run(&global, &args, edition, printer)).await?;
        }
        Command::Generate(args) => return generate::run(&global, &args, &edition, printer),
        Command::Schema => schema::run(printer)?,
        Command::Completions(args) => completions::run(&args, &edition, printer)?,
        Command::Man(args) => man::run(&args, &edition)?,
        Command::Url => url::run(&context(Needs::Target).await?).await?,
        Command::Status => Box::pin(status::run(&context(Needs::Target).await?)).await?,
        Command::Down(args) => {
            Box::pin(down::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Rollback(args) => {
            Box::pin(rollback::run(&context(Needs::Target).await?, &args)).await?;
        }
        Command::Doctor(args) => {
            Box::pin(doctor::run(&context(Needs::Deployment).await?, &args)).await?;
        }
        Command::Dev(args) => Box::pin(dev::run(&global, &args, edition, printer, started)).await?,
    }
    Ok(Exit::Done)
}
