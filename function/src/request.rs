//! A request to the function URL: its event, what a dialect reads out of it, and the question that
//! the gateway makes of both.

pub mod draft;
pub mod event;
pub mod question;
