//! Zip archives that are the same bytes for the same files.
//!
//! In: entries in order. Out: a file named by the digest of its bytes. Times, owners and the machine's own modes never
//! get in, because each would give a new digest, and with it a new function version or a new fleet, for no reason.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::catalog::Digest;
use super::{BuiltArtifact, BundleError};

/// Above this size an entry needs the 64-bit form, which must be known before it is written.
const LARGE_FILE: u64 = u32::MAX as u64;

/// A file that goes into an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Its name in the archive, parts separated by `/`.
    pub(super) name: String,
    /// Where its bytes are.
    pub(super) path: PathBuf,
    /// Whether it is run.
    pub(super) mode: Mode,
}

/// The two modes that an archive knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// 0644
    Plain,
    /// 0755
    Executable,
}

impl Mode {
    fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
        }
    }
}

/// Writes `<folder>/<stem>-<digest>.zip`.
pub(super) fn write(
    entries: &[Entry],
    folder: &Path,
    stem: &str,
) -> Result<BuiltArtifact, BundleError> {
    let place = folder.join(stem);
    let parent = place.parent().unwrap_or(folder).to_path_buf();
    let failed = |source| BundleError::Write {
        path: place.clone(),
        source,
    };
    fs::create_dir_all(&parent).map_err(failed)?;
    // Written beside its final name and renamed, so that a broken run never leaves half an archive under a digest.
    let temporary = tempfile::NamedTempFile::new_in(&parent).map_err(failed)?;
    write_entries(entries, temporary.as_file(), &place)?;
    let (digest, size) = digest_of(temporary.path())?;
    let key = format!("{stem}-{}.zip", digest.short());
    let path = folder.join(&key);
    temporary
        .persist(&path)
        .map_err(|error| BundleError::Write {
            path: path.clone(),
            source: error.error,
        })?;
    Ok(BuiltArtifact {
        key,
        path,
        size,
        digest,
    })
}

fn write_entries(entries: &[Entry], file: &File, place: &Path) -> Result<(), BundleError> {
    let failed = |source: io::Error| BundleError::Write {
        path: place.to_path_buf(),
        source,
    };
    let mut archive = ZipWriter::new(BufWriter::new(file));
    for entry in entries {
        let unreadable = |source| BundleError::Read {
            path: entry.path.clone(),
            source,
        };
        let source = File::open(&entry.path).map_err(unreadable)?;
        let size = source.metadata().map_err(unreadable)?.len();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(DateTime::default())
            .unix_permissions(entry.mode.bits())
            .large_file(size >= LARGE_FILE);
        archive
            .start_file(&entry.name, options)
            .map_err(|error| failed(error.into()))?;
        copy(
            &mut BufReader::new(source),
            &mut archive,
            unreadable,
            failed,
        )?;
    }
    let mut written = archive.finish().map_err(|error| failed(error.into()))?;
    written.flush().map_err(failed)
}

/// How much is read at once, bytes.
const CHUNK: usize = 128 * 1024;

/// Copies, and tells the two sides' errors apart.
fn copy(
    from: &mut impl Read,
    to: &mut impl Write,
    unreadable: impl Fn(io::Error) -> BundleError,
    unwritable: impl Fn(io::Error) -> BundleError,
) -> Result<(), BundleError> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).map_err(&unreadable)?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..count]).map_err(&unwritable)?;
    }
}

/// Reads the file again rather than hashing while it is written: the zip writer goes back to fill in sizes.
fn digest_of(path: &Path) -> Result<(Digest, u64), BundleError> {
    let unreadable = |source| BundleError::Read {
        path: path.to_path_buf(),
        source,
    };
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut buffer, mut size) = (vec![0; CHUNK], 0);
    loop {
        let count = file.read(&mut buffer).map_err(unreadable)?;
        if count == 0 {
            return Ok((Digest::new(hasher.finalize().into()), size));
        }
        hasher.update(&buffer[..count]);
        size += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(folder: &Path, name: &str, text: &str, mode: Mode) -> Entry {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        Entry {
            name: name.to_owned(),
            path,
            mode,
        }
    }

    fn pack(text: &str, mode: Mode) -> (tempfile::TempDir, BuiltArtifact) {
        let folder = tempfile::tempdir().unwrap();
        let entries = [entry(folder.path(), "bootstrap", text, mode)];
        let built = write(&entries, &folder.path().join("out"), "handlers/echo").unwrap();
        (folder, built)
    }

    #[test]
    fn same_content_in_another_folder_gives_the_same_bytes() {
        let (first_folder, first) = pack("hello", Mode::Executable);
        let (second_folder, second) = pack("hello", Mode::Executable);
        assert_ne!(first_folder.path(), second_folder.path());
        assert_eq!(
            fs::read(&first.path).unwrap(),
            fs::read(&second.path).unwrap()
        );
        assert_eq!(first.key, second.key);
    }

    #[test]
    fn key_ends_in_the_digest_of_the_file() {
        let (_folder, built) = pack("hello", Mode::Executable);
        assert_eq!(
            built.key,
            format!("handlers/echo-{}.zip", built.digest.short())
        );
        assert_eq!(built.size, fs::metadata(&built.path).unwrap().len());
    }

    #[test]
    fn other_content_gives_another_key() {
        assert_ne!(
            pack("hello", Mode::Executable).1.key,
            pack("hallo", Mode::Executable).1.key
        );
    }

    #[test]
    fn mode_is_part_of_the_content() {
        assert_ne!(
            pack("hello", Mode::Executable).1.key,
            pack("hello", Mode::Plain).1.key
        );
    }

    #[test]
    fn executable_entry_keeps_its_mode_and_fixed_time() {
        let (_folder, built) = pack("hello", Mode::Executable);
        let mut archive = zip::ZipArchive::new(File::open(&built.path).unwrap()).unwrap();
        let file = archive.by_index(0).unwrap();
        assert_eq!(file.name().unwrap(), "bootstrap");
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(file.last_modified().map(|time| time.year()), Some(1980));
    }

    #[test]
    fn nothing_but_the_archive_is_left_in_the_folder() {
        let (folder, built) = pack("hello", Mode::Plain);
        let left: Vec<_> = fs::read_dir(folder.path().join("out/handlers"))
            .unwrap()
            .map(|item| item.unwrap().path())
            .collect();
        assert_eq!(left, [built.path]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]

        #[test]
        fn order_in_which_files_were_made_does_not_matter(
            files in proptest::collection::btree_map("[a-z]{1,8}", proptest::collection::vec(0u8.., 0..200), 1..6),
        ) {
            let digest = |names: Vec<&String>| {
                let folder = tempfile::tempdir().unwrap();
                let server = folder.path().join("server");
                fs::create_dir(&server).unwrap();
                for name in names {
                    fs::write(server.join(name), &files[name]).unwrap();
                }
                let entries = super::super::folder::entries(&server).unwrap();
                write(&entries, &folder.path().join("out"), "builds/server").unwrap().digest
            };
            proptest::prop_assert_eq!(digest(files.keys().collect()), digest(files.keys().rev().collect()));
        }
    }
}
