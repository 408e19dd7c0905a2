//! Templates from files and folders.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use cloudformation::{ParseError, Template};
use serde::Deserialize;

use crate::event::StackRef;
use crate::ops::synth::MANIFEST;

/// Templates by stack.
pub type Stacks = BTreeMap<StackRef, Template>;

/// Why templates can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SideError {
    /// The file or folder can't be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder has no manifest, or one that isn't of `synth`.
    #[error("`{}` is no manifest that `liftform synth` wrote", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The manifest names a file outside of its folder.
    #[error("`{}` names `{template}`, which is outside of its folder", path.display())]
    Outside {
        /// The manifest.
        path: PathBuf,
        /// What it names.
        template: String,
    },
    /// The file is no template.
    #[error("`{}` is no CloudFormation template", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParseError,
    },
    /// One side is a file and the other one a folder.
    #[error("`{}` is a file and `{}` is a folder", file.display(), folder.display())]
    Mixed {
        /// The file.
        file: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
}

impl SideError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } | Self::Template { .. } => {
                "Name a template, or a folder that `liftform synth` wrote."
            }
            Self::Manifest { .. } | Self::Outside { .. } => {
                "Write the folder again with `liftform synth --out DIR`."
            }
            Self::Mixed { .. } => "Compare two templates, or two folders.",
        }
    }
}

#[derive(Deserialize)]
struct Manifest {
    stacks: Vec<ManifestStack>,
}

#[derive(Deserialize)]
struct ManifestStack {
    name: String,
    region: String,
    template: String,
}

/// Reads two templates, or two folders of `synth`. Two files are one stack, named like the new file.
///
/// # Errors
///
/// When a side can't be read, or one is a file and the other one a folder.
pub fn read_both(old: &Path, new: &Path) -> Result<(Stacks, Stacks), SideError> {
    match (old.is_dir(), new.is_dir()) {
        (true, true) => Ok((read_folder(old)?, read_folder(new)?)),
        (false, false) => {
            let stack = StackRef::new(new.display().to_string(), "");
            let side = |path| Ok(Stacks::from([(stack.clone(), read_template(path)?)]));
            Ok((side(old)?, side(new)?))
        }
        (true, false) => Err(mixed(new, old)),
        (false, true) => Err(mixed(old, new)),
    }
}

fn mixed(file: &Path, folder: &Path) -> SideError {
    SideError::Mixed {
        file: file.to_path_buf(),
        folder: folder.to_path_buf(),
    }
}

/// Reads a template, JSON or YAML.
///
/// # Errors
///
/// When the file can't be read or is no template.
pub fn read_template(path: &Path) -> Result<Template, SideError> {
    Template::parse(&read(path)?).map_err(|source| SideError::Template {
        path: path.to_path_buf(),
        source,
    })
}

/// Reads the stacks of a folder that `synth` wrote.
///
/// # Errors
///
/// When there is no manifest, or a template that it names can't be read.
pub fn read_folder(folder: &Path) -> Result<Stacks, SideError> {
    let path = folder.join(MANIFEST);
    let manifest: Manifest =
        serde_json::from_str(&read(&path)?).map_err(|source| SideError::Manifest {
            path: path.clone(),
            source,
        })?;
    let mut stacks = Stacks::new();
    for stack in manifest.stacks {
        let is_inside = Path::new(&stack.template)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            return Err(SideError::Outside {
                path,
                template: stack.template,
            });
        }
        let template = read_template(&folder.join(&stack.template))?;
        stacks.insert(StackRef::new(stack.name, stack.region), template);
    }
    Ok(stacks)
}

fn read(path: &Path) -> Result<String, SideError> {
    fs::read_to_string(path).map_err(|source| SideError::Read {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(manifest: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MANIFEST), manifest).unwrap();
        fs::write(folder.path().join("a.json"), r#"{"Resources": {}}"#).unwrap();
        folder
    }

    #[test]
    fn folder_is_read_by_its_manifest() {
        let folder =
            folder(r#"{"stacks": [{"name": "a", "region": "eu-west-1", "template": "a.json"}]}"#);
        let stacks = read_folder(folder.path()).unwrap();
        assert!(stacks.contains_key(&StackRef::new("a", "eu-west-1")));
    }

    #[test]
    fn manifest_cannot_name_files_outside() {
        for template in ["../a.json", "/etc/passwd", "x/../../a.json"] {
            let folder = folder(&format!(
                r#"{{"stacks": [{{"name": "a", "region": "r", "template": "{template}"}}]}}"#
            ));
            let error = read_folder(folder.path()).unwrap_err();
            assert!(matches!(error, SideError::Outside { .. }), "{error}");
        }
    }

    #[test]
    fn file_and_folder_do_not_compare() {
        let folder = folder("{}");
        let file = folder.path().join("a.json");
        let error = read_both(&file, folder.path()).unwrap_err();
        assert!(matches!(error, SideError::Mixed { .. }), "{error}");
    }
}
