//! Packs the handlers: built in one run, checked, one `bootstrap` per archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plan::Artifact;

use super::archive::{self, Entry, Mode};
use super::cargo::{self, Build, Linker};
use super::elf::{self, LAMBDA_GLIBC};
use super::workspace::Workspace;
use super::{Architecture, ArtifactCatalog, BundleError, BundleOptions, target};
use crate::event::{Event, EventSink};

/// Lambda starts a file of this name.
const BOOTSTRAP: &str = "bootstrap";

/// Builds the packages and adds their archives to the catalog.
pub(super) fn pack(
    workspace: &Workspace,
    packages: &BTreeSet<String>,
    options: &BundleOptions,
    out: &Path,
    events: &dyn EventSink,
    catalog: &mut ArtifactCatalog,
) -> Result<(), BundleError> {
    let executables = build(workspace, packages, options, events)?;
    for (package, executable) in executables {
        let entry = Entry {
            name: BOOTSTRAP.to_owned(),
            path: executable,
            mode: Mode::Executable,
        };
        let built = archive::write(&[entry], out, &format!("handlers/{package}"))?;
        catalog.insert(Artifact::Handler { package }, built, events);
    }
    Ok(())
}

fn build(
    workspace: &Workspace,
    packages: &BTreeSet<String>,
    options: &BundleOptions,
    events: &dyn EventSink,
) -> Result<BTreeMap<String, PathBuf>, BundleError> {
    let mut handlers = BTreeMap::new();
    for package in packages {
        handlers.insert(package.as_str(), workspace.handler(package)?);
    }
    let toolchain = workspace.toolchain()?;
    let mut run = Build {
        cargo: &options.cargo,
        cargo_home: options.cargo_home.as_deref(),
        workspace,
        handlers: &handlers,
        target: target::choose(options.architecture, &toolchain)?,
        host: &toolchain.host,
        linker: Linker::System,
    };
    // A foreign processor needs a linker for it, which zig brings along and most systems don't have.
    if run.target != target::BuildTarget::Native && cargo::has_zigbuild(&options.cargo) {
        run.linker = Linker::Zig;
    }
    events.emit(Event::HandlersBuilding {
        packages: packages.iter().cloned().collect(),
    });
    let executables = built_and_checked(&run, options.architecture, events);
    // The system's C library is often old enough; only where it isn't the slower way is taken.
    match executables {
        Err(BundleError::Glibc { .. })
            if run.linker == Linker::System && cargo::has_zigbuild(&options.cargo) =>
        {
            run.linker = Linker::Zig;
            built_and_checked(&run, options.architecture, events)
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
    for (&package, &binary) in run.handlers {
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
