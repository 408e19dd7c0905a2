//! Which Cargo target the handlers are built for.
//!
//! In: the processor of the functions and what is known of this machine. Out: a [`BuildTarget`]. Pure.

use super::BundleError;

pub use plan::Architecture;

/// The Rust target of a processor.
pub(super) fn triple(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64-unknown-linux-gnu",
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
    }
}

/// What Cargo is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuildTarget {
    /// No `--target`: this machine's own, which shares its artifacts with the user's other builds.
    Native,
    /// `--target`.
    Cross(&'static str),
}

/// What matters of this machine's toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Toolchain {
    /// Target of the machine itself.
    pub(super) host: String,
    /// Targets with a standard library.
    pub(super) installed: Vec<String>,
}

/// Chooses the target.
pub(super) fn choose(
    architecture: Architecture,
    toolchain: &Toolchain,
) -> Result<BuildTarget, BundleError> {
    let triple = triple(architecture);
    if toolchain.host == triple {
        return Ok(BuildTarget::Native);
    }
    if toolchain
        .installed
        .iter()
        .any(|installed| installed == triple)
    {
        return Ok(BuildTarget::Cross(triple));
    }
    Err(BundleError::MissingTarget {
        triple: triple.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const X86: &str = "x86_64-unknown-linux-gnu";
    const ARM: &str = "aarch64-unknown-linux-gnu";

    fn check(
        host: &str,
        installed: &[&str],
        architecture: Architecture,
        expected: Option<BuildTarget>,
    ) {
        let toolchain = Toolchain {
            host: host.to_owned(),
            installed: installed.iter().map(|&triple| triple.to_owned()).collect(),
        };
        assert_eq!(choose(architecture, &toolchain).ok(), expected);
    }

    #[test]
    fn own_processor_is_built_without_a_target() {
        check(X86, &[X86], Architecture::X86_64, Some(BuildTarget::Native));
        check(ARM, &[ARM], Architecture::Arm64, Some(BuildTarget::Native));
    }

    #[test]
    fn installed_target_is_used_for_another_processor() {
        check(
            X86,
            &[X86, ARM],
            Architecture::Arm64,
            Some(BuildTarget::Cross(ARM)),
        );
    }

    #[test]
    fn mac_builds_for_linux() {
        check(
            "aarch64-apple-darwin",
            &[X86],
            Architecture::X86_64,
            Some(BuildTarget::Cross(X86)),
        );
    }

    #[test]
    fn missing_target_is_refused_with_the_command_that_installs_it() {
        let toolchain = Toolchain {
            host: X86.to_owned(),
            installed: vec![X86.to_owned()],
        };
        let error = choose(Architecture::Arm64, &toolchain).unwrap_err();
        assert_eq!(
            error.hint().as_deref(),
            Some("Run `rustup target add aarch64-unknown-linux-gnu`.")
        );
    }
}
