//! Runs Cargo and reads what it says.
//!
//! In: packages and a target. Out: the executable of each package. Never: the choice of the target, or judging binaries.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde::Deserialize;

use super::BundleError;
use super::elf::LAMBDA_GLIBC;
use super::target::BuildTarget;
use super::workspace::Workspace;
use crate::event::{Event, EventSink};

/// The profile of what runs in Lambda.
const PROFILE: &str = "lambda";

/// Which program links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Linker {
    /// The system's, against the system's C library.
    System,
    /// cargo-zigbuild, against the C library of Lambda.
    Zig,
}

/// One run of Cargo.
#[derive(Clone, Debug)]
pub(super) struct Build<'run> {
    /// The Cargo program.
    pub(super) cargo: &'run Path,
    /// Cargo's home.
    pub(super) cargo_home: Option<&'run Path>,
    /// The workspace.
    pub(super) workspace: &'run Workspace,
    /// Binary target of each package.
    pub(super) programs: &'run BTreeMap<&'run str, &'run str>,
    /// What it is built for.
    pub(super) target: BuildTarget,
    /// Target of this machine.
    pub(super) host: &'run str,
    /// What links it.
    pub(super) linker: Linker,
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        target: ArtifactTarget,
        executable: Option<PathBuf>,
        fresh: bool,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct ArtifactTarget {
    name: String,
    kind: Vec<String>,
}

/// Runs a program to its end.
pub(super) fn output(command: &mut Command) -> Result<Output, BundleError> {
    let program = PathBuf::from(command.get_program());
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| BundleError::Start { program, source })
}

/// Whether `cargo zigbuild` is there.
pub(super) fn has_zigbuild(cargo: &Path) -> bool {
    let answer = output(Command::new(cargo).args(["zigbuild", "--version"]));
    answer.is_ok_and(|answer| answer.status.success())
}

/// Builds, and returns the executable of each binary target.
pub(super) fn build(
    run: &Build<'_>,
    events: &dyn EventSink,
) -> Result<BTreeMap<String, PathBuf>, BundleError> {
    let mut command = command(run);
    let start = |source| BundleError::Start {
        program: run.cargo.to_path_buf(),
        source,
    };
    let mut child = command.spawn().map_err(start)?;
    let mut diagnostics = child.stderr.take();
    // Both pipes are read at once: a full pipe that nobody reads stops the compiler.
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(pipe) = diagnostics.as_mut() {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut executables = BTreeMap::new();
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|pipe| BufReader::new(pipe).lines())
        .map_while(Result::ok)
    {
        read_message(&line, events, &mut executables);
    }
    let status = child.wait().map_err(start)?;
    let diagnostics = reader.join().unwrap_or_default();
    if status.success() {
        Ok(executables)
    } else {
        Err(BundleError::Build {
            diagnostics: diagnostics.trim_end().to_owned(),
        })
    }
}

fn read_message(line: &str, events: &dyn EventSink, executables: &mut BTreeMap<String, PathBuf>) {
    // Build scripts may print lines of their own.
    let Ok(Message::CompilerArtifact {
        target,
        executable,
        fresh,
    }) = serde_json::from_str(line)
    else {
        return;
    };
    if !fresh && !target.kind.iter().any(|kind| kind == "custom-build") {
        events.emit(Event::CrateCompiled {
            package: target.name.clone(),
        });
    }
    if let Some(executable) = executable
        && target.kind.iter().any(|kind| kind == "bin")
    {
        executables.insert(target.name, executable);
    }
}

