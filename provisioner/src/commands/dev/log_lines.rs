//! The function's log lines in the terminal.

use anstyle::Style;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::local::LogLine;
use crate::printer::Printer;

const DIM: Style = Style::new().dimmed();

/// Prints each line as it comes, set off from what `dev` itself says.
pub(crate) async fn show(mut lines: UnboundedReceiver<LogLine>, printer: Printer) {
    while let Some(line) = lines.recv().await {
        let LogLine {
            function_name,
            text,
            ..
        } = line;
        printer.say(&format_args!("{DIM}[{function_name}] {text}{DIM:#}"));
    }
}
