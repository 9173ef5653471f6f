//! Which released `provision` a version's code comes with. It stands in the version's description, which like
//! the code cannot be changed afterwards.

const MARK: &str = "function of provision ";

/// The description of a version with the function that `provision` of this version carries.
pub(crate) fn description(edition: &str) -> String {
    format!("{MARK}{edition}")
}

/// The version of `provision` that a description names.
pub(crate) fn edition_in(description: &str) -> Option<String> {
    description.strip_prefix(MARK).map(str::to_owned)
}

/// Whether `provision` of version `one` came out before `other`, where both say so in numbers.
pub(crate) fn is_older(one: &str, other: &str) -> bool {
    numbers(one)
        .zip(numbers(other))
        .is_some_and(|(one, other)| one < other)
}

/// `1.2.3` as numbers; what follows a hyphen is left out.
fn numbers(edition: &str) -> Option<Vec<u64>> {
    let numbers = edition.split('-').next()?;
    numbers.split('.').map(|it| it.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_tells_the_edition_and_others_tell_none() {
        assert_eq!(edition_in(&description("1.2.3")).as_deref(), Some("1.2.3"));
        assert_eq!(edition_in("made by hand"), None);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(is_older("0.9.0", "0.10.0"));
        assert!(!is_older("0.10.0", "0.9.0"));
        assert!(!is_older("1.0.0", "1.0.0"));
        assert!(!is_older("1.0.0", "something else"));
    }
}
