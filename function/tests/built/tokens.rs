//! Agents report the numbers of tokens: whatever they are, each client's answer ends properly.

use serde_json::json;

use crate::clients::CLIENTS;
use crate::kind::Kind;
use crate::process::Running;
use crate::upstream::answer;

#[tokio::test]
async fn numbers_that_no_model_counts_to_end_no_answer() {
    let mut running = Running::start(&[Kind::AgentcoreRuntime.settings()]).await;
    let usage = json!({"inputTokens": u64::MAX, "outputTokens": u64::MAX});
    let usage = json!({"event": {"metadata": {"usage": usage}}});
    let body = format!("data: \"賛成\"\n\ndata: {usage}\n\ndata: {usage}\n\n");
    let answered = answer("text/event-stream", body.as_bytes());
    for client in CLIENTS {
        let (mut answer, mut call) = running.ask_event(client.asks("q")).await;
        call.hang_up_after(&answered).await;
        let whole = answer.whole().await;
        assert!(whole.contains("賛成"), "{client:?}: {whole}");
        assert!(!whole.contains("rror"), "{client:?}: {whole}");
    }

    let log = running.log().await;
    let complete = log.matches(r#""outcome":"complete""#).count();
    assert_eq!(complete, CLIENTS.len(), "{log}");
    let most = format!(r#""Tokens":{},"#, u64::MAX);
    assert_eq!(log.matches(&most).count(), CLIENTS.len(), "{log}");
}