fn command(run: &Build<'_>) -> Command {
    let mut command = Command::new(run.cargo);
    command.arg(match run.linker {
        Linker::System => "build",
        Linker::Zig => "zigbuild",
    });
    command.args(arguments(run));
    command
        .current_dir(&run.workspace.root)
        // What is deployed must not depend on the shell it is deployed from; flags for handlers belong into
        // `.cargo/config.toml`, where they reach every machine.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn arguments(run: &Build<'_>) -> Vec<String> {
    let mut arguments = vec![
        "--profile".to_owned(),
        PROFILE.to_owned(),
        "--message-format=json-render-diagnostics".to_owned(),
        "--target-dir".to_owned(),
        run.workspace.target_directory.display().to_string(),
        "--config".to_owned(),
        remapping(run),
    ];
    if !declares_profile(&run.workspace.root) {
        arguments.extend([
            "--config".to_owned(),
            format!("profile.{PROFILE}.inherits=\"release\""),
        ]);
    }
    if let Some(triple) = target_argument(run) {
        arguments.extend(["--target".to_owned(), triple]);
    }
    for (package, binary) in run.programs {
        arguments.extend(["--package", package, "--bin", binary].map(str::to_owned));
    }
    arguments
}

fn target_argument(run: &Build<'_>) -> Option<String> {
    match (run.linker, run.target) {
        (Linker::System, BuildTarget::Native) => None,
        (Linker::System, BuildTarget::Cross(triple)) => Some(triple.to_owned()),
        (Linker::Zig, BuildTarget::Native) => Some(format!("{}.{LAMBDA_GLIBC}", run.host)),
        (Linker::Zig, BuildTarget::Cross(triple)) => Some(format!("{triple}.{LAMBDA_GLIBC}")),
    }
}

/// Takes this machine's folders out of panic messages and debug information. Without it every checkout would give
/// other bytes. Set for the target rather than for `build`, because Cargo ignores `build.rustflags` as soon as the
/// user's configuration has flags for the target, while lists of the same key are joined.
fn remapping(run: &Build<'_>) -> String {
    let triple = match run.target {
        BuildTarget::Native => run.host,
        BuildTarget::Cross(triple) => triple,
    };
    // Not the workspace's own folder: Cargo names its members' files relative to it, and a flag that differs between
    // checkouts would keep them from sharing a target folder.
    let mut flags = vec![format!(
        "--remap-path-prefix={}=/target",
        run.workspace.target_directory.display()
    )];
    if let Some(home) = run.cargo_home {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    // JSON strings are TOML strings, too.
    let flags: Vec<String> = flags
        .iter()
        .map(|flag| serde_json::Value::from(flag.as_str()).to_string())
        .collect();
    format!("target.{triple}.rustflags=[{}]", flags.join(", "))
}

/// A profile given by `--config` would hide the workspace's own, so it is only given where there is none.
fn declares_profile(root: &Path) -> bool {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| {
        line.trim_start()
            .starts_with(&format!("[profile.{PROFILE}"))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Recorded(Mutex<Vec<Event>>);

    impl EventSink for Recorded {
        fn emit(&self, event: Event) {
            self.0.lock().unwrap().push(event);
        }
    }

    fn read(line: &str) -> (Vec<Event>, BTreeMap<String, PathBuf>) {
        let (events, mut executables) = (Recorded::default(), BTreeMap::new());
        read_message(line, &events, &mut executables);
        (events.0.into_inner().unwrap(), executables)
    }

    #[test]
    fn executable_of_a_binary_is_kept() {
        let line = r#"{"reason":"compiler-artifact","target":{"name":"echo","kind":["bin"]},"executable":"/t/echo","fresh":false}"#;
        let (events, executables) = read(line);
        assert_eq!(executables["echo"], PathBuf::from("/t/echo"));
        assert_eq!(
            events,
            [Event::CrateCompiled {
                package: "echo".to_owned()
            }]
        );
    }

    #[test]
    fn fresh_crate_is_no_news() {
        let line = r#"{"reason":"compiler-artifact","target":{"name":"serde","kind":["lib"]},"executable":null,"fresh":true}"#;
        assert_eq!(read(line), (vec![], BTreeMap::new()));
    }

    #[test]
    fn other_messages_and_stray_text_are_ignored() {
        for line in [
            r#"{"reason":"build-finished","success":true}"#,
            "warning: hello",
            "",
        ] {
            assert_eq!(read(line), (vec![], BTreeMap::new()), "{line}");
        }
    }
}
