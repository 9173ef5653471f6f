//! A variable that is set to nothing is none, for every variable that the command line knows.

use std::collections::BTreeSet;
use std::io;
use std::process::{Command, Output};

use clap::CommandFactory as _;
use provisioner::cli::Cli;

/// The variables of a command and of its subcommands.
fn variables(command: &clap::Command) -> BTreeSet<String> {
    let own = command.get_arguments().filter_map(clap::Arg::get_env);
    let own = own.map(|name| name.to_string_lossy().into_owned());
    own.chain(command.get_subcommands().flat_map(variables))
        .collect()
}

/// What the command needs to be understood, and not to succeed.
fn arguments(command: &str) -> Vec<&str> {
    match command {
        "ask" => vec!["ask", "?", "--raw"],
        "completions" => vec!["completions", "bash"],
        "generate" => vec!["generate", "github"],
        "man" => vec!["man", "--out", "man"],
        "package" => vec!["package", "--binary", "nowhere"],
        "dev" => vec!["dev", "--scenario", "nowhere"],
        command => vec![command],
    }
}

fn run(command: &str, variables: &[(&str, &str)]) -> io::Result<Output> {
    let home = tempfile::tempdir()?;
    Command::new(env!("CARGO_BIN_EXE_provision"))
        .args(arguments(command))
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .envs(variables.iter().copied())
        .output()
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let cli = Cli::command();
    let names = variables(&cli);
    assert!(names.contains("BEDROCK_GATEWAY_PROBE") && names.contains("GITHUB_OUTPUT"));
    let empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();

    for command in cli.get_subcommands() {
        let without = run(command.get_name(), &[]).unwrap();
        let with = run(command.get_name(), &empty).unwrap();

        assert_ne!(without.status.code(), Some(2), "{without:?}");
        assert_eq!(with, without, "{command}");
    }
}

#[test]
fn a_flag_that_a_variable_turns_off_conflicts_with_nothing() {
    let off = run("ask", &[("BEDROCK_GATEWAY_JSON", "false")]).unwrap();
    assert_eq!(off, run("ask", &[]).unwrap());

    let on = run("ask", &[("BEDROCK_GATEWAY_JSON", "1")]).unwrap();
    assert_eq!(on.status.code(), Some(2), "{on:?}");
}
