//! Each kind of client as it asks, and the bytes that it is answered with.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ag_ui;
mod ai_sdk;
mod inquiries;
mod magi;
mod openai;
mod story;
