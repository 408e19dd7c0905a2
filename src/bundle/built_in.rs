//! The handlers that liftform brings along, as a Cargo workspace of their own.
//!
//! In: a folder for caches. Out: the workspace, written there once for each version of the sources. In a checkout of liftform
//! the same packages are members of the workspace around the topology, and nothing is written.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::BundleError;
use super::workspace::Workspace;

/// Files of the handlers and of the library they share, by path.
const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/handlers.rs"));

const ROOT: &str = include_str!("../../Cargo.toml");
/// Holds more than the handlers need; Cargo takes the versions that it does.
const LOCK: &str = include_str!("../../Cargo.lock");
const TOOLCHAIN: &str = include_str!("../../rust-toolchain.toml");

/// Whether a package is one of the handlers.
pub(super) fn has(package: &str) -> bool {
    let program = format!("lambdas/{package}/src/main.rs");
    SOURCES.iter().any(|(path, _)| *path == program)
}

/// The workspace of the handlers below a folder for caches; what it builds is shared by all versions.
///
/// # Errors
///
/// When it can't be written, or Cargo can't read it.
pub(super) fn workspace(cargo: &Path, caches: &Path) -> Result<Workspace, BundleError> {
    let home = caches.join("handlers");
    let root = home.join(version());
    if !root.exists() {
        write(&home, &root).map_err(|source| BundleError::Write {
            path: root.clone(),
            source,
        })?;
    }
    let workspace = Workspace::find(cargo, &root)?;
    let usual = workspace.root.join("target");
    Ok(if workspace.target_directory == usual {
        workspace.building_in(&home.join("target"))
    } else {
        workspace
    })
}

fn files() -> impl Iterator<Item = (&'static str, String)> {
    let sources = SOURCES
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()));
    sources.chain([
        ("Cargo.toml", manifest(ROOT)),
        ("Cargo.lock", LOCK.to_owned()),
        ("rust-toolchain.toml", TOOLCHAIN.to_owned()),
    ])
}

/// Short name of what the files say.
fn version() -> String {
    let mut hash = Sha256::new();
    for (path, text) in files() {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    let bytes = hash.finalize();
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Writes all files, or none: another run may be at it, and nobody may meet half of them.
fn write(home: &Path, root: &Path) -> io::Result<()> {
    fs::create_dir_all(home)?;
    let draft = tempfile::tempdir_in(home)?;
    for (name, text) in files() {
        let path = draft.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(home))?;
        fs::write(path, text)?;
    }
    match fs::rename(draft.path(), root) {
        Err(_) if root.exists() => Ok(()),
        moved => {
            // What was moved is no draft any more, and is not removed with it.
            let _: PathBuf = draft.keep();
            moved
        }
    }
}

/// The root manifest without what only the rest of the repository needs.
fn manifest(root: &str) -> String {
    let members: BTreeSet<&str> = SOURCES
        .iter()
        .filter_map(|(path, _)| path.strip_prefix("lambdas/")?.split('/').next())
        .collect();
    let kept = [
        "[workspace.package]",
        "[workspace.dependencies]",
        "[workspace.lints.",
        "[profile.release",
        "[profile.lambda",
    ];
    let mut text = "[workspace]\nresolver = \"3\"\nmembers = [\"lambdas/*\"]\n".to_owned();
    let mut is_kept = false;
    for line in root.lines() {
        if line.starts_with('[') {
            is_kept = kept.iter().any(|section| line.starts_with(section));
        }
        let name = line.split(' ').next().unwrap_or_default();
        let is_ours = line.contains("{ path = \"");
        if is_kept && (!is_ours || members.contains(name)) {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_have_programs_and_their_library_and_the_sample_have_none() {
        assert!(has("start-matchmaking"));
        assert!(has("list-regions"));
        assert!(!has("tickets"));
        assert!(!has("profile"));
    }

    #[test]
    fn cargo_reads_the_workspace_and_finds_every_handler() {
        let caches = tempfile::tempdir().unwrap();
        let workspace = workspace(Path::new("cargo"), caches.path()).unwrap();
        for package in ["start-matchmaking", "match-events", "list-regions"] {
            assert_eq!(workspace.program(package).unwrap(), package);
        }
        let again = super::workspace(Path::new("cargo"), caches.path()).unwrap();
        assert_eq!(again, workspace);
        let drafts = fs::read_dir(caches.path().join("handlers")).unwrap();
        assert_eq!(drafts.count(), 1, "no draft is left");
    }

    #[test]
    fn manifest_keeps_the_profiles_and_no_path_but_that_of_the_library() {
        let text = manifest(ROOT);
        assert!(text.contains("[profile.lambda]"), "{text}");
        let paths: Vec<_> = text
            .lines()
            .filter(|line| line.contains("path ="))
            .collect();
        assert_eq!(paths, ["tickets = { path = \"lambdas/tickets\" }"]);
    }
}
