//! Names: logical ids, physical names, content hashes.

use sha2::{Digest, Sha256};
use topology::environment::Environment;

/// A logical id from parts of names: `arena-spot`, `fleet` become `ArenaSpotFleet`.
///
/// CloudFormation allows letters and digits only. Two names may meet (`a-1` and `a1`); the stack builder reports that.
pub(crate) fn logical_id(parts: &[&str]) -> String {
    parts
        .iter()
        .flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()))
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

/// The name of something that must have one: `<topology>-<environment>-<name>`.
pub(crate) fn physical_name(environment: &Environment, name: &str) -> String {
    format!("{}-{}-{name}", environment.topology, environment.name)
}

/// The first eight hexadecimal digits of a text's SHA-256: for names of things that can't be changed in place.
pub(crate) fn content_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_ids_hold_letters_and_digits_only() {
        assert_eq!(logical_id(&["arena-spot", "fleet"]), "ArenaSpotFleet");
        assert_eq!(logical_id(&["eu-central-1", "a_b"]), "EuCentral1AB");
        assert_eq!(logical_id(&["", "-"]), "");
    }

    #[test]
    fn content_hash_is_the_start_of_sha256() {
        assert_eq!(content_hash(""), "e3b0c442");
    }
}
