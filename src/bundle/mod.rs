//! Builds what stacks need as files: handler archives and game server archives.
//!
//! In: the artifacts a plan names and the folder of the topology. Out: an [`ArtifactCatalog`] of archives whose bytes,
//! and so whose keys, depend on nothing but their content. Never: AWS, uploads, environment variables.

mod archive;
mod cargo;
mod catalog;
mod elf;
mod error;
mod folder;
mod handlers;
mod target;
mod workspace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plan::Artifact;

use crate::event::EventSink;

pub use self::catalog::{ArtifactCatalog, BuiltArtifact, Digest};
pub use self::elf::GlibcVersion;
pub use self::error::BundleError;
pub use self::target::Architecture;

/// How to build.
#[derive(Clone, Debug)]
pub struct BundleOptions {
    /// Folder of the topology file: where build folders start and where the Cargo workspace is looked for, upwards.
    pub folder: PathBuf,
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
/// All handlers go into one Cargo run, because each run of its own would wait for the same lock.
///
/// # Errors
///
/// When a package or folder is missing, Cargo fails, a binary can't run in Lambda, or a file can't be read or written.
pub fn bundle(
    artifacts: &BTreeSet<Artifact>,
    options: &BundleOptions,
    events: &dyn EventSink,
) -> Result<ArtifactCatalog, BundleError> {
    let mut packages = BTreeSet::new();
    let mut builds = Vec::new();
    for artifact in artifacts {
        match artifact {
            Artifact::Handler { package } => drop(packages.insert(package.clone())),
            Artifact::Build { name, folder } => builds.push((artifact, name, folder)),
        }
    }
    let mut catalog = ArtifactCatalog::default();
    let mut out = options.out.clone();
    if !packages.is_empty() {
        let workspace = workspace::Workspace::find(&options.cargo, &options.folder)?;
        let workspace = match &options.target_directory {
            Some(folder) => workspace.building_in(folder),
            None => workspace,
        };
        let out = out.get_or_insert_with(|| workspace.target_directory.join("liftform/artifacts"));
        handlers::pack(&workspace, &packages, options, out, events, &mut catalog)?;
    }
    let out = out.unwrap_or_else(|| options.folder.join("target/liftform/artifacts"));
    for (artifact, name, folder) in builds {
        let built = pack_build(name, &options.folder.join(folder), &out)?;
        catalog.insert(artifact.clone(), built, events);
    }
    Ok(catalog)
}

fn pack_build(name: &str, folder: &Path, out: &Path) -> Result<BuiltArtifact, BundleError> {
    let entries = folder::entries(folder)?;
    archive::write(&entries, out, &format!("builds/{name}"))
}
