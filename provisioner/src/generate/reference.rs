//! What is not known when a file is generated, but is when it is deployed. It travels through
//! `Desired` as a private character sequence, and becomes the target's own expression at the end.

use crate::deployment::names::Account;

/// A value that the other tool fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    Partition,
    AccountId,
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Reference(Reference),
}

impl Reference {
    const ALL: [Self; 2] = [Self::Partition, Self::AccountId];

    /// The account that is deployed to, whichever it will be.
    pub(super) fn account() -> Account {
        Account {
            partition: Self::Partition.mark().to_owned(),
            id: Self::AccountId.mark().to_owned(),
        }
    }

    /// Of Unicode's private use area: no name, ARN or setting contains it.
    fn mark(self) -> &'static str {
        match self {
            Self::Partition => "\u{E000}partition\u{E001}",
            Self::AccountId => "\u{E000}account-id\u{E001}",
        }
    }
}

/// A text in its parts.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, reference)) = Reference::ALL
        .into_iter()
        .filter_map(|reference| Some((rest.find(reference.mark())?, reference)))
        .min_by_key(|(at, _)| *at)
    {
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        pieces.push(Piece::Reference(reference));
        rest = &rest[at + reference.mark().len()..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_its_parts() {
        let Account { partition, id } = Reference::account();

        assert_eq!(
            pieces(&format!("arn:{partition}:iam::{id}:role/m")),
            [
                Piece::Text("arn:"),
                Piece::Reference(Reference::Partition),
                Piece::Text(":iam::"),
                Piece::Reference(Reference::AccountId),
                Piece::Text(":role/m"),
            ]
        );
        assert_eq!(pieces(&id), [Piece::Reference(Reference::AccountId)]);
        assert_eq!(pieces("東京"), [Piece::Text("東京")]);
        assert_eq!(pieces(""), [Piece::Text("")]);
    }
}
