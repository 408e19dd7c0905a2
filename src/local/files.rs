//! The Python side, embedded in the program and written out for every start.

use std::path::Path;

use crate::local::LocalError;

/// MiniStack and all it depends on, with hashes.
pub(super) const REQUIREMENTS: &str = include_str!("ministack/requirements.txt");

/// The script to start.
pub(super) const LAUNCHER: &str = "launch.py";

const SCRIPTS: &[(&str, &str)] = &[
    (LAUNCHER, include_str!("ministack/launch.py")),
    ("patching.py", include_str!("ministack/patching.py")),
    ("gaps.py", include_str!("ministack/gaps.py")),
    ("gamelift_api.py", include_str!("ministack/gamelift_api.py")),
    (
        "gamelift_fleets.py",
        include_str!("ministack/gamelift_fleets.py"),
    ),
    (
        "gamelift_types.py",
        include_str!("ministack/gamelift_types.py"),
    ),
    (
        "create_only.json",
        include_str!("ministack/create_only.json"),
    ),
];

/// Writes the launcher and what it imports into `directory`.
pub(super) fn write_scripts(directory: &Path) -> Result<(), LocalError> {
    make_directory(directory)?;
    SCRIPTS.iter().try_for_each(|(name, text)| {
        let path = directory.join(name);
        std::fs::write(&path, text).map_err(LocalError::file("writing", path))
    })
}

pub(super) fn make_directory(directory: &Path) -> Result<(), LocalError> {
    std::fs::create_dir_all(directory).map_err(LocalError::file("creating", directory))
}

/// Removes a directory and all in it; fine if there is none.
pub(super) fn remove_directory(directory: &Path) -> Result<(), LocalError> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(LocalError::file("removing", directory)(error))
        }
        _ => Ok(()),
    }
}

/// The last lines of a log; empty when there is none.
pub(super) fn tail(log: &Path) -> String {
    const LINES: usize = 20;
    let text = std::fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_pinned_with_a_hash() {
        let joined = REQUIREMENTS.replace("\\\n", " ");
        let packages: Vec<_> = joined
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert!(packages.len() > 10);
        assert!(
            packages
                .iter()
                .all(|line| line.contains("==") && line.contains("--hash=sha256:"))
        );
        assert!(
            packages
                .iter()
                .any(|line| line.starts_with("ministack==1.5.33 "))
        );
    }

    #[test]
    fn tail_is_the_end_of_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        std::fs::write(
            &log,
            (1..=50).map(|line| format!("{line}\n")).collect::<String>(),
        )
        .unwrap();
        assert!(tail(&log).starts_with("31\n"));
        assert!(tail(&log).ends_with("\n50"));
        assert_eq!(tail(&folder.path().join("none")), "");
    }
}
