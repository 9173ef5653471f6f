//! What may stand in a file's place. A named pipe is waited for until somebody writes or reads at its other end,
//! and a device takes what is written and keeps none of it.

use std::fs::FileType;
use std::os::unix::fs::FileTypeExt as _;

/// What is there instead of a file, in words; nothing for a file.
pub(crate) fn other_than_file(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a directory")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}
