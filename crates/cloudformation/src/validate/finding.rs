//! One thing that is wrong with a template.

use std::fmt;

/// Something that CloudFormation or the service behind it would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, like `Resources/Players/Properties/KeySchema/0/KeyType`.
    pub path: String,
    /// What sort of thing.
    pub kind: FindingKind,
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// What might be meant.
    pub hint: Option<String>,
}

impl Finding {
    pub(super) fn new(
        kind: FindingKind,
        path: impl fmt::Display,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_string(),
            kind,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)?;
        self.hint
            .as_ref()
            .map_or(Ok(()), |hint| write!(formatter, " ({hint})"))
    }
}

/// Defines the kinds with the code that stands in reports.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $code:literal $slug:literal),+ $(,)?) => {
        /// The sorts of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $($(#[$doc])+ $name),+
        }

        impl FindingKind {
            /// Every kind in the order of its code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code: `L` and four digits.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code),+
                }
            }

            /// A stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $slug),+
                }
            }
        }
    };
}

kinds! {
    /// A value of another type than the property has.
    WrongType = "L1001" "wrong-type",
    /// A required property that is absent.
    MissingProperty = "L1002" "missing-property",
    /// A property that the type doesn't have.
    UnknownProperty = "L1003" "unknown-property",
    /// A property that AWS sets.
    ReadOnlyProperty = "L1004" "read-only-property",
    /// A property that doesn't go with another one, or needs another one.
    PropertyCombination = "L1005" "property-combination",
    /// A value outside of a closed list.
    NotAllowed = "L1006" "not-allowed",
    /// Text that doesn't match its pattern.
    Pattern = "L1007" "pattern",
    /// A number out of bounds.
    OutOfRange = "L1008" "out-of-range",
    /// Text too short or too long.
    Length = "L1009" "length",
    /// Too few or too many items or properties.
    ItemCount = "L1010" "item-count",
    /// An item that its list already has.
    DuplicateItem = "L1011" "duplicate-item",
    /// A value that fits none of several forms.
    NoAlternative = "L1012" "no-alternative",
    /// A name that nothing in the template has.
    UnresolvedReference = "L1013" "unresolved-reference",
    /// An attribute that a resource type doesn't have.
    UnknownAttribute = "L1014" "unknown-attribute",
    /// A condition that isn't defined.
    UndefinedCondition = "L1015" "undefined-condition",
    /// An intrinsic function with wrong arguments, or one that doesn't exist.
    MalformedFunction = "L1016" "malformed-function",
    /// Resources or conditions that depend on themselves.
    Cycle = "L1017" "cycle",
    /// A parameter that contradicts itself.
    Parameter = "L1018" "parameter",
    /// An output that can't be shown or exported.
    Output = "L1019" "output",
    /// A name that isn't allowed, or that is used twice.
    Name = "L1020" "name",
    /// More than CloudFormation takes.
    Limit = "L1021" "limit",
    /// A type that doesn't exist in the Region.
    Region = "L1022" "region",
}
