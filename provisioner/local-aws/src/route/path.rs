//! Matches methods and paths with the rows of a table.

use http::Method;
use percent_encoding::percent_decode_str;

use super::operation::Operation;

/// The first operation that fits, with the parts of the path that stand for `{...}` in its row.
pub(super) fn find(
    table: &'static [Operation],
    method: &Method,
    path: &str,
) -> Option<(&'static Operation, Vec<String>)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    table.iter().find_map(|operation| {
        let (expected, pattern) = operation.request.split_once(' ')?;
        let open = (expected == method.as_str()).then(|| open_parts(pattern, path))?;
        Some((operation, open?))
    })
}

/// The parts of the path that stand for `{...}`; `None` where the path does not fit.
fn open_parts(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (patterns, parts) = (pattern.split('/'), path.split('/'));
    if patterns.clone().count() != parts.clone().count() {
        return None;
    }
    let mut open = Vec::new();
    for (pattern, part) in patterns.zip(parts) {
        if pattern.starts_with('{') {
            open.push(percent_decode_str(part).decode_utf8_lossy().into_owned());
        } else if pattern != part {
            return None;
        }
    }
    Some(open)
}
