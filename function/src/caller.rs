//! Who sent a request.

/// What the names begin with under which an agent is told of its caller. No client may use them.
const RESERVED: &str = "gateway";

/// The owner of sessions and memories: no caller reaches those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The deployment does not ask callers who they are.
    Anyone,
    Known(Known),
}

/// A caller whose name was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// A name that belongs to this caller alone.
    pub scope: String,
    /// What the issuer of the token, or IAM, calls the caller.
    pub id: String,
    /// What an agent may be told, under reserved names.
    pub attributes: Vec<(String, String)>,
}

impl std::fmt::Debug for Known {
    /// Without what is known of a person: it must not reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").finish_non_exhaustive()
    }
}

impl Known {
    /// A caller with a token.
    pub fn by_token(issuer: &str, subject: String, claims: Vec<(String, String)>) -> Self {
        let mut attributes = vec![
            (reserved("Issuer"), issuer.to_owned()),
            (reserved("Subject"), subject.clone()),
        ];
        let claims = claims.into_iter();
        attributes
            .extend(claims.map(|(claim, value)| (reserved(&format!("Claim_{claim}")), value)));
        Self {
            scope: format!("jwt:{issuer}\n{subject}"),
            id: subject,
            attributes,
        }
    }

    /// A caller who signs as this principal of IAM.
    pub fn by_signature(principal: &str, arn: Option<&str>) -> Self {
        let mut attributes = vec![(reserved("Principal"), principal.to_owned())];
        attributes.extend(arn.map(|arn| (reserved("PrincipalArn"), arn.to_owned())));
        Self {
            scope: format!("iam:{principal}"),
            id: principal.to_owned(),
            attributes,
        }
    }
}

/// Whether a name is kept for what the gateway itself says of a caller.
pub fn is_reserved(name: &str) -> bool {
    name.get(..RESERVED.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(RESERVED))
}

fn reserved(name: &str) -> String {
    format!("{RESERVED}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agent_is_told_has_reserved_names() {
        let claims = vec![("email".to_owned(), "a@b".to_owned())];
        let callers = [
            Known::by_token("https://i", "s".to_owned(), claims),
            Known::by_signature("AIDA", Some("arn:aws:iam::1:user/u")),
        ];
        let told: Vec<_> = callers
            .iter()
            .flat_map(|caller| &caller.attributes)
            .map(|(name, value)| {
                assert!(is_reserved(name), "{name}");
                format!("{name}={value}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "gatewayIssuer=https://i",
                "gatewaySubject=s",
                "gatewayClaim_email=a@b",
                "gatewayPrincipal=AIDA",
                "gatewayPrincipalArn=arn:aws:iam::1:user/u",
            ]
        );
    }

    #[test]
    fn reserved_names_are_known_in_any_letters() {
        for name in ["gateway", "gatewaySubject", "GATEWAY_x", "Gateway"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["", "gate", "userId", "my-gateway", "ゲートウェイ"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
