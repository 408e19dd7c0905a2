//! From a topology file to the plan of one environment.
//!
//! [`Compiler`] is the pure pipeline as the commands see it: topology, environment, plan and the checks of what comes
//! out. Commands and their tests know only this trait.

use std::fmt;

use plan::{PlannedStack, StackPlan};
use serde::Serialize;
use topology::environment::Environment;

use super::source::TopologySource;

/// The pure pipeline.
pub trait Compiler {
    /// Names the environments of a topology, in its order.
    ///
    /// # Errors
    ///
    /// When the file is no topology.
    fn environments(&self, source: &TopologySource) -> Result<Vec<String>, Refusal>;

    /// Checks every environment; an empty list means that nothing is wrong.
    fn check(&self, source: &TopologySource) -> Vec<Diagnostic>;

    /// Plans one environment. `settings` are `key.path=value`.
    ///
    /// # Errors
    ///
    /// When the topology, the environment or a setting is wrong.
    fn compile(
        &self,
        source: &TopologySource,
        environment: &str,
        settings: &[String],
    ) -> Result<Compiled, Refusal>;

    /// Checks the template of a stack of an environment.
    fn check_template(&self, stack: &PlannedStack, environment: &Environment) -> Vec<Diagnostic>;

    /// Explains a code.
    fn explain(&self, code: &str) -> Option<Explanation>;

    /// Explains every code, in order.
    fn explanations(&self) -> Vec<Explanation>;
}

/// One environment and its plan.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The environment, resolved.
    pub environment: Environment,
    /// Its plan.
    pub plan: StackPlan,
    /// What should be looked at all the same.
    pub warnings: Vec<Diagnostic>,
}

/// Why there is no plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{} found in the topology", problems(.0))]
pub struct Refusal(pub Vec<Diagnostic>);

fn problems(found: &[Diagnostic]) -> String {
    let errors = found
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    match errors {
        1 => "1 error".to_owned(),
        errors => format!("{errors} errors"),
    }
}

/// One thing that is wrong with what the user wrote, or with what came out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its kind; `liftform explain` knows more about it.
    pub code: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What to do about it.
    pub hint: Option<String>,
    /// The whole as it is shown to a person.
    #[serde(skip)]
    pub drawing: String,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It can't be deployed.
    Error,
    /// It can.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Place {
    /// In a file of the user.
    File {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
    /// In a template.
    Template {
        /// Name of the stack.
        stack: String,
        /// Region of the stack.
        region: String,
        /// Path into the template.
        path: String,
        /// What in the topology made that part; none: liftform by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        made_by: Option<TopologyLine>,
    },
    /// In the topology as a whole.
    Topology {
        /// The file.
        file: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column } => write!(formatter, "{file}:{line}:{column}"),
            Self::Template {
                stack,
                region,
                path,
                ..
            } => write!(formatter, "template of {stack} ({region}): {path}"),
            Self::Topology { file } => formatter.write_str(file),
        }
    }
}

/// A setting of the topology and where it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TopologyLine {
    /// Its key path, such as `fleets.arena`.
    pub key: String,
    /// The file; empty for `--set`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for TopologyLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            file,
            line,
            column,
        } = self;
        match file.as_str() {
            "" => write!(formatter, "`{key}` of --set"),
            _ => write!(formatter, "`{key}` at {file}:{line}:{column}"),
        }
    }
}

/// The long text of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The code.
    pub code: String,
    /// A few words.
    pub title: String,
    /// A paragraph.
    pub text: String,
    /// What has the problem: a part of a topology, a rule set or a template; empty when no file can show it.
    pub example: String,
    /// The same without the problem.
    pub fix: String,
}
