//! Policies that the user asks for: files of rules, applied to templates.
//!
//! In: names as given. Out: rules, and what doesn't hold as findings of a template.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use checks::{Finding, Severity, codes};
use cloudformation::Template;
use plan::PlannedStack;
use policy::{PolicyError, RuleFile};

use super::compile::Diagnostic;

/// What stands for the rules that come with the program.
pub const SHIPPED: &str = "shipped";

/// Why there are no rules.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
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
}

/// Reads the rules: [`SHIPPED`], a file, or every `.guard` file of a folder.
///
/// # Errors
///
/// When one of them can't be read, or a folder has none.
pub fn read(names: &[PathBuf]) -> Result<Vec<RuleFile>, RulesError> {
    let mut rules = Vec::new();
    for name in names {
        if name == Path::new(SHIPPED) {
            rules.extend(policy::shipped());
        } else if name.is_dir() {
            rules.extend(folder(name)?);
        } else {
            rules.push(file(name)?);
        }
    }
    Ok(rules)
}

fn file(path: &Path) -> Result<RuleFile, RulesError> {
    let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
    Ok(RuleFile {
        name: path.display().to_string(),
        text,
    })
}

fn failed(path: &Path, source: io::Error) -> RulesError {
    RulesError::Read {
        path: path.to_path_buf(),
        source,
    }
}

fn folder(path: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(path).map_err(|source| failed(path, source))? {
        let entry = entry.map_err(|source| failed(path, source))?.path();
        if entry.extension().is_some_and(|ending| ending == "guard") {
            paths.push(entry);
        }
    }
    if paths.is_empty() {
        return Err(RulesError::None {
            path: path.to_path_buf(),
        });
    }
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// Applies the rules to a template.
///
/// # Errors
///
/// When a file of rules can't be understood.
pub fn check(template: &Template, rules: &[RuleFile]) -> Result<Vec<Finding>, PolicyError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let text = template.to_json_compact();
    let mut findings = Vec::new();
    for rules in rules {
        findings.extend(policy::check(&text, rules)?.into_iter().map(finding));
    }
    Ok(findings)
}

/// Applies the rules to the template of a stack.
///
/// # Errors
///
/// When a file of rules can't be understood.
pub fn check_stack(
    stack: &PlannedStack,
    rules: &[RuleFile],
) -> Result<Vec<Diagnostic>, PolicyError> {
    let found = check(&stack.template, rules)?.into_iter();
    Ok(found
        .map(|finding| super::pipeline::in_template(stack, finding))
        .collect())
}

fn finding(violation: policy::Violation) -> Finding {
    Finding {
        code: codes::POLICY,
        severity: Severity::Error,
        path: violation.path,
        message: violation.message,
        hint: Some(format!("policy `{}`", violation.rule)),
    }
}
