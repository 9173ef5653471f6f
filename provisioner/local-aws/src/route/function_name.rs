//! The many ways to name a function: a name, a partial ARN, a full one, each with or without a
//! qualifier.

use crate::scope::Scope;
use crate::wire::api_error::ApiError;

const NAME_PATTERN: &str = r"satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
const QUALIFIER_PATTERN: &str =
    r"satisfy regular expression pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";
const ALIAS_QUALIFIER_PATTERN: &str =
    r"satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)";

pub(crate) const LATEST: &str = "$LATEST";

/// A function, or one version or alias of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionName {
    pub(crate) name: String,
    pub(crate) qualifier: Option<String>,
}

impl FunctionName {
    /// Reads a name and the qualifier that came beside it.
    pub(crate) fn parse(
        raw: &str,
        qualifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<Self, ApiError> {
        let parsed = NameParts::read(raw)
            .ok_or_else(|| ApiError::constraint(raw, "functionName", NAME_PATTERN))?;
        if let Some(qualifier) = qualifier {
            check_qualifier(qualifier)?;
        }
        match parsed.account_id {
            Some(account_id) if account_id != scope.account_id => {
                return Err(ApiError::forbidden(
                    "AccessDeniedException",
                    format!("Functions of account {account_id} are not in this local AWS"),
                ));
            }
            _ => {}
        }
        match parsed.region {
            Some(region) if region != scope.region => {
                return Err(ApiError::resource_not_found(format!(
                    "Functions from '{region}' are not reachable in this region ('{}')",
                    scope.region
                )));
            }
            _ => {}
        }
        let qualifier = match (parsed.qualifier, qualifier) {
            (Some(derived), Some(specified)) if derived != specified => {
                return Err(ApiError::invalid_parameter_value(
                    "The derived qualifier from the function name does not match the specified \
                     qualifier.",
                ));
            }
            (derived, specified) => derived.or(specified),
        };
        Ok(Self {
            name: parsed.name.to_owned(),
            qualifier: qualifier.map(str::to_owned),
        })
    }

    /// The same for function URLs, which only a function and its aliases can have.
    pub(crate) fn parse_for_url(
        raw: &str,
        qualifier: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<Self, ApiError> {
        if let Some(qualifier) = qualifier
            && !is_alias_name(qualifier)
        {
            return Err(ApiError::constraint(
                qualifier,
                "qualifier",
                ALIAS_QUALIFIER_PATTERN,
            ));
        }
        Self::parse(raw, qualifier, scope)
    }

    pub(crate) fn arn(&self, scope: &Scope<'_>) -> String {
        function_arn(&self.name, self.qualifier.as_deref(), scope)
    }

    pub(crate) fn not_found(&self, scope: &Scope<'_>) -> ApiError {
        ApiError::resource_not_found(format!("Function not found: {}", self.arn(scope)))
    }
}

/// The ARN of a function, or of one version or alias of it.
pub(crate) fn function_arn(name: &str, qualifier: Option<&str>, scope: &Scope<'_>) -> String {
    let Scope {
        account_id, region, ..
    } = scope;
    match qualifier {
        None => format!("arn:aws:lambda:{region}:{account_id}:function:{name}"),
        Some(qualifier) => {
            format!("arn:aws:lambda:{region}:{account_id}:function:{name}:{qualifier}")
        }
    }
}

pub(crate) fn is_alias_name(text: &str) -> bool {
    is_word(text) && !is_version_number(text)
}

pub(crate) fn is_version_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `[a-zA-Z0-9-_]+`
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn check_qualifier(qualifier: &str) -> Result<(), ApiError> {
    if qualifier.len() > 128 {
        return Err(ApiError::constraint(
            qualifier,
            "qualifier",
            "have length less than or equal to 128",
        ));
    }
    if is_word(&qualifier.replace('$', "_")) {
        Ok(())
    } else {
        Err(ApiError::constraint(
            qualifier,
            "qualifier",
            QUALIFIER_PATTERN,
        ))
    }
}

/// The parts of `NAME_PATTERN`, all but the name optional.
struct NameParts<'a> {
    region: Option<&'a str>,
    account_id: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> NameParts<'a> {
    fn read(raw: &'a str) -> Option<Self> {
        let mut parts = raw.split(':').peekable();
        if parts.peek() == Some(&"arn") {
            parts.next();
            parts
                .next()
                .filter(|partition| partition.starts_with("aws"))?;
            parts.next().filter(|service| *service == "lambda")?;
        }
        // A name without colons is only a name: a function may be called `function`.
        let more = raw.contains(':');
        let region = parts.next_if(|part| more && is_region(part));
        let account_id = parts.next_if(|part| more && part.len() == 12 && is_version_number(part));
        let mut name = parts.next()?;
        if name == "function" && parts.peek().is_some() {
            name = parts.next()?;
        }
        let qualifier = parts.next();
        let whole = parts.next().is_none()
            && is_word(name)
            && qualifier.is_none_or(|it| it == LATEST || is_word(it));
        whole.then_some(Self {
            region,
            account_id,
            name,
            qualifier,
        })
    }
}

/// `ap-northeast-1`, `us-gov-west-1`, ...
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3
        && parts[0].len() == 2
        && parts
            .iter()
            .rev()
            .skip(1)
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
        && parts[parts.len() - 1].len() == 1
        && is_version_number(parts[parts.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::testing::scope;

    fn parse(raw: &str, qualifier: Option<&str>) -> Result<FunctionName, ApiError> {
        FunctionName::parse(raw, qualifier, &scope())
    }

    fn named(name: &str, qualifier: Option<&str>) -> FunctionName {
        FunctionName {
            name: name.to_owned(),
            qualifier: qualifier.map(str::to_owned),
        }
    }

    #[test]
    fn accepts_every_form_that_aws_accepts() {
        for prefix in [
            "",
            "function:",
            "123456789012:function:",
            "arn:aws:lambda:ap-northeast-1:123456789012:function:",
        ] {
            assert_eq!(
                parse(&format!("{prefix}magi"), None),
                Ok(named("magi", None))
            );
            assert_eq!(
                parse(&format!("{prefix}magi:live"), None),
                Ok(named("magi", Some("live")))
            );
            assert_eq!(
                parse(&format!("{prefix}magi"), Some("$LATEST")),
                Ok(named("magi", Some("$LATEST")))
            );
        }
        assert_eq!(
            parse("arn:aws:lambda:ap-northeast-1:123456789012:function", None),
            Ok(named("function", None)),
            "recorded from AWS"
        );
    }

    #[test]
    fn refuses_what_aws_refuses() {
        for raw in [
            "*",
            "my function",
            "function:magi:$LATEST:extra",
            "magi:$LATES",
            "invalid-account:function:magi",
            "arn:aws:lambda::123456789012:function:magi",
            "arn:aws:lambda:ap-northeast-1::function:magi",
            "arn:aws:lambda:invalid-region:123456789012:function:magi",
            "arn:aws:ec2:ap-northeast-1:123456789012:instance:i-1",
        ] {
            assert_eq!(
                parse(raw, None).unwrap_err().code,
                "ValidationException",
                "{raw}"
            );
        }
    }

    #[test]
    fn other_regions_and_accounts_are_out_of_reach() {
        let error = parse("arn:aws:lambda:us-east-1:123456789012:function:magi", None).unwrap_err();
        assert_eq!(
            error.message,
            "Functions from 'us-east-1' are not reachable in this region ('ap-northeast-1')"
        );
        let error = parse("999999999999:function:magi", None).unwrap_err();
        assert_eq!(error.code, "AccessDeniedException");
    }

    #[test]
    fn two_qualifiers_must_agree() {
        assert_eq!(parse("magi:1", Some("1")), Ok(named("magi", Some("1"))));
        assert_eq!(
            parse("magi:1", Some("2")).unwrap_err().code,
            "InvalidParameterValueException"
        );
    }
}
