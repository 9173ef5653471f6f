//! The rooms of each package on their layers, from the ground up.

use super::rooms::Layers;

/// `gateway`, in function/.
const FUNCTION: &Layers = &[
    "caller refusal cause client_json event timestamp panics settings",
    "session council redact aws",
    "agent",
    "request relay",
    "authorize dialect log",
    "gateway",
    "runtime",
    "lib",
    "main",
];

const PROVISIONER: &Layers = &[
    "hint deployment",
    "terminal",
    "env_file package config",
    "plan",
    "check generate",
    "aws",
    "gateway",
    "release cli",
    "commands",
    "lib",
    "main",
];

const LOCAL_AWS: &Layers = &[
    "scope wire",
    "route scenario",
    "services agents faults",
    "account options",
    "access running",
    "server",
    "lib",
];

pub(crate) fn layers(package: &str) -> Option<&'static Layers> {
    match package {
        "gateway" => Some(FUNCTION),
        "provisioner" => Some(PROVISIONER),
        "local-aws" => Some(LOCAL_AWS),
        _ => None,
    }
}
