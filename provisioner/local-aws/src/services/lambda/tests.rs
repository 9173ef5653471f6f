//! What a function goes through, with a clock that only moves when told.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{Functions, handle};
use crate::route::{Service, route};
use crate::scope::testing::scope_at;
use crate::services::iam::{self, Roles};
use crate::wire::api_error::ApiError;

const ROLE: &str = "arn:aws:iam::123456789012:role/magi-role";
const FUNCTION: &str = "/2015-03-31/functions/magi";

/// The functions of an account, a role for them, and a clock in milliseconds.
struct World {
    functions: Functions,
    roles: Roles,
    now: u64,
}

impl World {
    fn new() -> Self {
        let mut roles = Roles::default();
        let trust = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22\
                     Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRo\
                     le%22%7D%7D";
        let form = format!("Action=CreateRole&RoleName=magi-role&AssumeRolePolicyDocument={trust}");
        let (parts, ()) = Request::post("/").body(()).unwrap().into_parts();
        let call = route(Service::Iam, parts, Bytes::from(form)).unwrap();
        iam::handle(&call, &mut roles, &scope_at(0)).unwrap();
        Self {
            functions: Functions::default(),
            roles,
            now: 0,
        }
    }

    /// A world with an active function.
    fn with_function() -> Self {
        let mut world = Self::new();
        world.create().unwrap();
        world.now += 300;
        world
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, ApiError> {
        let request = Request::builder().method(method).uri(path);
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let call = route(Service::Lambda, parts, Bytes::from(body.to_string())).unwrap();
        let scope = scope_at(self.now);
        let reply = handle(&call, true, &mut self.functions, &self.roles, &scope)?;
        Ok(reply.body.unwrap_or_default())
    }

    fn get(&mut self, path: &str) -> Value {
        self.call("GET", path, &json!({})).unwrap()
    }

    fn create(&mut self) -> Result<Value, ApiError> {
        self.call(
            "POST",
            "/2015-03-31/functions",
            &json!({
                "FunctionName": "magi", "Role": ROLE, "Handler": "bootstrap",
                "Runtime": "provided.al2023", "Code": {"ZipFile": zip("v1")},
            }),
        )
    }

    fn update_code(&mut self, content: &str) -> Result<Value, ApiError> {
        let path = format!("{FUNCTION}/code");
        self.call("PUT", &path, &json!({"ZipFile": zip(content)}))
    }

    fn publish(&mut self) -> Result<Value, ApiError> {
        self.call("POST", &format!("{FUNCTION}/versions"), &json!({}))
    }

    fn running(&self, qualifier: Option<&str>) -> Result<String, ApiError> {
        let executable = self
            .functions
            .executable("magi", qualifier, &scope_at(self.now))?;
        Ok(executable.code_sha256)
    }
}

fn zip(content: &str) -> String {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file("bootstrap", zip::write::SimpleFileOptions::default())
        .unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    STANDARD.encode(writer.finish().unwrap().into_inner())
}

#[test]
fn a_new_function_is_pending_and_then_active() {
    let mut world = World::new();
    let created = world.create().unwrap();
    assert_eq!(created["State"], "Pending");
    assert_eq!(created["StateReasonCode"], "Creating");
    assert_eq!(created.get("LastUpdateStatus"), None);
    assert!(
        world
            .running(None)
            .unwrap_err()
            .message
            .ends_with("Pending")
    );
    assert!(
        world
            .update_code("v2")
            .unwrap_err()
            .message
            .ends_with("Pending")
    );

    world.now += 300;
    let active = world.get(&format!("{FUNCTION}/configuration"));
    assert_eq!(active["State"], "Active");
    assert_eq!(active["LastUpdateStatus"], "Successful");
    assert_eq!(active.get("StateReason"), None);
    assert_ne!(active["RevisionId"], created["RevisionId"]);
    assert!(world.running(None).is_ok());
}

#[test]
fn an_update_is_in_progress_and_invocations_get_the_old_code_until_it_is_done() {
    let mut world = World::with_function();
    let before = world.running(None).unwrap();
    let updated = world.update_code("v2").unwrap();
    assert_eq!(updated["State"], "Active");
    assert_eq!(updated["LastUpdateStatus"], "InProgress");
    assert_eq!(world.running(None).unwrap(), before);

    let busy = world.update_code("v3").unwrap_err();
    assert_eq!(busy.code, "ResourceConflictException");
    assert_eq!(
        busy.message,
        "The operation cannot be performed at this time. An update is in progress for resource: \
         arn:aws:lambda:ap-northeast-1:123456789012:function:magi"
    );
    assert_eq!(world.publish().unwrap_err(), busy);

    world.now += 300;
    let done = world.get(&format!("{FUNCTION}/configuration"));
    assert_eq!(done["LastUpdateStatus"], "Successful");
    assert_ne!(done["RevisionId"], updated["RevisionId"]);
    assert_eq!(world.running(None).unwrap(), done["CodeSha256"]);
    assert_ne!(world.running(None).unwrap(), before);
}

#[test]
fn a_revision_from_an_update_is_stale_once_the_update_is_done() {
    let mut world = World::with_function();
    let updated = world.update_code("v2").unwrap();
    world.now += 300;
    let error = world
        .call(
            "PUT",
            &format!("{FUNCTION}/configuration"),
            &json!({"MemorySize": 256, "RevisionId": updated["RevisionId"]}),
        )
        .unwrap_err();

    assert_eq!(error.code, "PreconditionFailedException");
}

#[test]
fn nothing_new_publishes_nothing() {
    let mut world = World::with_function();
    let first = world.publish().unwrap();
    let again = world.publish().unwrap();
    assert_eq!(first["Version"], "1");
    assert_eq!(first["State"], "Active");
    assert_eq!(again, first);

    world.update_code("v2").unwrap();
    world.now += 300;
    assert_eq!(world.publish().unwrap()["Version"], "2");
}

#[test]
fn a_published_version_and_its_alias_do_not_see_an_update() {
    let mut world = World::with_function();
    world.publish().unwrap();
    let aliases = format!("{FUNCTION}/aliases");
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    world.call("POST", &aliases, &alias).unwrap();
    let before = world.running(Some("live")).unwrap();
    world.update_code("v2").unwrap();
    world.now += 300;

    assert_eq!(world.running(Some("live")).unwrap(), before);
    assert_eq!(world.running(Some("1")).unwrap(), before);
    assert_ne!(world.running(Some("$LATEST")).unwrap(), before);
    assert_eq!(
        world.running(Some("gone")).unwrap_err().message,
        "Function not found: arn:aws:lambda:ap-northeast-1:123456789012:function:magi:gone"
    );
}

#[test]
fn environments_are_told_apart_by_content_not_by_revision() {
    let mut world = World::with_function();
    let id = |world: &World, qualifier| {
        let scope = scope_at(world.now);
        let functions = &world.functions;
        functions
            .executable("magi", qualifier, &scope)
            .unwrap()
            .revision_id
    };
    let before = id(&world, None);
    let tags = "/2017-03-31/tags/arn:aws:lambda:ap-northeast-1:123456789012:function:magi";
    world
        .call("POST", tags, &json!({"Tags": {"a": "b"}}))
        .unwrap();
    world.publish().unwrap();
    assert_eq!(id(&world, None), before, "tags and versions change no code");
    assert_ne!(
        id(&world, Some("1")),
        before,
        "a version is another function to run"
    );

    world.update_code("v1").unwrap();
    world.now += 300;
    assert_ne!(id(&world, None), before);
}

#[test]
fn a_permission_changes_the_revision_of_what_it_is_for() {
    let mut world = World::with_function();
    world.publish().unwrap();
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    let alias = world
        .call("POST", &format!("{FUNCTION}/aliases"), &alias)
        .unwrap();
    let function = world.get(&format!("{FUNCTION}/configuration"));
    world
        .call(
            "POST",
            &format!("{FUNCTION}/policy?Qualifier=live"),
            &json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"}),
        )
        .unwrap();
    let policy = world.get(&format!("{FUNCTION}/policy?Qualifier=live"));

    assert_ne!(policy["RevisionId"], alias["RevisionId"]);
    assert_eq!(
        policy["RevisionId"],
        world.get(&format!("{FUNCTION}/aliases/live"))["RevisionId"]
    );
    assert_eq!(world.get(&format!("{FUNCTION}/configuration")), function);
}

#[test]
fn a_role_is_refused_until_it_has_propagated() {
    let mut world = World::new();
    let mut scope = scope_at(0);
    scope.role_propagation = std::time::Duration::from_secs(5);
    assert!(!world.roles.lambda_can_assume(ROLE, &scope));
    scope.now += std::time::Duration::from_secs(5);
    assert!(world.roles.lambda_can_assume(ROLE, &scope));

    world.roles = iam::Roles::default();
    assert_eq!(
        world.create().unwrap_err().message,
        "The role defined for the function cannot be assumed by Lambda."
    );
}

#[test]
fn reserved_concurrency_admits_so_many_and_no_more() {
    let mut world = World::with_function();
    let path = "/2017-10-31/functions/magi/concurrency";
    let reserve = |world: &mut World, count: u32| {
        let body = json!({"ReservedConcurrentExecutions": count});
        world.call("PUT", path, &body).unwrap();
    };
    reserve(&mut world, 1);
    let functions = &world.functions;
    let admission = functions.admit("magi").unwrap();
    assert_eq!(functions.admit("magi").unwrap_err(), ApiError::throttled());
    drop(admission);
    assert!(functions.admit("magi").is_ok());

    reserve(&mut world, 0);
    assert_eq!(world.running(None).unwrap_err(), ApiError::throttled());
}
