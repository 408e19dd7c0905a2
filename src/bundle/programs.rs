//! Builds Cargo packages to programs: in one run, checked for the system they will run on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::cargo::{self, Build, Linker};
use super::elf::{self, LAMBDA_GLIBC};
use super::workspace::Workspace;
use super::{Architecture, BundleError, BundleOptions, target};
use crate::event::{Event, EventSink};

/// Builds the packages for a processor; returns the executable of each.
pub(super) fn build(
    workspace: &Workspace,
    packages: &BTreeSet<String>,
    architecture: Architecture,
    options: &BundleOptions,
    events: &dyn EventSink,
) -> Result<BTreeMap<String, PathBuf>, BundleError> {
    let mut programs = BTreeMap::new();
    for package in packages {
        programs.insert(package.as_str(), workspace.program(package)?);
    }
    let toolchain = workspace.toolchain()?;
    let mut run = Build {
        cargo: &options.cargo,
        cargo_home: options.cargo_home.as_deref(),
        workspace,
        programs: &programs,
        target: target::choose(architecture, &toolchain)?,
        host: &toolchain.host,
        linker: Linker::System,
    };
    // A foreign processor needs a linker for it, which zig brings along and most systems don't have.
    if run.target != target::BuildTarget::Native && cargo::has_zigbuild(&options.cargo) {
        run.linker = Linker::Zig;
    }
    events.emit(Event::PackagesBuilding {
        packages: packages.iter().cloned().collect(),
    });
    let executables = built_and_checked(&run, architecture, events);
    // The system's C library is often old enough; only where it isn't the slower way is taken.
    match executables {
        Err(BundleError::Glibc { .. })
            if run.linker == Linker::System && cargo::has_zigbuild(&options.cargo) =>
        {
            run.linker = Linker::Zig;
            built_and_checked(&run, architecture, events)
        }
        other => other,
    }
}

fn built_and_checked(
    run: &Build<'_>,
    architecture: Architecture,
    events: &dyn EventSink,
) -> Result<BTreeMap<String, PathBuf>, BundleError> {
    let mut built = cargo::build(run, events)?;
    let mut executables = BTreeMap::new();
    for (&package, &binary) in run.programs {
        let Some(path) = built.remove(binary) else {
            return Err(BundleError::NoExecutable {
                package: package.to_owned(),
            });
        };
        check(package, &path, architecture)?;
        executables.insert(package.to_owned(), path);
    }
    Ok(executables)
}

fn check(package: &str, path: &Path, architecture: Architecture) -> Result<(), BundleError> {
    let bytes = fs::read(path).map_err(|source| BundleError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    let requirement =
        elf::requirement(&bytes, architecture).map_err(|message| BundleError::NotExecutable {
            path: path.to_path_buf(),
            architecture,
            message,
        })?;
    match requirement {
        Some(requirement) if requirement.version > LAMBDA_GLIBC => Err(BundleError::Glibc {
            package: package.to_owned(),
            needed: requirement.version,
            symbol: requirement.symbol,
            available: LAMBDA_GLIBC,
        }),
        _ => Ok(()),
    }
}
