//! The environment file's part in `up`: decided before anything is changed, written once it all works.

use crate::commands::Context;
use crate::doctor::{Finding, Grade};
use crate::env_file::{self, Edit, EnvFileChange, EnvFileError, VARIABLE, Written};
use crate::error::{Hint as _, chain};
use crate::state::Live;

/// What will be set, if anything; or why it cannot be.
pub(super) fn planned(context: &Context, live: &Live) -> Result<Option<EnvFileChange>, Finding> {
    let path = &context.config.env_file;
    let url = live.url.as_ref().map(|url| url.url.as_str());
    let change = env_file::planned(path, url).and_then(|change| {
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
