//! What a deployment has to supply.

use std::fmt;

use serde_json::Value as Json;

/// The type of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// Any text.
    String,
    /// A number; `Ref` gives it as text.
    Number,
    /// Numbers with commas between them.
    NumberList,
    /// Texts with commas between them.
    CommaDelimitedList,
    /// An existing resource of the account (`AWS::EC2::VPC::Id`, `List<AWS::EC2::Subnet::Id>`) or a value in Systems
    /// Manager (`AWS::SSM::Parameter::Value<String>`), as written.
    Other(String),
}

impl ParameterType {
    /// The type with this name. Every name is accepted; validation knows which ones exist.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "String" => Self::String,
            "Number" => Self::Number,
            "List<Number>" => Self::NumberList,
            "CommaDelimitedList" => Self::CommaDelimitedList,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name in a template.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::String => "String",
            Self::Number => "Number",
            Self::NumberList => "List<Number>",
            Self::CommaDelimitedList => "CommaDelimitedList",
            Self::Other(name) => name,
        }
    }

    /// Whether `Ref` gives a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        let inner = self
            .as_str()
            .strip_prefix("AWS::SSM::Parameter::Value<")
            .unwrap_or(self.as_str());
        inner.starts_with("List<") || inner.starts_with("CommaDelimitedList")
    }
}

impl fmt::Display for ParameterType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A parameter of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What kind of value it takes.
    pub kind: ParameterType,
    /// The value when the deployment gives none.
    pub default: Option<Json>,
    /// What it is for.
    pub description: Option<String>,
    /// The only values accepted; empty means any.
    pub allowed_values: Vec<Json>,
    /// A regular expression that the whole value has to match.
    pub allowed_pattern: Option<String>,
    /// What to tell a user whose value isn't accepted.
    pub constraint_description: Option<String>,
    /// Shortest text.
    pub min_length: Option<u64>,
    /// Longest text.
    pub max_length: Option<u64>,
    /// Smallest number.
    pub min_value: Option<f64>,
    /// Largest number.
    pub max_value: Option<f64>,
    /// Whether CloudFormation masks the value.
    pub no_echo: bool,
}

impl Parameter {
    /// A parameter of any type.
    #[must_use]
    pub fn new(kind: ParameterType) -> Self {
        Self {
            kind,
            default: None,
            description: None,
            allowed_values: Vec::new(),
            allowed_pattern: None,
            constraint_description: None,
            min_length: None,
            max_length: None,
            min_value: None,
            max_value: None,
            no_echo: false,
        }
    }

    /// A text.
    #[must_use]
    pub fn string() -> Self {
        Self::new(ParameterType::String)
    }

    /// A number.
    #[must_use]
    pub fn number() -> Self {
        Self::new(ParameterType::Number)
    }

    /// Texts with commas between them.
    #[must_use]
    pub fn list() -> Self {
        Self::new(ParameterType::CommaDelimitedList)
    }

    /// Numbers with commas between them.
    #[must_use]
    pub fn number_list() -> Self {
        Self::new(ParameterType::NumberList)
    }

    /// A text that CloudFormation reads from Systems Manager when it deploys; the parameter's value is the name there.
    #[must_use]
    pub fn ssm_string() -> Self {
        Self::new(ParameterType::Other(
            "AWS::SSM::Parameter::Value<String>".to_owned(),
        ))
    }

    /// Sets the value when the deployment gives none.
    #[must_use]
    pub fn default(self, value: impl Into<Json>) -> Self {
        Self {
            default: Some(value.into()),
            ..self
        }
    }

    /// Says what it is for.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        Self {
            description: Some(text.into()),
            ..self
        }
    }

    /// Sets the only values accepted.
    #[must_use]
    pub fn allowed_values<V: Into<Json>>(self, values: impl IntoIterator<Item = V>) -> Self {
        Self {
            allowed_values: values.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// Sets a regular expression that the whole value has to match.
    #[must_use]
    pub fn allowed_pattern(self, pattern: impl Into<String>) -> Self {
        Self {
            allowed_pattern: Some(pattern.into()),
            ..self
        }
    }

    /// Sets what to tell a user whose value isn't accepted.
    #[must_use]
    pub fn constraint_description(self, text: impl Into<String>) -> Self {
        Self {
            constraint_description: Some(text.into()),
            ..self
        }
    }

    /// Sets the shortest and the longest text.
    #[must_use]
    pub fn length(self, min: u64, max: u64) -> Self {
        Self {
            min_length: Some(min),
            max_length: Some(max),
            ..self
        }
    }

    /// Sets the smallest and the largest number.
    #[must_use]
    pub fn range(self, min: f64, max: f64) -> Self {
        Self {
            min_value: Some(min),
            max_value: Some(max),
            ..self
        }
    }

    /// Masks the value in what CloudFormation shows.
    #[must_use]
    pub fn no_echo(self) -> Self {
        Self {
            no_echo: true,
            ..self
        }
    }
}
