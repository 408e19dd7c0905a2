//! What was built, and under which key it goes into the artifact bucket.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use plan::Artifact;

use crate::event::{Event, EventSink};

/// SHA-256 of an archive's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Hashes bytes that are at hand.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The raw bytes, as S3's checksum header wants them.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 16 hexadecimal digits: enough to tell the versions of one artifact apart.
    pub fn short(&self) -> String {
        self.0[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

/// An archive on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltArtifact {
    /// Its key in every artifact bucket.
    pub key: String,
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Digest of its bytes.
    pub digest: Digest,
}

/// Every artifact that was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactCatalog {
    artifacts: BTreeMap<Artifact, BuiltArtifact>,
}

impl ArtifactCatalog {
    /// Looks an artifact up.
    pub fn get(&self, artifact: &Artifact) -> Option<&BuiltArtifact> {
        self.artifacts.get(artifact)
    }

    /// All of them, handlers first.
    pub fn iter(&self) -> impl Iterator<Item = (&Artifact, &BuiltArtifact)> {
        self.artifacts.iter()
    }

    /// Adds an archive that was just written.
    pub fn insert(&mut self, artifact: Artifact, built: BuiltArtifact, events: &dyn EventSink) {
        events.emit(Event::ArtifactBuilt {
            key: built.key.clone(),
            size: built.size,
        });
        self.artifacts.insert(artifact, built);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_digest_is_the_start_of_the_long_one() {
        let digest = Digest::new([0xab; 32]);
        assert_eq!(digest.short(), "abababababababab");
        assert!(digest.to_string().starts_with(&digest.short()));
    }
}
