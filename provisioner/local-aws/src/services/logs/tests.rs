//! Lines written by the data plane, read back by clients.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{LogGroups, handle};
use crate::route::{Service, route};
use crate::scope::testing::scope_at;
use crate::wire::api_error::ApiError;

const GROUP: &str = "/aws/lambda/magi";

/// A group with one stream, `s`, of five lines a second apart.
fn written() -> LogGroups {
    let mut groups = LogGroups::default();
    call(
        &mut groups,
        "CreateLogGroup",
        &json!({"logGroupName": GROUP}),
    )
    .unwrap();
    for number in 1..=5 {
        let line = format!("line {number}");
        groups.append(GROUP, "s", number * 1000, &line, &scope_at(0));
    }
    groups
}

fn call(groups: &mut LogGroups, operation: &str, input: &Value) -> Result<Value, ApiError> {
    let request = Request::post("/").header("x-amz-target", format!("Logs_20140328.{operation}"));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let call = route(Service::Logs, parts, Bytes::from(input.to_string()))?;
    handle(&call, groups, &scope_at(0))
}

fn events(groups: &mut LogGroups, input: &Value) -> (Vec<String>, Value) {
    let mut whole = json!({"logGroupName": GROUP, "logStreamName": "s"});
    for (name, value) in input.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let answer = call(groups, "GetLogEvents", &whole).unwrap();
    (messages(&answer), answer)
}

fn messages(answer: &Value) -> Vec<String> {
    let events = answer["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn reads_from_the_head_to_the_end_and_stays_there() {
    let mut groups = written();
    let (first, page) = events(&mut groups, &json!({"startFromHead": true, "limit": 3}));
    let token = page["nextForwardToken"].clone();
    let (second, page) = events(&mut groups, &json!({"nextToken": token, "limit": 3}));
    let token = page["nextForwardToken"].clone();
    let (end, page) = events(&mut groups, &json!({"nextToken": token}));

    assert_eq!(first, ["line 1", "line 2", "line 3"]);
    assert_eq!(second, ["line 4", "line 5"]);
    assert_eq!(end, [""; 0]);
    assert_eq!(
        page["nextForwardToken"], token,
        "that is how a reader knows"
    );

    let scope = scope_at(0);
    groups.append(GROUP, "s", 6000, "line 6", &scope);
    assert_eq!(
        events(&mut groups, &json!({"nextToken": token})).0,
        ["line 6"]
    );
}

#[test]
fn reads_backwards_from_the_end() {
    let mut groups = written();
    let (last, page) = events(&mut groups, &json!({"limit": 2}));
    let token = page["nextBackwardToken"].clone();
    let (before, page) = events(&mut groups, &json!({"nextToken": token, "limit": 9}));
    let token = page["nextBackwardToken"].clone();
    let (start, page) = events(&mut groups, &json!({"nextToken": token}));

    assert_eq!(last, ["line 4", "line 5"]);
    assert_eq!(before, ["line 1", "line 2", "line 3"]);
    assert_eq!(start, [""; 0]);
    assert_eq!(page["nextBackwardToken"], token);
}

#[test]
fn times_begin_inclusively_and_end_exclusively() {
    let mut groups = written();
    let between = json!({"startTime": 2000, "endTime": 4000});

    assert_eq!(events(&mut groups, &between).0, ["line 2", "line 3"]);
}

#[test]
fn all_streams_of_a_group_are_filtered_in_the_order_of_time() {
    let mut groups = written();
    let scope = scope_at(0);
    groups.append(GROUP, "t", 1500, "line 1.5", &scope);
    let input = json!({"logGroupName": GROUP, "filterPattern": "line -5", "limit": 3});
    let first = call(&mut groups, "FilterLogEvents", &input).unwrap();
    assert_eq!(messages(&first), ["line 1", "line 2", "line 3"]);
    let input = json!({"logGroupName": GROUP, "filterPattern": "line -5", "limit": 3,
        "nextToken": first["nextToken"]});
    let rest = call(&mut groups, "FilterLogEvents", &input).unwrap();
    assert_eq!(messages(&rest), ["line 4"]);
    assert_eq!(rest.get("nextToken"), None);

    let input = json!({"logGroupName": GROUP, "logStreamNames": ["t"]});
    let other = call(&mut groups, "FilterLogEvents", &input).unwrap();
    assert_eq!(messages(&other), ["line 1.5"]);
    assert_eq!(other["events"][0]["logStreamName"], "t");
    assert_eq!(other["events"][0]["eventId"], "t/1");
}

#[test]
fn the_stream_with_the_newest_line_comes_first_when_asked_so() {
    let mut groups = written();
    let scope = scope_at(0);
    groups.append(GROUP, "a", 9000, "newest", &scope);
    let names = |answer: Value| -> Vec<String> {
        let streams = answer["logStreams"].as_array().unwrap();
        let name = |stream: &Value| stream["logStreamName"].as_str().unwrap().to_owned();
        streams.iter().map(name).collect()
    };
    let input = json!({"logGroupName": GROUP, "orderBy": "LastEventTime", "descending": true});
    let newest = call(&mut groups, "DescribeLogStreams", &input).unwrap();
    assert_eq!(newest["logStreams"][1]["firstEventTimestamp"], 1000);
    assert_eq!(newest["logStreams"][1]["lastEventTimestamp"], 5000);
    assert_eq!(names(newest), ["a", "s"]);

    let input = json!({"logGroupName": GROUP, "descending": true});
    let by_name = call(&mut groups, "DescribeLogStreams", &input).unwrap();
    assert_eq!(names(by_name), ["s", "a"]);
}

#[test]
fn lines_without_a_group_are_lost() {
    let mut groups = written();
    let scope = scope_at(0);
    groups.append("/other", "s", 0, "lost", &scope);

    let groups = call(&mut groups, "DescribeLogGroups", &json!({})).unwrap();
    assert_eq!(groups["logGroups"].as_array().unwrap().len(), 1);
}

#[test]
fn the_oldest_lines_make_room() {
    let mut groups = written();
    let scope = scope_at(0);
    for number in 0..10_000 {
        let line = format!("more {number}");
        groups.append(GROUP, "s", 9000, &line, &scope);
    }
    let (all, _) = events(&mut groups, &json!({"startFromHead": true}));

    assert_eq!(all.len(), 10_000);
    assert_eq!(all[0], "more 0");
}
