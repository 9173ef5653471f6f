//! Several streams at once in one process: none notices what happens to another.

use crate::lambda::RuntimeApi;
use crate::process::{AGENT, bootstrap, question, types};
use crate::upstream::Bedrock;

#[tokio::test]
async fn answers_several_at_once_where_lambda_allows_it() {
    let mut api = RuntimeApi::start().await;
    let bedrock = Bedrock::start().await;
    let settings = [AGENT, ("AWS_LAMBDA_MAX_CONCURRENCY", "2")];
    let _process = bootstrap(&api.address, &bedrock.endpoint, &settings);

    let mut one = api.invoke(question("one")).await;
    let mut call_one = bedrock.call().await;
    let mut two = api.invoke(question("two")).await;
    let mut call_two = bedrock.call().await;
    call_one.begin().await;
    call_two.begin().await;
    call_two.say(b"two").await;
    two.until("\"two\"").await;
    // One fails, the other does not notice.
    drop(call_two);
    assert_eq!(types(&two.whole().await).last().unwrap(), "error");
    call_one.say(b"one").await;
    call_one.end().await;
    let whole = one.whole().await;
    assert_eq!(types(&whole).last().unwrap(), "complete");
    assert!(!whole.contains("two"), "{whole}");
}
