//! Whether Lambda can run a binary.
//!
//! In: the bytes of an executable. Out: nothing, or the reason why the dynamic loader of Amazon Linux 2023 would refuse
//! it. Found here rather than at the first invocation, where it shows as `Runtime.ExitError` without an explanation.

use std::fmt;

use object::Endianness;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader, Sym as _};

use super::Architecture;

/// The C library of Amazon Linux 2023, the system below `provided.al2023`.
/// <https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html>
pub(super) const LAMBDA_GLIBC: GlibcVersion = GlibcVersion {
    major: 2,
    minor: 34,
};

/// Before the name of a version in place of a symbol: sorts behind every symbol, which would say more.
const VERSION_ITSELF: char = '~';

/// A version of the GNU C library. Field order is sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion {
    /// Always 2 so far.
    pub major: u32,
    /// What grows twice a year.
    pub minor: u32,
}

impl GlibcVersion {
    /// Reads the name of a symbol version.
    fn parse(name: &str) -> Option<Self> {
        let version = name.strip_prefix("GLIBC_")?;
        // A marker rather than a number: the loader must know packed relocations, which 2.36 brought.
        if version == "ABI_DT_RELR" {
            return Some(Self {
                major: 2,
                minor: 36,
            });
        }
        let mut parts = version.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
    }
}

impl fmt::Display for GlibcVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// The newest C library version that a binary asks for, and a symbol that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The version.
    pub(super) version: GlibcVersion,
    /// The symbol; the name of the version where no symbol has it.
    pub(super) symbol: String,
}

/// Reads what a binary needs; none: no GNU C library, a static binary.
pub(super) fn requirement(
    bytes: &[u8],
    architecture: Architecture,
) -> Result<Option<Requirement>, String> {
    let header =
        FileHeader64::<Endianness>::parse(bytes).map_err(|_| "not a 64-bit ELF file".to_owned())?;
    check_header(header, architecture)?;
    let (declared, used) = (declared(header, bytes), used(header, bytes));
    let found = declared.and_then(|mut declared| {
        declared.extend(used?);
        Ok(declared)
    });
    let found = found.map_err(|error: object::read::Error| {
        format!("its symbol versions can't be read: {error}")
    })?;
    // Among equals the symbol's name decides, so that the message is the same on every run.
    let newest = found.into_iter().max_by(|one, other| {
        one.version
            .cmp(&other.version)
            .then_with(|| other.symbol.cmp(&one.symbol))
    });
    Ok(newest.map(|newest| Requirement {
        symbol: newest.symbol.trim_start_matches(VERSION_ITSELF).to_owned(),
        ..newest
    }))
}

fn check_header(
    header: &FileHeader64<Endianness>,
    architecture: Architecture,
) -> Result<(), String> {
    let endian = header.endian().map_err(|error| error.to_string())?;
    let wanted = match architecture {
        Architecture::X86_64 => elf::EM_X86_64,
        Architecture::Arm64 => elf::EM_AARCH64,
    };
    if header.e_machine(endian) != wanted {
        return Err("built for another processor".to_owned());
    }
    if ![elf::ET_EXEC, elf::ET_DYN].contains(&header.e_type(endian)) {
        return Err("not an executable".to_owned());
    }
    Ok(())
}

/// What the loader checks before it looks at any symbol.
fn declared(
    header: &FileHeader64<Endianness>,
    bytes: &[u8],
) -> object::read::Result<Vec<Requirement>> {
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let Some((mut files, link)) = sections.gnu_verneed(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, bytes, link)?;
    let mut found = Vec::new();
    while let Some((_, mut versions)) = files.next()? {
        while let Some(version) = versions.next()? {
            let name = String::from_utf8_lossy(version.name(endian, strings)?);
            if let Some(version) = GlibcVersion::parse(&name) {
                found.push(Requirement {
                    version,
                    symbol: format!("{VERSION_ITSELF}{name}"),
                });
            }
        }
    }
    Ok(found)
}

fn used(header: &FileHeader64<Endianness>, bytes: &[u8]) -> object::read::Result<Vec<Requirement>> {
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let Some(versions) = sections.versions(endian, bytes)? else {
        return Ok(Vec::new());
    };
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let mut found = Vec::new();
    for (index, symbol) in symbols.enumerate() {
        if !symbol.is_undefined(endian) {
            continue;
        }
        let Some(version) = versions.version(versions.version_index(endian, index).index())? else {
            continue;
        };
        if let Some(version) = GlibcVersion::parse(&String::from_utf8_lossy(version.name())) {
            let name = symbol.name(endian, symbols.strings())?;
            found.push(Requirement {
                version,
                symbol: String::from_utf8_lossy(name).into_owned(),
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(name: &str) -> Option<(u32, u32)> {
        GlibcVersion::parse(name).map(|version| (version.major, version.minor))
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(GlibcVersion::parse("GLIBC_2.4") < GlibcVersion::parse("GLIBC_2.34"));
        assert_eq!(version("GLIBC_2.2.5"), Some((2, 2)));
    }

    #[test]
    fn packed_relocations_need_the_loader_that_brought_them() {
        assert_eq!(version("GLIBC_ABI_DT_RELR"), Some((2, 36)));
    }

    #[test]
    fn versions_of_other_libraries_are_left_alone() {
        assert_eq!(version("GCC_3.0"), None);
        assert_eq!(version("GLIBC_PRIVATE"), None);
    }

    #[test]
    fn text_is_no_executable() {
        assert_eq!(
            requirement(b"#!/bin/sh\n", Architecture::X86_64),
            Err("not a 64-bit ELF file".to_owned())
        );
    }

    #[test]
    fn truncated_header_is_an_error_rather_than_a_panic() {
        assert!(requirement(b"\x7fELF\x02\x01\x01", Architecture::X86_64).is_err());
    }

    #[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
    #[test]
    fn this_very_program_needs_some_glibc_symbol() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let found = requirement(&bytes, Architecture::X86_64).unwrap().unwrap();
        assert!(
            found.version >= GlibcVersion { major: 2, minor: 2 },
            "{found:?}"
        );
        assert!(
            !found.symbol.is_empty() && !found.symbol.starts_with(VERSION_ITSELF),
            "{found:?}"
        );
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn binary_for_another_processor_is_refused() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(
            requirement(&bytes, Architecture::Arm64),
            Err("built for another processor".to_owned())
        );
    }
}
