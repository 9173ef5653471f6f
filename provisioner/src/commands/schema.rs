//! `schema`: the JSON Schema of gateway.yaml.

use super::error::CommandError;
use crate::config::schema;
use crate::terminal::printer::Printer;

/// Prints the schema; it needs no configuration and no account.
pub fn run(printer: Printer) -> Result<(), CommandError> {
    printer.whole(&schema::text()).map_err(CommandError::Print)
}
