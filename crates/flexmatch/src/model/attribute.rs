//! Player attributes that a rule set declares.

use std::collections::BTreeMap;

use crate::keyword::keywords;

keywords! {
    /// The type of a player attribute.
    AttributeType {
        String = "string",
        Number = "number",
        StringList = "string_list",
        StringNumberMap = "string_number_map",
    }
}

/// A value of one of the four types.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// `S` of the API.
    String(String),
    /// `N` of the API.
    Number(f64),
    /// `SL` of the API.
    StringList(Vec<String>),
    /// `SDM` of the API.
    StringNumberMap(BTreeMap<String, f64>),
}

impl AttributeValue {
    /// The type that this is a value of.
    #[must_use]
    pub const fn attribute_type(&self) -> AttributeType {
        match self {
            Self::String(_) => AttributeType::String,
            Self::Number(_) => AttributeType::Number,
            Self::StringList(_) => AttributeType::StringList,
            Self::StringNumberMap(_) => AttributeType::StringNumberMap,
        }
    }
}

/// One entry of `playerAttributes`.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerAttribute {
    /// Unique in the rule set.
    pub name: String,
    /// What tickets must send.
    pub attribute_type: AttributeType,
    /// What a ticket that omits the attribute gets; without it such a ticket never matches.
    pub default: Option<AttributeValue>,
}
