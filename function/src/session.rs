//! Session ids: impossible to guess, and kept apart per caller.

use std::fmt::Write as _;

use ring::digest::{Context, SHA256};

use crate::caller::Caller;

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
        // All callers share their sessions, so a valid id may stay as it is.
        Caller::Anyone if fits_every_upstream(client_id) => return client_id.to_owned(),
        Caller::Anyone => "",
        Caller::Known(caller) => caller,
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

/// Whether `id` fits the strictest upstream, `AgentCore`: `[a-zA-Z0-9][a-zA-Z0-9-_]*`, 33 to 100 characters.
fn fits_every_upstream(id: &str) -> bool {
    (33..=100).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
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
        Caller::Known(caller.to_owned())
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
        let fits = "0a-_".repeat(10);
        assert_eq!(upstream_id(&Caller::Anyone, &fits), fits);
    }
}
