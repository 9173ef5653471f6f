//! Session ids that nobody can guess: whoever knows one can read on in its conversation.

use std::fmt::Write as _;

/// 128 random bits in hexadecimal: valid for every Bedrock API. Fails when the kernel has none.
pub fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut id, byte| {
        // Writing to a string can't fail.
        let _ = write!(id, "{byte:02x}");
        id
    }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_32_hexadecimal_digits_and_never_the_same() {
        let (one, two) = (super::random().unwrap(), super::random().unwrap());

        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, two);
    }
}
