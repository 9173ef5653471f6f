//! What an agent is told of its caller, and what a caller may not say.

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::process::{Running, question};

const IAM: (&str, &str) = ("GATEWAY_AUTH", "iam");
const PASS_CALLER: (&str, &str) = ("GATEWAY_PASS_CALLER", "true");
const ALLOWED: (&str, &str) = ("GATEWAY_ALLOWED_ATTRIBUTES", "locale");

/// A question of this principal of IAM, with more members in its body.
fn signed(principal: &str, members: &Value) -> Value {
    let mut event = question("q");
    let iam = json!({"userId": principal, "userArn": "arn:aws:iam::1:user/u"});
    event["requestContext"]["authorizer"] = json!({"iam": iam});
    let mut body = json!({"question": "q"});
    body.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    event["body"] = json!(body.to_string());
    event
}

#[tokio::test]
async fn a_bedrock_agent_is_told_who_asks_beside_what_the_caller_may_say() {
    let settings = [Kind::BedrockAgent.settings(), IAM, PASS_CALLER, ALLOWED];
    let mut running = Running::start(&settings).await;
    let attributes = json!({"sessionAttributes": {"locale": "ja"}});
    let (_answer, call) = running.ask_event(signed("AIDAUSER", &attributes)).await;

    assert_eq!(
        call.body["sessionState"]["sessionAttributes"],
        json!({
            "locale": "ja",
            "gatewayPrincipal": "AIDAUSER",
            "gatewayPrincipalArn": "arn:aws:iam::1:user/u",
        })
    );
}

#[tokio::test]
async fn a_runtime_and_a_harness_are_told_by_an_id() {
    for (principal, expected) in [("AIDAUSER", "AIDAUSER"), ("日本", "sha256:")] {
        for kind in [Kind::AgentcoreRuntime, Kind::Harness] {
            let mut running = Running::start(&[kind.settings(), IAM, PASS_CALLER]).await;
            let (_answer, call) = running.ask_event(signed(principal, &json!({}))).await;

            let told = if kind == Kind::Harness {
                call.body["actorId"].as_str().unwrap().to_owned()
            } else {
                let name = "x-amzn-bedrock-agentcore-runtime-user-id: ";
                let mut lines = call.head.lines();
                let line = lines.find_map(|line| line.strip_prefix(name));
                line.unwrap().to_owned()
            };
            if expected.starts_with("sha256:") {
                assert!(told.starts_with("sha256:") && told.len() == 71, "{told}");
            } else {
                assert_eq!(told, expected, "{kind:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_agent_is_told_unless_the_deployment_says_so() {
    for kind in Kind::ALL {
        let mut running = Running::start(&[kind.settings(), IAM]).await;
        let (_answer, call) = running.ask_event(signed("AIDAUSER", &json!({}))).await;

        let told = format!("{} {}", call.head, call.body);
        assert!(!told.contains("AIDAUSER"), "{kind:?}: {told}");
        assert!(!told.to_lowercase().contains("user-id"), "{kind:?}: {told}");
    }
}

#[tokio::test]
async fn what_a_caller_may_not_say_is_refused_before_the_agent_is_asked() {
    let mut running = Running::start(&[Kind::BedrockAgent.settings(), IAM, ALLOWED]).await;
    for field in ["sessionAttributes", "promptSessionAttributes"] {
        for name in ["userId", "gatewaySubject", "Locale"] {
            let event = signed("AIDAUSER", &json!({field: {"locale": "ja", name: "admin"}}));
            let mut answer = running.api.invoke(event).await;
            let whole = answer.whole().await;
            assert!(whole.contains(r#""statusCode":400"#), "{whole}");
            assert!(whole.contains("attribute_not_allowed"), "{whole}");
            assert!(whole.contains(&format!("{field}.{name}")), "{whole}");
        }
    }
}
