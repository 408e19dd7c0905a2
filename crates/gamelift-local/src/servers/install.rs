//! A build's archive, fetched and unpacked.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use crate::hosting::{InstallFailure, Order};
use crate::surroundings::Surroundings;

/// Where builds are installed on an instance.
const INSTALLED_AT: &str = "/local/game/";

/// Fetches the archive and unpacks it into `folder`.
pub(super) async fn install(
    order: &Order,
    folder: PathBuf,
    surroundings: &dyn Surroundings,
) -> Result<(), InstallFailure> {
    let archive = &order.archive;
    let place = format!("s3://{}/{}", archive.bucket, archive.key);
    let bytes = surroundings.object(archive).await.map_err(|problem| {
        InstallFailure::Archive(format!("the build {place} can't be had: {problem}"))
    })?;
    let paths = order.launch_paths.clone();
    let unpacking = tokio::task::spawn_blocking(move || unpack(bytes, &folder, &paths, &place));
    // It only fails to join when it panics, or when the runtime goes away with this very task.
    unpacking
        .await
        .unwrap_or_else(|error| Err(InstallFailure::Archive(error.to_string())))
}

fn unpack(
    bytes: Vec<u8>,
    folder: &Path,
    launch_paths: &[String],
    place: &str,
) -> Result<(), InstallFailure> {
    let unread = |problem: String| {
        InstallFailure::Archive(format!("the build {place} can't be unpacked: {problem}"))
    };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unread(error.to_string()))?;
    archive
        .extract(folder)
        .map_err(|error| unread(error.to_string()))?;
    for path in launch_paths {
        let program = program(folder, path)
            .filter(|program| program.is_file())
            .ok_or_else(|| InstallFailure::LaunchPath(path.clone()))?;
        make_executable(&program).map_err(|error| unread(error.to_string()))?;
    }
    Ok(())
}

/// The file that a launch path stands for; `None` when it is outside of where builds are installed.
pub(super) fn program(folder: &Path, launch_path: &str) -> Option<PathBuf> {
    let inside = Path::new(launch_path.strip_prefix(INSTALLED_AT)?);
    let plain = |part| matches!(part, std::path::Component::Normal(_));
    inside.components().all(plain).then(|| folder.join(inside))
}

#[cfg(unix)]
fn make_executable(program: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launch_path_stays_inside_the_build() {
        let check = |path: &str, expected: Option<&str>| {
            assert_eq!(program(Path::new("/b"), path), expected.map(PathBuf::from));
        };
        check("/local/game/bin/server", Some("/b/bin/server"));
        check("/local/game/../server", None);
        check("/bin/sh", None);
        check("C:\\game\\server.exe", None);
    }
}
