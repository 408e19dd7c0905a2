//! Policies that the user asks for: rules in the language of cfn-guard, applied to templates by `liftform-guard`.
//!
//! In: names as given, templates. Out: what doesn't hold, as findings. That program and how to talk to it are known here only;
//! why it is a program of its own stands in `guard/Cargo.toml`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use checks::{Finding, Severity, codes};
use cloudformation::Template;
use serde::{Deserialize, Serialize};

use super::companion::{Companion, CompanionError};

/// What stands for the rules that come with the program.
pub const SHIPPED: &str = "shipped";

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFile {
    /// Its name.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Why policies can't be applied.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A file or folder can't be read.
    #[error("cannot read the policies `{}`", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A folder without rules.
    #[error("no policy in `{}`: no file ends in `.guard`", path.display())]
    None {
        /// The folder.
        path: PathBuf,
    },
    /// The program that knows the language doesn't answer.
    #[error(transparent)]
    Engine(#[from] CompanionError),
}

/// Reads the rules: [`SHIPPED`], a file, or every `.guard` file of a folder.
///
/// # Errors
///
/// When one of them can't be read, or a folder has none.
pub fn read(names: &[PathBuf]) -> Result<Vec<RuleFile>, PolicyError> {
    let mut rules = Vec::new();
    for name in names {
        if name == Path::new(SHIPPED) {
            rules.extend(shipped());
        } else if name.is_dir() {
            rules.extend(folder(name)?);
        } else {
            rules.push(file(name)?);
        }
    }
    Ok(rules)
}

fn shipped() -> Vec<RuleFile> {
    macro_rules! rules {
        ($($name:literal),+) => {
            vec![$(RuleFile {
                name: $name.to_owned(),
                text: include_str!(concat!("../../templates/policies/", $name)).to_owned(),
            }),+]
        };
    }
    rules!["access.guard", "encryption.guard", "retention.guard"]
}

fn file(path: &Path) -> Result<RuleFile, PolicyError> {
    let text = fs::read_to_string(path).map_err(|source| unreadable(path, source))?;
    Ok(RuleFile {
        name: path.display().to_string(),
        text,
    })
}

fn unreadable(path: &Path, source: io::Error) -> PolicyError {
    PolicyError::Read {
        path: path.to_path_buf(),
        source,
    }
}

fn folder(path: &Path) -> Result<Vec<RuleFile>, PolicyError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(path).map_err(|source| unreadable(path, source))? {
        let entry = entry.map_err(|source| unreadable(path, source))?.path();
        if entry.extension().is_some_and(|ending| ending == "guard") {
            paths.push(entry);
        }
    }
    if paths.is_empty() {
        return Err(PolicyError::None {
            path: path.to_path_buf(),
        });
    }
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// Rules, and the program that applies them.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The rules; without any nothing is run.
    pub rules: Vec<RuleFile>,
    /// `liftform-guard`.
    pub companion: Companion,
}

/// The program that applies policies.
#[must_use]
pub fn companion(program: PathBuf) -> Companion {
    Companion {
        program,
        task: "applies policies",
        origin: "It stands beside `liftform`; from source: `cargo build --release --manifest-path guard/Cargo.toml`, then name it \
                 in LIFTFORM_GUARD.",
    }
}

#[derive(Serialize)]
struct Question<'run> {
    templates: Vec<String>,
    rules: &'run [RuleFile],
}

#[derive(Deserialize)]
struct Violation {
    rule: String,
    path: String,
    message: String,
}

impl Policies {
    /// Applies the rules: for each template what doesn't hold, in the order of the templates.
    ///
    /// # Errors
    ///
    /// When the program doesn't run, or a file of rules can't be understood.
    pub fn check(&self, templates: &[&Template]) -> Result<Vec<Vec<Finding>>, PolicyError> {
        if self.rules.is_empty() || templates.is_empty() {
            return Ok(templates.iter().map(|_| Vec::new()).collect());
        }
        let question = Question {
            templates: templates
                .iter()
                .map(|template| template.to_json_compact())
                .collect(),
            rules: &self.rules,
        };
        let answer: Vec<Vec<Violation>> = self.companion.ask(&question)?;
        Ok(answer
            .into_iter()
            .map(|found| found.into_iter().map(finding).collect())
            .collect())
    }
}

fn finding(violation: Violation) -> Finding {
    Finding {
        code: codes::POLICY,
        severity: Severity::Error,
        path: violation.path,
        message: violation.message,
        hint: Some(format!("policy `{}`", violation.rule)),
    }
}
