//! A local cloud of one test, and a project in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A topology with a fleet on own hardware, which needs no build. Two environments would share its location, of which an
/// account has only one by each name.
pub(crate) const GARAGE: &str = "\
name: garage
home: us-east-1
identity: { guests: true }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 100ms }] }
    queue: main
    timeout: 60s
queues:
  main: { timeout: 60s, destinations: [own] }
fleets:
  own:
    anywhere: { cost: \"10.0\" }
    regions: [us-east-1]
    locations: { us-east-1: [custom-garage] }
environments:
  local: { target: local }
  twin: { target: local }
";

/// A topology with a managed fleet in two regions.
pub(crate) const ARENA: &str = "\
name: arena
home: us-east-1
identity: { guests: true }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1, max_latency: [{ after: 0s, is: 100ms }] }
    queue: main
    timeout: 60s
queues:
  main: { timeout: 60s, destinations: [spot] }
builds:
  server: { path: server, os: AMAZON_LINUX_2023, sdk: 5.3.0 }
fleets:
  spot:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server, concurrent: 1 }
    ports: [udp 7777-7877]
    capacity: { min: 0, desired: 1, max: 2 }
    regions: [us-east-1, eu-central-1]
environments:
  local: { target: local }
";

/// A project, and the local cloud that it deploys to.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// What a run of the binary wrote.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Written {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

impl Project {
    pub(crate) fn new(topology: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stacks = folder.path().join("stacks");
        std::fs::create_dir(&stacks).expect("a folder in it");
        std::fs::write(stacks.join("game.yaml"), topology).expect("a file in that");
        std::fs::create_dir(stacks.join("server")).expect("a folder for the build");
        std::fs::write(stacks.join("server/server"), "#!/bin/sh\n").expect("a server");
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the binary to its end, and shows everything when the exit code is another.
    #[track_caller]
    pub(crate) fn liftform(&self, arguments: &[&str], expected: i32) -> Written {
        let mut command = self.command(arguments);
        let output = command.output().expect("the binary starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        let written = Written {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        let Written { stdout, stderr } = &written;
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{command:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        written
    }

    /// Calls GameLift in the local cloud behind liftform's back.
    #[track_caller]
    pub(crate) fn gamelift(&self, region: &str, operation: &str, input: &Value) -> Value {
        let answer = ureq::post(self.endpoint())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", &format!("GameLift.{operation}"))
            .header("authorization", &root(region, "gamelift"))
            .send(input.to_string());
        let text = answer
            .unwrap_or_else(|error| panic!("{operation}: {error}"))
            .body_mut()
            .read_to_string()
            .expect("an answer of text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Puts an object into a bucket of the local cloud behind liftform's back.
    #[track_caller]
    pub(crate) fn put(&self, region: &str, bucket: &str, key: &str) {
        let answer = ureq::put(format!("{}/{bucket}/{key}", self.endpoint()))
            .header("authorization", &root(region, "s3"))
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            .send("x");
        answer.unwrap_or_else(|error| panic!("{key}: {error}"));
    }

    fn endpoint(&self) -> String {
        let status = self
            .liftform(&["local", "status", "--output", "json"], 0)
            .json();
        status["aws"].as_str().expect("an address").to_owned()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "Python and Cargo are found by the path of this machine"
    )]
    fn command(&self, arguments: &[&str]) -> Command {
        // Slow to make, so that all tests share it.
        let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache");
        let mut command = Command::new(env!("CARGO_BIN_EXE_liftform"));
        command
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder())
            .env("LIFTFORM_CACHE_DIR", cache)
            .env("LIFTFORM_LOCAL_DIR", self.folder().join("cloud"))
            .args(arguments);
        command
    }
}

/// The local cloud never verifies the signature of its root key.
fn root(region: &str, service: &str) -> String {
    let scope = format!("Credential=test/20200101/{region}/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
}

impl Drop for Project {
    fn drop(&mut self) {
        // Not `liftform`: a panic while another one unwinds would hide the first.
        let _ = self.command(&["local", "down"]).output();
    }
}
