//! The files that a new project begins with.
//!
//! In: a name. Out: files by path, from the templates under `templates/init`. Nothing that exists is overwritten.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use topology::documents::{DocumentError, render_text};

const TOPOLOGY: &str = include_str!("../../templates/init/topology.yaml.hbs");
const RULES: &str = include_str!("../../templates/init/rules.json");
const IGNORED: &str = include_str!("../../templates/init/gitignore");
const WORKFLOW: &str = include_str!("../../templates/init/github.yaml.hbs");

/// A Cargo workspace with the sample of a function of one's own, which is a member of our workspace, too, so that it is known
/// to compile.
const FUNCTION: [(&str, &str); 3] = [
    (
        "Cargo.toml",
        include_str!("../../templates/init/Cargo.toml"),
    ),
    (
        "lambdas/hello/Cargo.toml",
        include_str!("../../templates/init/function/Cargo.toml"),
    ),
    (
        "lambdas/hello/src/main.rs",
        include_str!("../../templates/init/function/src/main.rs"),
    ),
];

/// Every project has one, and what it says is the project's own.
const SHARED: [&str; 2] = [".gitignore", "Cargo.toml"];

/// Files by path relative to the project, `/` between parts.
pub type Scaffold = BTreeMap<String, String>;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// Files exist and say something else.
    #[error("these files exist already: {}", .0.join(", "))]
    Exists(Vec<String>),
    /// A file can't be read or written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] DocumentError),
}

/// A topology with its rule set, the crate of a function of its own, and what git leaves out.
///
/// # Errors
///
/// When a template is wrong.
pub fn project(name: &str) -> Result<Scaffold, InitError> {
    let topology = render_text("init topology", TOPOLOGY, &json!({ "name": name }))?;
    let handler = FUNCTION.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let own = [
        (format!("stacks/{name}.yaml"), topology),
        (format!("stacks/rules/{name}.json"), RULES.to_owned()),
        (".gitignore".to_owned(), IGNORED.to_owned()),
    ];
    Ok(own.into_iter().chain(handler).collect())
}

/// What a workflow deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline<'text> {
    /// The topology's file.
    pub topology: &'text str,
    /// The environment.
    pub environment: &'text str,
    /// Its home region.
    pub home: &'text str,
}

/// A workflow of GitHub Actions that validates, comments, and deploys after an approval.
///
/// # Errors
///
/// When the template is wrong.
pub fn github(pipeline: &Pipeline<'_>) -> Result<Scaffold, InitError> {
    let Pipeline {
        topology,
        environment,
        home,
    } = pipeline;
    let values: Value = json!({ "topology": topology, "environment": environment, "home": home });
    let path = format!(".github/workflows/liftform-{environment}.yml");
    Ok(Scaffold::from([(
        path,
        render_text("init workflow", WORKFLOW, &values)?,
    )]))
}

/// Writes files below a folder: all of them, or none when one exists with another text. Gives the paths that are new.
///
/// # Errors
///
/// When files exist, or can't be written.
pub fn write(folder: &Path, files: &Scaffold) -> Result<Vec<String>, InitError> {
    let mut new = Vec::new();
    let mut taken = Vec::new();
    for (name, text) in files {
        match fs::read(folder.join(name)) {
            Ok(bytes) if bytes == text.as_bytes() => {}
            Ok(_) if SHARED.contains(&name.as_str()) => {}
            Ok(_) => taken.push(name.clone()),
            Err(_) => new.push(name.clone()),
        }
    }
    if !taken.is_empty() {
        return Err(InitError::Exists(taken));
    }
    for name in &new {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = made.and_then(|()| fs::write(&path, &files[name]));
        written.map_err(|source| InitError::Write { path, source })?;
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_time_writes_nothing_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = project("arena").unwrap();
        assert_eq!(write(folder.path(), &files).unwrap().len(), files.len());
        assert_eq!(write(folder.path(), &files).unwrap(), Vec::<String>::new());
        fs::write(folder.path().join("stacks/arena.yaml"), "name: mine\n").unwrap();
        fs::remove_file(folder.path().join("stacks/rules/arena.json")).unwrap();
        let error = write(folder.path(), &files).unwrap_err();
        assert_eq!(
            error.to_string(),
            "these files exist already: stacks/arena.yaml"
        );
        assert!(!folder.path().join("stacks/rules/arena.json").exists());
    }

    #[test]
    fn workflow_is_yaml_with_four_jobs() {
        let pipeline = Pipeline {
            topology: "stacks/arena.yaml",
            environment: "prod",
            home: "us-east-1",
        };
        let files = github(&pipeline).unwrap();
        let text = &files[".github/workflows/liftform-prod.yml"];
        let workflow = cloudformation::read::parse_document(text).unwrap();
        let jobs: Vec<_> = workflow["jobs"].as_object().unwrap().keys().collect();
        assert_eq!(jobs.len(), 4, "{jobs:?}");
        assert_eq!(workflow["jobs"]["deploy"]["environment"], "prod");
        assert!(text.contains("${{ vars.LIFTFORM_DEPLOY_ROLE }}"), "{text}");
    }
}
