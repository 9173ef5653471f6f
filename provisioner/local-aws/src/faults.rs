//! Faults on demand, so that a test can see what a client does when AWS is slow, throttled, busy, or
//! answers nothing at all. Rules are data.
//!
//! `POST /_local/faults` on the endpoint, signed with the developer's key for the service `local-aws`,
//! replaces the rules with those of its JSON body; `GET` shows them with how often each has struck.
//! `dev --no-deploy --faults JSON` starts with some.
//! `/_local/faults/NAME` is the same for a set of rules of its own: for tests that run side by side.
//!
//! ```json
//! [{"operation": "lambda:CreateFunction", "about": "magi", "first": 2, "times": 1,
//!   "fault": {"kind": "throttled"}}]
//! ```
//!
//! - `operation`: the service and AWS's name of the operation; `lambda:*` is all of a service, `*`
//!   everything. `lambda:InvokeFunctionUrl` is a request to a function URL, which is refused (403)
//!   whatever the fault.
//! - `about`: a text that the request's path, body or user agent contains (`AWS_SDK_UA_APP_ID` gets
//!   into the user agent); by default any.
//! - `first`: the occurrence that is struck first; 1 by default.
//! - `times`: how many are struck; all by default.
//! - `fault`: what goes wrong, one of the kinds of `Fault`.
//!
//! Of several rules that match the first strikes; every one counts.

pub(crate) mod admin;
mod answers;
mod around;
mod connection;
mod rules;

pub(crate) use around::around;
pub(crate) use connection::{Cut, Listener};
pub(crate) use rules::Faults;
pub use rules::Rule;
