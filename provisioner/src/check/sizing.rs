//! Whether the function has more memory than it needs, by what Lambda has reported of its invocations. Pure.

use serde_json::Value;

use super::finding::{Finding, Grade};
use crate::deployment::content::Architecture;

/// What a line of the log is found by that reports an invocation.
pub(crate) const REPORT: &str = "\"platform.report\"";

/// The sizes that are suggested, in MB. Below the first one the start takes noticeably longer.
const SIZES: [u32; 3] = [256, 512, 1024];
/// How many times the largest use has to fit, so that an unusually long answer does, too.
const ROOM: u32 = 4;
/// With so much memory a function has one whole vCPU; with less, its share of one is in proportion.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const WHOLE_CPU_MB: u32 = 1769;
/// What the function computes on a whole vCPU, in microseconds: at its start, and for a chunk that comes alone.
/// Measured on `x86_64` by `make bench`, whose results a test holds against these.
const START_MICROSECONDS: u32 = 2_000;
const CHUNK_MICROSECONDS: u32 = 150;

/// What Lambda says at the end of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    /// What the function had, in MB.
    memory_mb: u32,
    /// The most that it has used since its start, in MB.
    used_mb: u32,
}

impl Report {
    /// What a line of the log reports, if it is such a line: Lambda's JSON format.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report>
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let metrics = &line["record"]["metrics"];
        let number = |key: &str| u32::try_from(metrics[key].as_u64()?).ok();
        Some(Self {
            memory_mb: number("memorySizeMB")?,
            used_mb: number("maxMemoryUsedMB")?,
        })
    }
}

/// What the function has really used, and the size that would do. Nothing where no invocation is reported with the
/// memory that the function has now.
pub(crate) fn sizing(
    memory_mb: u16,
    architecture: Architecture,
    reports: &[Report],
) -> Option<Finding> {
    let memory_mb = u32::from(memory_mb);
    let reports = reports.iter().filter(|it| it.memory_mb == memory_mb);
    let used: Vec<u32> = reports.map(|report| report.used_mb).collect();
    let most = used.iter().copied().max()?;
    let invocations = match used.len() {
        1 => "the last invocation".to_owned(),
        several => format!("the last {several} invocations"),
    };
    let message = format!("{invocations} used at most {most} MB of {memory_mb} MB");
    let needed = most.saturating_mul(ROOM);
    let Some(size) = SIZES
        .into_iter()
        .find(|size| *size >= needed && *size < memory_mb)
    else {
        return Some(Finding::new(Grade::Fine, message));
    };
    Some(Finding::new(Grade::Note, message).remedy(saving(size, memory_mb, architecture)))
}

fn saving(size: u32, memory_mb: u32, architecture: Architecture) -> String {
    let percent = 100 - size * 100 / memory_mb;
    let with = |memory_mb: u32, microseconds: u32| {
        let tenths = microseconds * WHOLE_CPU_MB / memory_mb.min(WHOLE_CPU_MB) / 100;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let other = match architecture {
        Architecture::X86_64 => {
            "; `architecture: arm64` costs 20 % less again, its speed was not measured"
        }
        Architecture::Arm64 => " (measured on x86_64)",
    };
    format!(
        "`memory_mb: {size}` would cost {percent} % less per second, and the function mostly waits for the agent. What \
         gets slower, because CPU comes with memory: a start computes for about {} ms instead of {}, a chunk that \
         comes alone for {} ms instead of {}{other}",
        with(size, START_MICROSECONDS),
        with(memory_mb, START_MICROSECONDS),
        with(size, CHUNK_MICROSECONDS),
        with(memory_mb, CHUNK_MICROSECONDS),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(memory_mb: u32, used_mb: u32) -> Report {
        Report { memory_mb, used_mb }
    }

    fn told(memory_mb: u16, architecture: Architecture, reports: &[Report]) -> String {
        sizing(memory_mb, architecture, reports).map_or_else(String::new, |it| it.told())
    }

    #[test]
    fn the_size_that_would_do_is_told_with_what_it_saves_and_what_gets_slower() {
        let reports = [used(2048, 30), used(2048, 34), used(128, 128)];
        insta::assert_snapshot!(told(2048, Architecture::X86_64, &reports), @r"
        the last 2 invocations used at most 34 MB of 2048 MB
            -> `memory_mb: 256` would cost 88 % less per second, and the function mostly waits for the agent. What gets slower, because CPU comes with memory: a start computes for about 13.8 ms instead of 2.0, a chunk that comes alone for 1.0 ms instead of 0.1; `architecture: arm64` costs 20 % less again, its speed was not measured
        ");
        insta::assert_snapshot!(told(512, Architecture::Arm64, &[used(512, 40)]), @r"
        the last invocation used at most 40 MB of 512 MB
            -> `memory_mb: 256` would cost 50 % less per second, and the function mostly waits for the agent. What gets slower, because CPU comes with memory: a start computes for about 13.8 ms instead of 6.9, a chunk that comes alone for 1.0 ms instead of 0.5 (measured on x86_64)
        ");
    }

    #[test]
    fn what_is_no_larger_than_it_has_to_be_is_fine() {
        insta::assert_snapshot!(told(256, Architecture::X86_64, &[used(256, 34)]), @"the last invocation used at most 34 MB of 256 MB");
        insta::assert_snapshot!(told(1024, Architecture::X86_64, &[used(1024, 300)]), @"the last invocation used at most 300 MB of 1024 MB");
        assert_eq!(told(2048, Architecture::X86_64, &[used(512, 34)]), "");
    }

    #[test]
    fn a_line_that_reports_is_read() {
        let line = r#"{"time":"t","type":"platform.report","record":{"requestId":"r","status":"success",
            "metrics":{"durationMs":12.5,"billedDurationMs":13,"memorySizeMB":2048,"maxMemoryUsedMB":34}}}"#;
        assert_eq!(Report::of_line(line), Some(used(2048, 34)));
        for other in ["", "no JSON", r#"{"type":"platform.start"}"#, "{}"] {
            assert_eq!(Report::of_line(other), None);
        }
    }

    #[test]
    fn the_figures_are_those_that_were_measured() {
        let results = include_str!("../../../function/bench/results.json");
        let results: Value = serde_json::from_str(results).unwrap();
        let figures = &results["function"]["peers"]["ours"]["figures"];
        let start = figures["init_cpu_ms"]["median"].as_f64().unwrap() * 1000.0;
        let chunk = figures["paced_cpu_us_per_chunk"]["median"]
            .as_f64()
            .unwrap();
        for (name, told, measured) in [
            ("start", START_MICROSECONDS, start),
            ("chunk", CHUNK_MICROSECONDS, chunk),
        ] {
            let ratio = f64::from(told) / measured;
            assert!(
                (0.7..1.5).contains(&ratio),
                "{name}: {told} told, {measured} measured"
            );
        }
    }
}
