//! `generate`: writes the deployment down for another tool, or compares what is written.

pub mod origin;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::context::Exit;
use super::error::CommandError;
use crate::cli::{GenerateArgs, GlobalArgs};
use crate::config::{Config, Needs};
use crate::deployment::access::Auth;
use crate::generate::files::{Difference, FilesError, difference, write};
use crate::generate::target::Target;
use crate::generate::{GeneratedFile, generate};
use crate::package::edition::Edition;
use crate::terminal::printer::Printer;

/// Needs the configuration only, and git for the workflow: no account, no network.
pub fn run(
    global: &GlobalArgs,
    args: &GenerateArgs,
    edition: &Edition,
    printer: Printer,
) -> Result<Exit, CommandError> {
    let GenerateArgs { target, out, check } = args;
    let config = Config::load(&global.settings, Needs::Deployment).map_err(CommandError::Config)?;
    let agents = config
        .agents
        .as_ref()
        .ok_or(CommandError::Unavailable("no agent is configured"))?;
    let env = global.settings.env.as_deref();
    let origin = (*target == Target::Github)
        .then(|| origin::origin(edition, printer))
        .transpose()
        .map_err(CommandError::Origin)?;
    let files = generate(*target, env, &config, agents, origin.as_ref());
    let files = files.map_err(CommandError::Generate)?;
    if !check && !config.environment.is_empty() && describes_function(*target) {
        printer.warn(
            &"the values of `environment` stand in what is generated; keep secrets in AWS Secrets Manager or \
             Parameter Store",
        );
    }
    match out {
        None => print(&files, printer).map(|()| Exit::Done),
        Some(directory) if *check => compare(directory, &files, printer),
        Some(directory) => {
            let is_first_time = write_all(directory, &files, printer)?;
            if let Some(next) = next_step(*target, config.auth).filter(|_| is_first_time) {
                printer.say(&next);
            }
            Ok(Exit::Done)
        }
    }
}

/// Whether the target's files have the function's settings.
fn describes_function(target: Target) -> bool {
    match target {
        Target::Cloudformation
        | Target::Sam
        | Target::Terraform
        | Target::Cdk
        | Target::Amplify => true,
        Target::Nextjs | Target::Policy | Target::Github => false,
    }
}

/// What to do with files that were not there before, where their own first lines do not say it: the route is closed
/// as it is generated.
fn next_step(target: Target, auth: Auth) -> Option<&'static str> {
    (target == Target::Nextjs && auth != Auth::Jwt).then_some(
        "nobody may ask yet: say in `authorized`, in src/app/api/magi/stream/route.ts, who may. To try it out on this \
         machine before: `BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127.0.0.1`",
    )
}

/// One file as it is; several with a line of their path before each.
fn print(files: &[GeneratedFile], printer: Printer) -> Result<(), CommandError> {
    if printer.json() {
        let files: Vec<Value> = files
            .iter()
            .map(|GeneratedFile { path, text, .. }| json!({ "path": path, "text": text }))
            .collect();
        return printer
            .json_result(&json!({ "files": files }))
            .map_err(CommandError::Print);
    }
    let text = match files {
        [GeneratedFile { text, .. }] => text.clone(),
        several => several
            .iter()
            .map(|GeneratedFile { path, text, .. }| format!("==> {} <==\n{text}", path.display()))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    printer.whole(&text).map_err(CommandError::Print)
}

fn compare(
    directory: &Path,
    files: &[GeneratedFile],
    printer: Printer,
) -> Result<Exit, CommandError> {
    let mut differing = Vec::new();
    // Starter files are the user's own once they are written.
    let kept = files.iter().filter(|file| !file.starter);
    for (_, path, difference) in differences(directory, kept)? {
        let Some(difference) = difference else {
            continue;
        };
        let how = match difference {
            Difference::Missing => "is missing",
            Difference::Changed | Difference::Foreign => "is not what would be generated",
        };
        printer.say(&format_args!("{}: {how}", path.display()));
        differing.push(path);
    }
    let result = json!({ "differing": differing });
    printer.json_result(&result).map_err(CommandError::Print)?;
    Ok(if differing.is_empty() {
        Exit::Done
    } else {
        Exit::Changes
    })
}

/// Writes all files, or none if one of them would replace a file that was not generated. Tells whether there were
/// none before.
fn write_all(
    directory: &Path,
    files: &[GeneratedFile],
    printer: Printer,
) -> Result<bool, CommandError> {
    let (starters, kept): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.starter);
    let mut compared = differences(directory, kept)?;
    if let Some((_, path, _)) = compared
        .iter()
        .find(|(_, _, difference)| *difference == Some(Difference::Foreign))
    {
        return Err(CommandError::Files(FilesError::Foreign {
            path: path.clone(),
        }));
    }
    let is_first_time = compared
        .iter()
        .all(|(_, _, difference)| *difference == Some(Difference::Missing));
    if is_first_time {
        compared.extend(differences(directory, starters)?);
    }
    let mut results = Vec::new();
    for (GeneratedFile { text, .. }, path, difference) in compared {
        let (changed, what) = match difference {
            None => (false, "up to date"),
            // A starter file that is there already is the user's own.
            Some(Difference::Foreign) => (false, "is there already, left as it is"),
            Some(Difference::Missing | Difference::Changed) => (true, "written"),
        };
        if changed {
            write(&path, text.as_bytes()).map_err(CommandError::Files)?;
        }
        printer.say(&format_args!("{}: {what}", path.display()));
        results.push(json!({ "path": path, "changed": changed }));
    }
    let result = json!({ "files": results });
    printer.json_result(&result).map_err(CommandError::Print)?;
    Ok(is_first_time)
}

type Comparison<'a> = (&'a GeneratedFile, PathBuf, Option<Difference>);

fn differences<'a>(
    directory: &Path,
    files: impl IntoIterator<Item = &'a GeneratedFile>,
) -> Result<Vec<Comparison<'a>>, CommandError> {
    files
        .into_iter()
        .map(|file| {
            Ok((
                file,
                directory.join(&file.path),
                difference(directory, file)?,
            ))
        })
        .collect::<Result<_, _>>()
        .map_err(CommandError::Files)
}
