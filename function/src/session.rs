//! Session ids: impossible to guess, and kept apart per caller.

use std::fmt::Write as _;

use ring::digest::{Context, SHA256};

use crate::caller::{Caller, Known};

/// The longest `userId` of AgentCore Identity, and the longest `actorId` of AgentCore Memory.
const LONGEST_USER_ID: usize = 128;
const LONGEST_ACTOR_ID: usize = 255;

/// 128 random bits in hexadecimal. Fails when the kernel has none.
pub fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hexadecimal(&bytes))
}

/// The id that the agent sees for a caller's own `client_id`: another caller's equal id becomes a
/// different session. It is valid for every upstream (33 to 100 letters, digits, `-`, `_`).
pub fn upstream_id(caller: &Caller, client_id: &str) -> String {
    let scope = match caller {
        // All callers share their sessions, and still reach none of another scope by its digest.
        Caller::Anyone => "",
        Caller::Known(caller) => &caller.scope,
    };
    let mut digest = Context::new(&SHA256);
    // With the length, `a` + `bc` and `ab` + `c` give different digests.
    digest.update(&(scope.len() as u64).to_be_bytes());
    digest.update(scope.as_bytes());
    digest.update(client_id.as_bytes());
    hexadecimal(digest.finish().as_ref())
}

/// The id of a session that has only one turn of the conversation `session_id`: the one after `turns`.
pub fn turn_id(session_id: &str, turns: usize) -> String {
    let mut digest = Context::new(&SHA256);
    digest.update(&(turns as u64).to_be_bytes());
    digest.update(session_id.as_bytes());
    hexadecimal(digest.finish().as_ref())
}

/// The caller as `AgentCore` takes it for its runtimes, in a header: the caller's own id where it fits.
pub fn user_id(caller: &Known) -> String {
    let id = &caller.id;
    let fits = (1..=LONGEST_USER_ID).contains(&id.len());
    own_or_digest(id, fits && id.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// The caller as `AgentCore` takes it for memories, by the pattern of `actorId`.
pub fn actor_id(caller: &Known) -> String {
    let id = &caller.id;
    let fits = (1..=LONGEST_ACTOR_ID).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.split(':').all(|part| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
            !part.is_empty() && part.bytes().all(is_plain)
        });
    own_or_digest(id, fits)
}

/// The digest of an id that does not fit. An id that looks like a digest does not fit, either: nobody
/// becomes somebody else by being called so.
fn own_or_digest(id: &str, fits: bool) -> String {
    const MARK: &str = "sha256:";
    if fits && !id.starts_with(MARK) {
        return id.to_owned();
    }
    let digest = ring::digest::digest(&SHA256, id.as_bytes());
    format!("{MARK}{}", hexadecimal(digest.as_ref()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut id, byte| {
        // Can't fail: a string grows as needed.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(caller: &str) -> Caller {
        Caller::Known(Known::by_signature(caller, None))
    }

    /// Whether `id` fits the strictest upstream, `AgentCore`: `[a-zA-Z0-9][a-zA-Z0-9-_]*`, 33 to 100
    /// characters.
    fn fits_every_upstream(id: &str) -> bool {
        (33..=100).contains(&id.len())
            && id.starts_with(|first: char| first.is_ascii_alphanumeric())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    }

    #[test]
    fn a_random_id_is_32_hexadecimal_digits_and_never_the_same() {
        let (one, two) = (random_id().unwrap(), random_id().unwrap());

        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, two);
    }

    #[test]
    fn one_callers_id_leads_to_one_session_and_anothers_to_another() {
        assert_eq!(upstream_id(&known("a"), "s"), upstream_id(&known("a"), "s"));
        assert_ne!(upstream_id(&known("a"), "s"), upstream_id(&known("b"), "s"));
        assert_ne!(
            upstream_id(&known("a"), "bc"),
            upstream_id(&known("ab"), "c")
        );
        // Nobody without a name reaches a session of somebody with one.
        let digest = upstream_id(&known("a"), "s");
        assert_ne!(upstream_id(&known("b"), &digest), digest);
    }

    #[test]
    fn every_id_becomes_valid_for_every_upstream() {
        for id in ["s", "a.b:c", "日本", &"x".repeat(33), &"-".repeat(40)] {
            for caller in [Caller::Anyone, known("a")] {
                assert!(fits_every_upstream(&upstream_id(&caller, id)), "{id}");
            }
        }
    }

    #[test]
    fn nobody_reaches_a_session_by_the_id_that_its_agent_knows() {
        let digest = upstream_id(&known("a"), "s");
        assert_ne!(upstream_id(&Caller::Anyone, &digest), digest);
        assert_ne!(
            upstream_id(&Caller::Anyone, "s"),
            upstream_id(&known(""), "s")
        );
    }

    #[test]
    fn agentcore_gets_the_callers_own_id_or_a_digest_of_it() {
        let called = |id: &str| Known::by_signature(id, None);
        for id in ["AIDAUSER", "0e2f-11", "a:b/c"] {
            assert_eq!(user_id(&called(id)), id);
            assert_eq!(actor_id(&called(id)), id);
        }
        assert_eq!(user_id(&called("auth0|7")), "auth0|7");
        for id in ["", "日本", "a b", "a\r\nb", "sha256:0", &"x".repeat(256)] {
            for id in [user_id(&called(id)), actor_id(&called(id))] {
                assert!(id.starts_with("sha256:") && id.len() == 71, "{id}");
            }
        }
        for id in ["auth0|7", ":a", "a:", "a::b", "a@b"] {
            assert!(actor_id(&called(id)).starts_with("sha256:"), "{id}");
        }
        assert_ne!(actor_id(&called("a@b")), actor_id(&called("a@c")));
    }
}
