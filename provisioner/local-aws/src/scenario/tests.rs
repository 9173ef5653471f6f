use super::*;

const HEAD: &str = "
agent: {name: SOLOMON, id: MAGICOUNCL, alias: LIVE}
collaborators:
  - {name: CASPAR, id: CASPAR0001, alias: LIVE}
answers:
";

fn parse(answers: &str) -> Result<Scenario, String> {
    Scenario::parse(&format!("{HEAD}{answers}")).map_err(|error| error.to_string())
}

#[test]
fn every_step_can_be_written() {
    let scenario = parse(
        "
  - when: '!refused'
    steps: [{wait: 5}, {refuse: {status: 429, code: ThrottlingException, message: slow}}]
  - steps:
      - wait: 100
      - think: {agent: SOLOMON, for: 300, rationale: hm, tokens: {input: 10, output: 2}}
      - parallel:
          - - ask: {agent: CASPAR, text: what}
            - think: {agent: CASPAR, tokens: {input: 1, output: 1}}
            - answer: {agent: CASPAR, text: this}
          - [wait: 10]
      - say: {text: abc}
      - say: {text: abc, characters: [2, 6], every: 40}
      - say: {text: abc, bytes: 5}
      - repeat: {count: 3, text: x}
      - fill: {bytes: 10, text: x}
      - cite: {text: abc, sources: [{uri: 's3://a/b', title: t, excerpt: e}]}
      - files: [{name: a, type: text/csv, text: x}]
      - reason: {agent: CASPAR, text: hm}
      - use: {agent: CASPAR, function: {group: g, name: f, parameters: {a: b}, output: {c: 1}}}
      - use: {agent: CASPAR, lookup: {text: a, found: []}}
      - use: {agent: CASPAR, code: {code: a, error: b}}
      - guardrail: {action: INTERVENED, topic: t}
      - returnControl: {group: g, function: f}
      - exception: {name: throttlingException, message: slow}
      - close
      - stall
",
    )
    .unwrap();

    assert_eq!(scenario.script("please !refused now").len(), 2);
    let steps = scenario.script("anything");
    assert_eq!(steps.len(), 19);
    assert_eq!(steps[0], Step::Wait(100));
    assert!(matches!(&steps[2], Step::Parallel(branches) if branches[0].len() == 3));
    assert_eq!(steps[18], Step::Stall);
}

#[test]
fn an_error_of_shape_tells_its_line() {
    let error = parse("  - steps:\n      - wait: 1\n      - whistle: loud\n").unwrap_err();
    assert!(
        error.starts_with("line 8:") && error.contains("whistle"),
        "{error}"
    );

    let error = parse("  - steps:\n      - say: {txt: a}\n").unwrap_err();
    assert!(
        error.starts_with("line 7:") && error.contains("txt"),
        "{error}"
    );

    let error = Scenario::parse("agent: [").unwrap_err().to_string();
    assert!(error.starts_with("line "), "{error}");
}

#[test]
fn what_cannot_be_played_is_refused() {
    for (steps, reason) in [
        (
            "[answer: {agent: HERODES, text: a}]",
            "the last answer: step 1: there is no collaborator `HERODES`",
        ),
        (
            "[wait: 1, think: {agent: HERODES, tokens: {input: 1, output: 1}}]",
            "the last answer: step 2: there is no agent `HERODES`",
        ),
        (
            "[say: {text: a}, refuse: {status: 429, code: A, message: a}]",
            "the last answer: step 2: `refuse` comes first, or after a `wait` only",
        ),
        (
            "[parallel: [[refuse: {status: 429, code: A, message: a}]]]",
            "the last answer: step 1: `refuse` cannot be in a branch",
        ),
        (
            "[refuse: {status: 200, code: A, message: a}]",
            "the last answer: step 1: 200 is not the status of an error",
        ),
        (
            "[say: {text: a, characters: [6, 2]}]",
            "the last answer: step 1: `characters` are two numbers from 1 on, the smaller one first",
        ),
        (
            "[say: {text: a, bytes: 0}]",
            "the last answer: step 1: `bytes` is at least 1",
        ),
        (
            "[fill: {bytes: 1000001, text: a}]",
            "the last answer: step 1: a chunk has at most 1000000 bytes",
        ),
        (
            "[reason: {agent: HERODES, text: a}]",
            "the last answer: step 1: there is no agent `HERODES`",
        ),
        (
            "[fill: {bytes: 1, text: ''}]",
            "the last answer: step 1: `text` is empty",
        ),
    ] {
        assert_eq!(parse(&format!("  - steps: {steps}\n")).unwrap_err(), reason);
    }
    let unknown = parse("  - steps: [exception: {name: oops, message: a}]\n").unwrap_err();
    assert!(unknown.contains("no exception `oops`"), "{unknown}");
}

#[test]
fn every_question_has_an_answer() {
    let only_some = parse("  - {when: a, steps: []}\n").unwrap_err();
    let unreachable = parse("  - {steps: []}\n  - {when: a, steps: []}\n").unwrap_err();

    assert_eq!(only_some, unreachable);
    assert_eq!(
        only_some,
        "the last answer must have no `when`, and only the last"
    );
}

#[test]
fn an_agent_that_bedrock_could_not_have_is_refused() {
    let error = Scenario::parse(
        "{agent: {name: A, id: magi_agent-4, alias: LIVE}, answers: [{steps: []}]}",
    );
    assert!(matches!(error, Err(ScenarioError::Agent(_))), "{error:?}");
}

/// What the tests from outside ask for.
const FAILURES: [&str; 11] = [
    "!throttled-midway",
    "!throttled",
    "!closes",
    "!stalls",
    "!denied",
    "!not-found",
    "!flood",
    "!megabyte",
    "!split",
    "!silence",
    "!one-chunk",
];

#[test]
fn the_council_can_be_played() {
    let council = Scenario::parse(Scenario::COUNCIL).unwrap();

    let sages: Vec<_> = council.collaborators.iter().map(|it| &it.name).collect();
    assert_eq!(sages, ["CASPAR", "BALTHASAR", "MELCHIOR"]);
    for question in FAILURES {
        let script = council.script(question);
        let condition = council
            .answers
            .iter()
            .find(|answer| answer.steps == script)
            .and_then(|answer| answer.when.as_deref());
        assert_eq!(condition, Some(question));
    }
}

#[test]
fn the_council_lasts_as_long_as_it_is_good_to_watch() {
    let council = Scenario::parse(Scenario::COUNCIL).unwrap();

    let lasts = duration(council.script("東京に新しい公園を作るべきか"));

    assert!((12_000..16_000).contains(&lasts), "{lasts} ms");
}

fn duration(steps: &[Step]) -> u64 {
    steps
        .iter()
        .map(|step| match step {
            Step::Wait(duration) | Step::Think(Think { duration, .. }) => *duration,
            Step::Say(say) => say.pieces(&say.text).iter().map(|piece| piece.pause).sum(),
            Step::Parallel(branches) => {
                let branches = branches.iter().map(|branch| duration(branch));
                branches.max().unwrap_or_default()
            }
            _ => 0,
        })
        .sum()
}
