//! The Cargo workspace that holds the handlers.
//!
//! In: the folder of the topology. Out: the packages of the workspace around it, as `cargo metadata` tells them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::BundleError;
use super::cargo;
use super::target::Toolchain;

/// A Cargo workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Workspace {
    /// Its root folder.
    pub(super) root: PathBuf,
    /// Where Cargo puts what it builds.
    pub(super) target_directory: PathBuf,
    /// Names of the binary targets of each package.
    packages: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Asks Cargo for the workspace from the folder upwards.
    pub(super) fn find(cargo: &Path, folder: &Path) -> Result<Self, BundleError> {
        let broken = |message: String| BundleError::Workspace {
            folder: folder.to_path_buf(),
            message,
        };
        let mut command = Command::new(cargo);
        command
            .args(["metadata", "--no-deps", "--format-version=1"])
            .current_dir(folder);
        let output = cargo::output(&mut command)?;
        if !output.status.success() {
            return Err(broken(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            ));
        }
        Self::parse(&output.stdout).map_err(|error| broken(error.to_string()))
    }

    /// Moves what Cargo builds to another folder.
    pub(super) fn building_in(self, folder: &Path) -> Self {
        Self {
            target_directory: folder.to_path_buf(),
            ..self
        }
    }

    fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let metadata: Metadata = serde_json::from_slice(json)?;
        let binaries = |package: &Package| {
            let runs = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
            package
                .targets
                .iter()
                .filter(runs)
                .map(|target| target.name.clone())
                .collect()
        };
        let packages = metadata
            .packages
            .iter()
            .map(|package| (package.name.clone(), binaries(package)))
            .collect();
        Ok(Self {
            root: metadata.workspace_root,
            target_directory: metadata.target_directory,
            packages,
        })
    }

    /// Whether it has a package.
    pub(super) fn has(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    /// Names the binary target of a package that is to run: its only one, or the one named like the package.
    pub(super) fn program(&self, package: &str) -> Result<&str, BundleError> {
        let Some(binaries) = self.packages.get(package) else {
            return Err(BundleError::UnknownPackage {
                package: package.to_owned(),
                workspace: self.root.clone(),
                nearest: nearest(package, self.packages.keys()),
            });
        };
        match binaries.as_slice() {
            [] => Err(BundleError::NoBinary {
                package: package.to_owned(),
            }),
            [only] => Ok(only),
            many => many
                .iter()
                .find(|name| *name == package)
                .map(String::as_str)
                .ok_or_else(|| BundleError::ManyBinaries {
                    package: package.to_owned(),
                    names: many.to_vec(),
                }),
        }
    }

    /// Asks rustc, as the workspace's own toolchain file chooses it, what it can build for.
    pub(super) fn toolchain(&self) -> Result<Toolchain, BundleError> {
        let ask = |arguments: &[&str]| {
            let output = cargo::output(
                Command::new("rustc")
                    .args(arguments)
                    .current_dir(&self.root),
            )?;
            Ok::<_, BundleError>(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let version = ask(&["-vV"])?;
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap_or_default()
            .to_owned();
        let libraries = PathBuf::from(ask(&["--print=sysroot"])?.trim()).join("lib/rustlib");
        let mut installed: Vec<String> = std::fs::read_dir(libraries)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|item| item.path().join("lib").is_dir())
            .filter_map(|item| item.file_name().into_string().ok())
            .collect();
        installed.sort();
        Ok(Toolchain { host, installed })
    }
}

/// Finds the name that shares the most letters at both ends; good enough for one forgotten or doubled part.
fn nearest<'names>(wanted: &str, names: impl Iterator<Item = &'names String>) -> Option<String> {
    let shared = |name: &str| {
        let front = wanted
            .chars()
            .zip(name.chars())
            .take_while(|(one, other)| one == other)
            .count();
        let back = wanted
            .chars()
            .rev()
            .zip(name.chars().rev())
            .take_while(|(one, other)| one == other)
            .count();
        (front + back).min(name.chars().count())
    };
    let best = names.max_by_key(|name| shared(name))?;
    (shared(best) * 2 >= wanted.chars().count()).then(|| best.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Workspace {
        let json = r#"{"packages": [
            {"name": "start-matchmaking", "targets": [{"name": "start-matchmaking", "kind": ["bin"]}]},
            {"name": "tickets", "targets": [{"name": "tickets", "kind": ["lib"]}]},
            {"name": "profile", "targets": [{"name": "seed", "kind": ["bin"]}, {"name": "profile", "kind": ["bin"]}]},
            {"name": "tools", "targets": [{"name": "a", "kind": ["bin"]}, {"name": "b", "kind": ["bin"]}]}
        ], "workspace_root": "/game", "target_directory": "/game/target", "version": 1}"#;
        Workspace::parse(json.as_bytes()).unwrap()
    }

    fn check(package: &str, expected: Result<&str, &str>) {
        let workspace = workspace();
        let found = workspace
            .program(package)
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn only_binary_is_the_handler() {
        check("start-matchmaking", Ok("start-matchmaking"));
    }

    #[test]
    fn binary_named_like_the_package_wins() {
        check("profile", Ok("profile"));
    }

    #[test]
    fn library_is_no_handler() {
        check(
            "tickets",
            Err("package `tickets` has no binary target, so there is nothing to run"),
        );
    }

    #[test]
    fn several_binaries_of_other_names_are_refused() {
        check(
            "tools",
            Err(
                "package `tools` has several binary targets and none is named like the package: a, b",
            ),
        );
    }

    #[test]
    fn unknown_package_comes_with_the_nearest_name() {
        let error = workspace().program("start-matchmakin").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no package `start-matchmakin` in the Cargo workspace `/game`"
        );
        assert_eq!(
            error.hint().as_deref(),
            Some("Did you mean `start-matchmaking`?")
        );
    }

    #[test]
    fn nothing_near_is_not_suggested() {
        assert_eq!(workspace().program("xyz").unwrap_err().hint(), None);
    }

    #[test]
    fn folder_outside_any_workspace_is_an_error_in_cargos_words() {
        let folder = tempfile::tempdir().unwrap();
        let error = Workspace::find(Path::new("cargo"), folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("could not find `Cargo.toml`"),
            "{error}"
        );
    }

    #[test]
    fn missing_cargo_is_named() {
        let error = Workspace::find(Path::new("/nowhere/cargo"), Path::new("/")).unwrap_err();
        assert_eq!(error.to_string(), "cannot start `/nowhere/cargo`");
    }
}
