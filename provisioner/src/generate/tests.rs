use clap::ValueEnum as _;

use super::*;
use crate::config::Needs;
use crate::config::tests::args;

fn generated(target: Target, yaml: &str) -> Vec<GeneratedFile> {
    let yaml = format!(
        "name: magi\nregion: ap-northeast-1\nagent: {{id: AGENT12345, alias: ALIAS67890}}\n{yaml}"
    );
    let config = Config::resolve(&yaml, &args(), Needs::Deployment).unwrap();
    let agents = config.agents.as_ref().unwrap();
    let origin = Origin::Clone {
        remote: "https://github.com/example/gateway".to_owned(),
        commit: "0123456789abcdef".to_owned(),
    };
    generate(target, None, &config, agents, Some(&origin)).unwrap()
}

#[test]
fn every_target_fills_its_templates_for_every_auth_and_architecture() {
    let jwt = "auth: jwt\njwt: {issuer: \"https://issuer.example/pool\", audience: [web]}\n";
    for auth in ["auth: iam\n", jwt, "auth: none\n"] {
        for architecture in ["x86_64", "arm64"] {
            for target in Target::value_variants() {
                let files = generated(*target, &format!("{auth}architecture: {architecture}\n"));

                assert!(!files.is_empty());
                for GeneratedFile {
                    path,
                    text,
                    starter,
                } in files
                {
                    let path = path.display();
                    assert!(starter || is_generated(&text), "{path}: {text}");
                    assert!(
                        !text.contains("<%") && !text.contains("%>"),
                        "{path}: {text}"
                    );
                    assert!(!text.contains(['\u{E000}', '\u{E001}']), "{path}: {text}");
                    assert!(
                        text.ends_with('\n') && !text.ends_with("\n\n"),
                        "{path}: {text}"
                    );
                    assert!(!text.contains("\n\n\n"), "{path}: {text}");
                    assert!(
                        text.lines().all(|line| line.trim_end() == line),
                        "{path}: {text}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_setting_of_a_version_changes_its_description() {
    let version = |yaml: &str| {
        let text = generated(Target::Cloudformation, yaml).remove(0).text;
        let line = text
            .lines()
            .find(|line| line.contains("Description: configuration"));
        line.unwrap().to_owned()
    };
    let changed = [
        "memory_mb: 512",
        "timeout_seconds: 60",
        "architecture: arm64",
        "trace: off",
        "environment: {AB: c}",
    ];

    assert_eq!(
        version(""),
        version("tags: {team: nerv}\nlog_retention_days: 30")
    );
    for yaml in changed {
        assert_ne!(version(""), version(yaml), "{yaml}");
    }
}

#[test]
fn a_file_of_somebody_elses_is_not_taken_for_generated() {
    assert!(!is_generated("variable \"mine\" {}\n"));
    assert!(!is_generated(&format!(
        "{}# {MARK}x`",
        "\n".repeat(MARK_WITHIN)
    )));
}
