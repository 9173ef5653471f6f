//! A plan as a person reads it.

use anstyle::{AnsiColor, Style};

use super::Plan;
use super::description::Change;

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// A plan as text with colours; `anstream` takes them out where they do not belong.
pub(crate) fn coloured(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for description in plan.changes() {
        let colour = match description.change {
            Change::Create => GREEN,
            Change::Update => YELLOW,
            Change::Delete => RED,
        };
        let text = description.to_string();
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        lines.push(format!("  {colour}{first}{colour:#}"));
        lines.extend(rest.lines().map(|line| format!("  {line}")));
    }
    lines.extend(
        plan.notes
            .iter()
            .map(|note| format!("  {YELLOW}!{YELLOW:#} {note}")),
    );
    lines.join("\n")
}
