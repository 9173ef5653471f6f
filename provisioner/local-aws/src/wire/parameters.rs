//! The parameters of a request: of its query string, or of the form that it is.

use std::collections::BTreeMap;

use super::api_error::ApiError;

/// The parameters of a request; a name may come more than once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The operation that a form asks for.
    pub(crate) fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }

    /// The first of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_this_name = self.0.iter().filter(move |(key, _)| key == name);
        of_this_name.map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| {
            ApiError::bad_request(
                "ValidationError",
                format!(
                    "1 validation error detected: Value null at '{}' failed to satisfy \
                     constraint: Member must not be null",
                    lower_camel(name)
                ),
            )
        })
    }

    /// A list of strings: `TagKeys.member.1`, `TagKeys.member.2`, ...
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..)
            .map_while(|n| self.get(&format!("{name}.member.{n}")).map(str::to_owned))
            .collect()
    }

    /// A list of tags: `Tags.member.1.Key`, `Tags.member.1.Value`, ...
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        (1..)
            .map_while(|n| {
                let key = self.get(&format!("Tags.member.{n}.Key"))?;
                let value = self
                    .get(&format!("Tags.member.{n}.Value"))
                    .unwrap_or_default();
                Some((key.to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// Refuses parameters that the operation would have to act on and does not know.
    pub(crate) fn only(&self, operation: &str, known: &[&str]) -> Result<(), ApiError> {
        let unknown = self.0.iter().map(|(name, _)| name).find(|name| {
            let first = name.split('.').next().unwrap_or_default();
            !["Action", "Version"].contains(&first) && !known.contains(&first)
        });
        match unknown {
            None => Ok(()),
            Some(name) => Err(ApiError::not_emulated(format!("`{name}` of {operation}"))),
        }
    }
}

/// `RoleName` as AWS's validation messages write it.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_and_tags() {
        let form = Parameters::parse(
            b"Action=TagRole&Tags.member.1.Key=a&Tags.member.1.Value=x+y&Tags.member.2.Key=b\
              &TagKeys.member.1=a&TagKeys.member.2=b",
        );

        assert_eq!(form.action(), "TagRole");
        assert_eq!(
            form.tags(),
            BTreeMap::from([("a".into(), "x y".into()), ("b".into(), String::new())])
        );
        assert_eq!(form.list("TagKeys"), ["a", "b"]);
        assert_eq!(
            form.only("TagRole", &["TagKeys"]).unwrap_err().message,
            "The local AWS does not emulate `Tags.member.1.Key` of TagRole"
        );
    }
}
