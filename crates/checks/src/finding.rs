//! One thing that is wrong with a template.

use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can't be deployed, or can't work.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

/// Something that CloudFormation or a service behind it would refuse, or that would not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable code: `L` and four digits.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where, like `Resources/Fleet/Properties/Locations/0`.
    pub path: String,
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    pub(crate) fn error(
        code: &'static str,
        path: impl fmt::Display,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            path: path.to_string(),
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn warning(
        code: &'static str,
        path: impl fmt::Display,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, path, message)
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl From<cloudformation::Finding> for Finding {
    fn from(finding: cloudformation::Finding) -> Self {
        Self {
            code: finding.kind.code(),
            severity: Severity::Error,
            path: finding.path,
            message: finding.message,
            hint: finding.hint,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(
            formatter,
            "{word}[{}] {}: {}",
            self.code, self.path, self.message
        )
    }
}
