//! Why nothing could be bundled.

use std::io;
use std::path::PathBuf;

use super::elf::GlibcVersion;

/// Why an artifact could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Cargo could not be started.
    #[error("cannot start `{}`", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no Cargo workspace from the folder upwards, or it is broken.
    #[error("cannot read the Cargo workspace around `{}`: {message}", folder.display())]
    Workspace {
        /// Where the search started.
        folder: PathBuf,
        /// Cargo's own words.
        message: String,
    },
    /// The workspace has no such package.
    #[error("no package `{package}` in the Cargo workspace `{}`", workspace.display())]
    UnknownPackage {
        /// The package.
        package: String,
        /// Root of the workspace.
        workspace: PathBuf,
        /// A package with a similar name.
        nearest: Option<String>,
    },
    /// The package has no program.
    #[error("package `{package}` has no binary target, so there is nothing to run")]
    NoBinary {
        /// The package.
        package: String,
    },
    /// The package has several programs, and it is unknown which one is to run.
    #[error("package `{package}` has several binary targets and none is named like the package: {}", names.join(", "))]
    ManyBinaries {
        /// The package.
        package: String,
        /// Its binary targets.
        names: Vec<String>,
    },
    /// The standard library for the target isn't installed.
    #[error("the Rust target `{triple}` is not installed")]
    MissingTarget {
        /// The target.
        triple: String,
    },
    /// Cargo ended with an error. What it said is part of the error, because nothing else shows it.
    #[error("cargo could not build the packages\n{diagnostics}")]
    Build {
        /// What rustc and Cargo said.
        diagnostics: String,
    },
    /// Cargo said nothing about the executable of a package.
    #[error("cargo built no executable for `{package}`")]
    NoExecutable {
        /// The package.
        package: String,
    },
    /// The binary needs a newer C library than Lambda and GameLift have.
    #[error(
        "`{package}` needs GLIBC {needed} (symbol `{symbol}`), and Amazon Linux 2023 has {available}"
    )]
    Glibc {
        /// The package.
        package: String,
        /// The version the binary needs.
        needed: GlibcVersion,
        /// A symbol of that version.
        symbol: String,
        /// The version of Amazon Linux 2023.
        available: GlibcVersion,
    },
    /// The binary is none that Linux runs on that processor.
    #[error("`{}` is no Linux executable for {architecture}: {message}", path.display())]
    NotExecutable {
        /// The file.
        path: PathBuf,
        /// The processor.
        architecture: super::Architecture,
        /// What is wrong.
        message: String,
    },
    /// A build folder is missing.
    #[error("build folder `{}` does not exist", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A build folder has no files.
    #[error("build folder `{}` has no files in it", folder.display())]
    EmptyFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A file that an archive can't hold the same way everywhere.
    #[error("`{}` is {kind}, and a build archive holds plain files only", path.display())]
    UnsupportedFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// A file name that isn't UTF-8.
    #[error("the name of `{}` is not UTF-8", path.display())]
    FileName {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// An archive could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl BundleError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Start { .. } => Some("Install Rust from https://rustup.rs, or put `cargo` on PATH.".to_owned()),
            Self::Workspace { .. } => {
                Some("Keep the topology inside the Cargo workspace of its functions and game servers.".to_owned())
            }
            Self::UnknownPackage { nearest, .. } => {
                nearest.as_ref().map(|name| format!("Did you mean `{name}`?"))
            }
            Self::ManyBinaries { package, .. } => Some(format!("Name the binary target that is to run `{package}`.")),
            Self::MissingTarget { triple } => Some(format!("Run `rustup target add {triple}`.")),
            Self::Glibc { .. } => Some(
                "Run `cargo install cargo-zigbuild` and `pip install ziglang`; liftform then links against \
                 the older C library by itself."
                    .to_owned(),
            ),
            Self::NoFolder { .. } | Self::EmptyFolder { .. } => {
                Some("Build the game server first, or correct `path` of the build in the topology.".to_owned())
            }
            Self::UnsupportedFile { .. } => Some("Replace it by the file it stands for.".to_owned()),
            Self::NoBinary { .. }
            | Self::Build { .. }
            | Self::NoExecutable { .. }
            | Self::NotExecutable { .. }
            | Self::FileName { .. }
            | Self::Read { .. }
            | Self::Write { .. } => None,
        }
    }
}
