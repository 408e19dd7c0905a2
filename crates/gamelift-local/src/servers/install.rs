//! A build's archive, fetched, unpacked and installed.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use super::script;
use crate::hosting::{InstallFailure, Order};
use crate::surroundings::Surroundings;

/// Where builds are installed on an instance.
const INSTALLED_AT: &str = "/local/game/";

/// Fetches the archive, unpacks it into `folder`, and lets its install script make of it what is launched.
pub(super) async fn install(
    order: &Order,
    folder: &Path,
    surroundings: &dyn Surroundings,
) -> Result<(), InstallFailure> {
    let archive = &order.archive;
    let place = format!("s3://{}/{}", archive.bucket, archive.key);
    let bytes = surroundings.object(archive).await.map_err(|problem| {
        InstallFailure::Archive(format!("the build {place} can't be had: {problem}"))
    })?;
    let place_in = folder.to_owned();
    let unpacking = tokio::task::spawn_blocking(move || unpack(bytes, &place_in));
    // It only fails to join when it panics, or when the runtime goes away with this very task.
    unpacking
        .await
        .unwrap_or_else(|error| Err(error.to_string()))
        .map_err(|problem| {
            InstallFailure::Archive(format!("the build {place} can't be unpacked: {problem}"))
        })?;
    script::run(folder).await.map_err(InstallFailure::Script)?;
    order
        .launch_paths
        .iter()
        .try_for_each(|path| prepare(folder, path))
}

fn unpack(bytes: Vec<u8>, folder: &Path) -> Result<(), String> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes));
    archive
        .and_then(|mut archive| archive.extract(folder))
        .map_err(|error| error.to_string())
}

/// What is launched must be there, and gets the right to run: archives from Windows know none.
fn prepare(folder: &Path, launch_path: &str) -> Result<(), InstallFailure> {
    let missing = || InstallFailure::LaunchPath(launch_path.to_owned());
    let program = program(folder, launch_path).filter(|program| program.is_file());
    make_executable(&program.ok_or_else(missing)?).map_err(|error| {
        InstallFailure::Archive(format!("`{launch_path}` can't be made executable: {error}"))
    })
}

/// The file that a launch path stands for; `None` when it is outside of where builds are installed.
pub(super) fn program(folder: &Path, launch_path: &str) -> Option<PathBuf> {
    let inside = Path::new(launch_path.strip_prefix(INSTALLED_AT)?);
    let plain = |part| matches!(part, std::path::Component::Normal(_));
    inside.components().all(plain).then(|| folder.join(inside))
}

#[cfg(unix)]
pub(super) fn make_executable(program: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
pub(super) fn make_executable(_: &Path) -> std::io::Result<()> {
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
