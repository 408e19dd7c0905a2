//! Builds what stacks need as files: handler archives and game server archives.
//!
//! In: the artifacts a plan names and the folder of the topology. Out: an [`ArtifactCatalog`] of archives whose bytes,
//! and so whose keys, depend on nothing but their content. Never: AWS, uploads, environment variables.

mod archive;
mod built_in;
mod cargo;
mod catalog;
mod elf;
mod error;
mod folder;
mod programs;
mod target;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use plan::{Artifact, BuildFiles};

use self::archive::{Entry, Mode};
use self::workspace::Workspace;
use crate::event::EventSink;

pub use self::catalog::{ArtifactCatalog, BuiltArtifact, Digest};
pub use self::elf::GlibcVersion;
pub use self::error::BundleError;
pub use self::target::Architecture;

/// Lambda starts a file of this name.
const BOOTSTRAP: &str = "bootstrap";

/// How to build.
#[derive(Clone, Debug)]
pub struct BundleOptions {
    /// Folder of the topology file: where build folders start and where the Cargo workspace is looked for, upwards.
    pub folder: PathBuf,
    /// Where the built-in handlers are written and built when the workspace doesn't have them.
    pub caches: PathBuf,
    /// Processor of the Lambda functions.
    pub architecture: Architecture,
    /// The Cargo program.
    pub cargo: PathBuf,
    /// Cargo's home; its path is taken out of the binaries. None: not taken out.
    pub cargo_home: Option<PathBuf>,
    /// Where Cargo builds; none: where it would by itself.
    pub target_directory: Option<PathBuf>,
    /// Where archives go; none: `liftform/artifacts` in the target folder of the Cargo workspace.
    pub out: Option<PathBuf>,
}

/// Builds and packs every artifact.
///
/// All handlers go into one Cargo run, because each run of its own would wait for the same lock. Game servers get runs of
/// their own: Cargo joins the features of all packages of a run, and a change of a server must not change a handler.
///
/// # Errors
///
/// When a package or folder is missing, Cargo fails, a binary can't run in Lambda, or a file can't be read or written.
pub fn bundle(
    artifacts: &BTreeSet<Artifact>,
    options: &BundleOptions,
    events: &dyn EventSink,
) -> Result<ArtifactCatalog, BundleError> {
    let mut runs: BTreeMap<Run, BTreeSet<String>> = BTreeMap::new();
    for (package, run) in artifacts.iter().filter_map(|one| program(one, options)) {
        runs.entry(run).or_default().insert(package.to_owned());
    }
    let mut programs = Programs::new();
    let mut out = options.out.clone();
    if !runs.is_empty() {
        let around = around(runs.values().flatten(), options)?;
        if let Some(workspace) = &around {
            let folder = options.target_directory.as_ref();
            let folder = folder.unwrap_or(&workspace.target_directory);
            out.get_or_insert_with(|| folder.join("liftform/artifacts"));
        }
        for (run, packages) in runs {
            for (mut workspace, packages) in origins(packages, around.as_ref(), options)? {
                if let Some(folder) = &options.target_directory {
                    workspace = workspace.building_in(folder);
                }
                let built = programs::build(&workspace, &packages, run.1, options, events)?;
                let built = built.into_iter();
                programs.extend(built.map(|(package, path)| ((package, run), path)));
            }
        }
    }
    let out = out.unwrap_or_else(|| options.folder.join("target/liftform/artifacts"));
    let mut catalog = ArtifactCatalog::default();
    for artifact in artifacts {
        let entries = entries(artifact, &programs, options)?;
        let built = archive::write(&entries, &out, &stem(artifact))?;
        catalog.insert(artifact.clone(), built, events);
    }
    Ok(catalog)
}

/// The workspace around the topology; none: there is none, and nothing needs it.
fn around<'names>(
    mut packages: impl Iterator<Item = &'names String>,
    options: &BundleOptions,
) -> Result<Option<Workspace>, BundleError> {
    match Workspace::find(&options.cargo, &options.folder) {
        Err(_) if packages.all(|package| built_in::has(package)) => Ok(None),
        found => found.map(Some),
    }
}

/// Which workspace has which of the packages: the one around the topology, or else ours, where the built-in handlers are.
fn origins(
    packages: BTreeSet<String>,
    around: Option<&Workspace>,
    options: &BundleOptions,
) -> Result<Vec<(Workspace, BTreeSet<String>)>, BundleError> {
    let is_around = |package: &String| around.is_some_and(|found| found.has(package));
    let (built_in, own): (BTreeSet<_>, BTreeSet<_>) = packages
        .into_iter()
        .partition(|package| built_in::has(package) && !is_around(package));
    let mut origins = Vec::new();
    if let Some(workspace) = around.filter(|_| !own.is_empty()) {
        origins.push((workspace.clone(), own));
    }
    if !built_in.is_empty() {
        let workspace = built_in::workspace(&options.cargo, &options.caches)?;
        origins.push((workspace, built_in));
    }
    Ok(origins)
}

/// What runs a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Function,
    GameServer,
}

/// Packages that are built together.
type Run = (Purpose, Architecture);

/// Executables by package.
type Programs = BTreeMap<(String, Run), PathBuf>;

/// The package whose program an artifact holds, and where it is built.
fn program<'a>(artifact: &'a Artifact, options: &BundleOptions) -> Option<(&'a str, Run)> {
    match artifact {
        Artifact::Handler { package } => Some((package, (Purpose::Function, options.architecture))),
        Artifact::Build {
            files:
                BuildFiles::Crate {
                    package,
                    architecture,
                    ..
                },
            ..
        } => Some((package, (Purpose::GameServer, *architecture))),
        Artifact::Build {
            files: BuildFiles::Folder(_),
            ..
        } => None,
    }
}

/// Where the archive goes, without digest and ending.
fn stem(artifact: &Artifact) -> String {
    match artifact {
        Artifact::Handler { package } => format!("handlers/{package}"),
        Artifact::Build { name, .. } => format!("builds/{name}"),
    }
}

fn entries(
    artifact: &Artifact,
    programs: &Programs,
    options: &BundleOptions,
) -> Result<Vec<Entry>, BundleError> {
    let executable = || {
        let (package, run) = program(artifact, options)?;
        programs.get(&(package.to_owned(), run)).cloned()
    };
    let (folder, name) = match artifact {
        Artifact::Handler { .. } => (None, Some(BOOTSTRAP)),
        Artifact::Build { files, .. } => match files {
            BuildFiles::Folder(folder) => (Some(folder), None),
            BuildFiles::Crate { beside, .. } => (beside.as_ref(), None),
        },
    };
    let mut entries = match folder {
        Some(folder) => folder::entries(&options.folder.join(folder))?,
        None => Vec::new(),
    };
    if let Some(path) = executable() {
        let own = path.file_name().and_then(|name| name.to_str());
        let name = name.or(own).unwrap_or_default().to_owned();
        // The program wins over a file of the same name, which is likely an older build of it.
        entries.retain(|entry| entry.name != name);
        entries.push(Entry {
            name,
            path,
            mode: Mode::Executable,
        });
        entries.sort();
    }
    Ok(entries)
}
