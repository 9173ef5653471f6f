//! The function's log lines in the terminal, as `provision logs` shows them; Lambda's own with `--verbose`.

use anstyle::Style;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::commands::logs::line::spoken;
use crate::terminal::printer::Printer;
use local_aws::LogLine;

const DIM: Style = Style::new().dimmed();

/// Prints each line as it comes, set off from what `dev` itself says.
pub(crate) async fn show(mut lines: UnboundedReceiver<LogLine>, printer: Printer) {
    while let Some(line) = lines.recv().await {
        let LogLine {
            function_name,
            text,
            ..
        } = line;
        let name = format_args!("{DIM}[{function_name}]{DIM:#}");
        // Lambda's own lines about starts and ends drown what the function has to say.
        if text.contains(r#""type":"platform."#) {
            printer.detail(&format_args!("{name} {DIM}{text}{DIM:#}"));
        } else {
            printer.say(&format_args!("{name} {}", spoken(&text)));
        }
    }
}
