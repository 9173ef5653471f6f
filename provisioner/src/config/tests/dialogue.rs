//! How a runtime is asked and understood whose program speaks as no other.

use serde_json::{Value, json};

use super::*;

const RUNTIME: &str =
    "arn:aws:bedrock-agentcore:ap-northeast-1:123456789012:runtime/research-AbC1234567";

/// A whole file around the settings of its one agent.
fn file(agent: &str) -> String {
    let agent = agent.replace('\n', "\n  ");
    format!("name: magi\nregion: ap-northeast-1\nagent:\n  runtime: {RUNTIME}\n  {agent}\n")
}

/// The agent in the function's variable.
fn written(text: &str) -> Value {
    let config = resolve(text).unwrap();
    let agents = gateway_agents::written(config.agents.as_ref().unwrap());
    let agents: Value = serde_json::from_str(&agents).unwrap();
    agents["agents"]["default"].clone()
}

fn refused(text: &str) -> String {
    resolve(text).unwrap_err().to_string()
}

#[test]
fn the_function_is_told_both_as_they_stand() {
    let agent = written(&file(
        "request:\n  prompt: ${question}\n  runtimeSessionId: ${session}\n  stream: true\n  options: [1, 0.5, null, '$${x}']\n\
         answer: {text: [/a/0, /b~1c], end: /done}",
    ));
    assert_eq!(
        agent["request"],
        json!({
            "prompt": "${question}", "runtimeSessionId": "${session}", "stream": true,
            "options": [1, 0.5, null, "$${x}"],
        })
    );
    assert_eq!(
        agent["answer"],
        json!({"text": ["/a/0", "/b~1c"], "end": "/done"})
    );

    let usual = written(&file("request:\nanswer:"));
    assert_eq!((usual.get("request"), usual.get("answer")), (None, None));
}

#[test]
fn a_mistake_is_told_where_it_stands() {
    insta::assert_snapshot!(refused(&file("request:\n  a:\n    - b: ${prompt}")), @"gateway.yaml:7:12: agent.request.a[0].b: there is no placeholder `${prompt}`, only `${question}`, `${session}`, `${caller}`, `${files}`, `${history}`, `${messages}`; to send `${` as it is, write `$${`");
    insta::assert_snapshot!(refused(&file("request: {a: 'b ${question'}")), @"gateway.yaml:5:16: agent.request.a: `${` without `}`; to send `${` as it is, write `$${`");
    insta::assert_snapshot!(refused(&file("request: {a: 'all ${messages}'}")), @"gateway.yaml:5:16: agent.request.a: `${messages}` is a list: it has to be the whole string");
    insta::assert_snapshot!(refused(&file("request: {'${question}': a}")), @"gateway.yaml:5:13: agent.request: placeholders stand in values, and `${question}` is a key");
    insta::assert_snapshot!(refused(&file("request: {a: '${question}', a: 1}")), @"gateway.yaml:5:31: agent.request: duplicate key `a`");
    insta::assert_snapshot!(refused(&file("request: {a: .nan, b: '${question}'}")), @"gateway.yaml:5:16: agent.request.a: JSON has no such number");
    insta::assert_snapshot!(refused(&file("request: {a: '$${question}', b: '${history}'}")), @"gateway.yaml:5:12: agent.request: needs `${question}` or `${messages}`: else nobody asks anything");
    insta::assert_snapshot!(refused(&file("request: ['${question}', '${caller}']")), @"gateway.yaml:5:12: agent.request: has `${caller}`, which agents are told with `pass_caller: true` only");
    insta::assert_snapshot!(refused(&file("answer: {text: payload.text}")), @r#"gateway.yaml:5:18: agent.answer.text: invalid value: string "payload.text", expected a JSON Pointer such as `/data/text` or `/choices/0/text`"#);
    insta::assert_snapshot!(refused(&file("answer: {text: [/a, '']}")), @r#"gateway.yaml:5:23: agent.answer.text[1]: invalid value: string "", expected a JSON Pointer such as `/data/text` or `/choices/0/text`"#);
    insta::assert_snapshot!(refused(&file("answer: {text: 1}")), @"gateway.yaml:5:18: agent.answer.text: invalid type: integer `1`, expected a JSON Pointer such as `/data/text` or `/choices/0/text`, or a list of them");
    insta::assert_snapshot!(refused(&file("answer: {texts: /a}")), @"gateway.yaml:5:12: agent.answer: unknown field `texts`, expected one of `text`, `reasoning`, `error`, `end`, `ignore`");
    insta::assert_snapshot!(refused(&file("answer: {text: [/1, /2, /3, /4, /5, /6, /7, /8, /9]}")), @"gateway.yaml:5:18: agent.answer.text: at most 8 pointers are taken");
    insta::assert_snapshot!(refused("name: magi\nregion: ap-northeast-1\nagent:\n  id: A\n  alias: B\n  request: '${question}'\n"), @"gateway.yaml:6:12: agent.request: goes with `runtime`: AWS says how other agents are asked and answer");
    insta::assert_snapshot!(refused(&format!("{MINIMUM}agents:\n  a:\n    runtime: {RUNTIME}\n    request: ['${{messages}}', '${{caller}}']\n").replace("agent: ", "# ")), @"gateway.yaml:7:14: agents.a.request: has `${caller}`, which agents are told with `pass_caller: true` only");
}

#[test]
fn who_calls_may_be_said_where_agents_are_told() {
    let agent = written(&format!(
        "{}pass_caller: true\n",
        file("request: ['${messages}', 'by ${caller}']")
    ));
    assert_eq!(agent["request"], json!(["${messages}", "by ${caller}"]));
}

#[test]
fn an_environment_may_ask_otherwise() {
    let mut args = args();
    args.env = Some("staging".to_owned());
    let text = file("request: '${question}'\nanswer: {text: /a}");
    let text = format!("{text}environments:\n  staging: {{agent: {{answer: {{text: /b}}}}}}\n");
    let config = Config::resolve(&text, &args, Needs::Deployment).unwrap();
    let agents = gateway_agents::written(config.agents.as_ref().unwrap());
    assert!(agents.contains(r#""answer":{"text":"/b"}"#), "{agents}");
    assert!(agents.contains(r#""request":"${question}""#), "{agents}");
}

#[test]
fn a_template_that_fills_all_variables_is_refused_here() {
    let long = "x".repeat(4000);
    let text = file(&format!("request: ['${{question}}', {long}]"));
    insta::assert_snapshot!(refused(&text), @"the function's environment variables would take 4396 bytes, 4241 of them `GATEWAY_AGENTS`, and Lambda allows 4096");
}
