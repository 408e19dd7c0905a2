//! The topology as it stood at a commit.
//!
//! The whole tree is written to a temporary folder, because a topology names files beside it. Neither the repository's
//! index nor its work tree is touched.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::ops::source::{SourceError, TopologySource};

/// Why a commit can't be read.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git isn't there, or the temporary folder can't be made.
    #[error("cannot run git")]
    Start(#[source] io::Error),
    /// Git refused.
    #[error("git knows no `{reference}` here: {message}")]
    Refused {
        /// What was asked for.
        reference: String,
        /// Git's message.
        message: String,
    },
    /// The topology isn't in that commit, or can't be read.
    #[error("the topology can't be read at `{reference}`")]
    Topology {
        /// What was asked for.
        reference: String,
        /// Why.
        source: SourceError,
    },
}

/// A topology at a commit; the files are there as long as this is.
#[derive(Debug)]
pub struct Checkout {
    /// The topology.
    pub source: TopologySource,
    _folder: tempfile::TempDir,
}

/// Writes the tree of a commit to a temporary folder and reads the topology there.
///
/// # Errors
///
/// When there is no such commit, or no such file in it.
pub fn checkout(topology: &Path, reference: &str) -> Result<Checkout, GitError> {
    let folder = match topology.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let git = Git { folder, reference };
    let commit = git.run(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &format!("{reference}^{{commit}}"),
    ])?;
    let top = PathBuf::from(git.run(&["rev-parse", "--show-toplevel"])?);
    let prefix = git.run(&["rev-parse", "--show-prefix"])?;
    let temporary = tempfile::tempdir().map_err(GitError::Start)?;
    let tree = temporary.path().join("tree");
    let index = temporary.path().join("index");
    let git = Git {
        folder: &top,
        reference,
    };
    git.with_index(&index, &["read-tree", &commit])?;
    let target = format!("--prefix={}/", tree.display());
    git.with_index(&index, &["checkout-index", "--all", &target])?;
    let name = topology.file_name().unwrap_or_default();
    let source = TopologySource::read(&tree.join(prefix).join(name)).map_err(|source| {
        GitError::Topology {
            reference: reference.to_owned(),
            source,
        }
    })?;
    Ok(Checkout {
        source,
        _folder: temporary,
    })
}

struct Git<'run> {
    folder: &'run Path,
    reference: &'run str,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<String, GitError> {
        self.answer(self.command(arguments).output())
    }

    fn with_index(&self, index: &Path, arguments: &[&str]) -> Result<String, GitError> {
        let mut command = self.command(arguments);
        self.answer(command.env("GIT_INDEX_FILE", index).output())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.folder).args(arguments);
        command
    }

    fn answer(&self, output: io::Result<Output>) -> Result<String, GitError> {
        let output = output.map_err(GitError::Start)?;
        if output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout);
            return Ok(text.trim_end_matches(['\n', '\r']).to_owned());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(GitError::Refused {
            reference: self.reference.to_owned(),
            message: if message.is_empty() {
                "no such commit".to_owned()
            } else {
                message
            },
        })
    }
}
