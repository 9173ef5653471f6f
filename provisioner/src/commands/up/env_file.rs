//! The environment file's part in `up`: decided before anything is changed, written once it all works.

use crate::check::finding::{Finding, Grade};
use crate::commands::Context;
use crate::deployment::state::Live;
use crate::env_file;
use crate::env_file::{Edit, EnvFileError, VARIABLE, Written};
use crate::hint::{Hint as _, chain};
use crate::plan::EnvFileChange;

/// What will be set, if anything; or why it cannot be.
pub(super) fn planned(context: &Context, live: &Live) -> Result<Option<EnvFileChange>, Finding> {
    let path = &context.config.env_file;
    let url = live.url.as_ref().map(|url| url.url.as_str());
    let change = env_file::read(path)
        .map(|text| EnvFileChange::decide(path, text.as_deref(), url))
        .and_then(|change| {
            change
                .as_ref()
                .map_or(Ok(()), |_| env_file::check_writable(path))?;
            Ok(change)
        });
    change.map_err(|error| Finding {
        grade: Grade::Broken,
        message: chain(&error),
        remedy: error.hint(),
    })
}

/// Tells the web application the URL.
pub(super) fn write(context: &Context, url: &str) -> Result<Written, EnvFileError> {
    let path = &context.config.env_file;
    let written = env_file::update(path, Edit::Set(url))?;
    match written {
        Written::Changed => {
            context
                .printer
                .say(&format_args!("{}: {VARIABLE} is set", path.display()));
        }
        Written::Unchanged => {
            context.printer.detail(&format_args!(
                "{}: {VARIABLE} is up to date",
                path.display()
            ));
        }
    }
    Ok(written)
}
