//! What happens to a resource that leaves its stack.

/// `DeletionPolicy` and `UpdateReplacePolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// Removes the resource.
    Delete,
    /// Keeps the resource, outside of any stack.
    Retain,
    /// Keeps it, unless it was created by an operation that is being rolled back.
    RetainExceptOnCreate,
    /// Takes a snapshot first, where the type has snapshots.
    Snapshot,
}

impl DeletionPolicy {
    const ALL: [Self; 4] = [
        Self::Delete,
        Self::Retain,
        Self::RetainExceptOnCreate,
        Self::Snapshot,
    ];

    /// The word in a template.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::RetainExceptOnCreate => "RetainExceptOnCreate",
            Self::Snapshot => "Snapshot",
        }
    }

    /// The policy with this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name)
    }
}
