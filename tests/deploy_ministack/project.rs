//! A project whose handlers do nothing, and the local cloud that it deploys to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::service::{Service, until};
use crate::support;

/// The stack that everything here is about.
pub(crate) const BACKEND: &str = "plain-local-backend";

const TOPOLOGY: &str = "\
name: plain
home: us-east-1
identity: { guests: true }
tables:
  loadouts: { key: player_id }
environments:
  local: { target: local }
extensions: { resources: extensions/own.yaml }
";

/// A parameter with this value.
pub(crate) const MOTTO: &str = "\
Resources:
  Motto:
    Type: AWS::SSM::Parameter
    Properties: { Type: String, Name: /plain/motto, Value: VALUE }
";

/// A resource that is there when the test says so: whoever deploys it waits. It comes after the parameter.
pub(crate) const GATE: &str = "  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
  Gate:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: Motto
    Properties: { Handle: !Ref Handle, Timeout: '600' }
";

const HANDLERS: [&str; 7] = [
    "accept-match",
    "cancel-ticket",
    "list-regions",
    "match-events",
    "reconcile-tickets",
    "start-matchmaking",
    "ticket-status",
];

/// A Cargo workspace of empty handlers, which all projects share, so that they are compiled once.
static WORKSPACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("plain");
    write(
        &root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"lambdas/*\"]\nresolver = \"3\"\n\n[profile.lambda]\ninherits = \"dev\"\n",
    );
    for name in HANDLERS {
        let package = root.join("lambdas").join(name);
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        write(&package.join("Cargo.toml"), &manifest);
        write(&package.join("src/main.rs"), "fn main() {}\n");
    }
    fs::create_dir_all(root.join("projects")).unwrap();
    root
});

/// Files that are as they should be keep their time, so that Cargo builds nothing again.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(crate) struct Project {
    folder: tempfile::TempDir,
    /// The local cloud's API.
    pub(crate) service: Service,
}

/// What a run of the binary wrote.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Written {
    /// What became of a stack.
    #[track_caller]
    pub(crate) fn result(&self, stack: &str) -> String {
        support::text(&self.about(stack)["result"])
    }

    /// Why a stack failed.
    #[track_caller]
    pub(crate) fn failure(&self, stack: &str) -> Value {
        self.about(stack)["failure"].clone()
    }

    #[track_caller]
    fn about(&self, stack: &str) -> Value {
        let document: Value = serde_json::from_str(&self.stdout).expect("JSON");
        let results = document["results"].as_array().expect("a list");
        let found = results.iter().find(|result| result["name"] == stack);
        found.expect("the stack").clone()
    }
}

/// A run of the binary that goes on. It is ended with the test, whatever comes of that.
pub(crate) struct Running {
    child: Child,
    folder: tempfile::TempDir,
}

impl Running {
    /// What it has written so far.
    pub(crate) fn written(&self) -> Written {
        let text = |name| fs::read_to_string(self.folder.path().join(name)).unwrap();
        Written {
            stdout: text("stdout"),
            stderr: text("stderr"),
        }
    }

    #[track_caller]
    pub(crate) fn until_written(&self, part: &str) {
        until(&format!("`{part}` to be written"), || {
            self.written().stderr.contains(part).then_some(())
        });
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn ends(mut self, expected: i32) -> Written {
        let status = until("the end of liftform", || self.child.try_wait().unwrap());
        let written = self.written();
        let Written { stdout, stderr } = &written;
        assert_eq!(
            status.code(),
            Some(expected),
            "--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        written
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Project {
    /// A project with a local cloud that runs.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in(WORKSPACE.join("projects")).unwrap();
        let mut project = Self {
            folder,
            service: Service::new(""),
        };
        project.topology(|text| text);
        project.own(MOTTO, "one");
        project.run(&["local", "up", "--detach"], 0);
        let status = project.run(&["local", "status", "--output", "json"], 0);
        let status: Value = serde_json::from_str(&status.stdout).unwrap();
        project.service = Service::new(support::text(&status["aws"]));
        project
    }

    /// Writes the topology, edited.
    pub(crate) fn topology(&self, edit: impl FnOnce(String) -> String) {
        let path = self.folder.path().join("stacks/game.yaml");
        write(&path, &edit(TOPOLOGY.to_owned()));
    }

    /// Writes the project's own resources, the parameter with this value.
    pub(crate) fn own(&self, resources: &str, value: &str) {
        let path = self.folder.path().join("stacks/extensions/own.yaml");
        write(&path, &resources.replace("VALUE", value));
    }

    /// Runs the binary to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str], expected: i32) -> Written {
        self.start(arguments).ends(expected)
    }

    /// Deploys with JSON on stdout.
    #[track_caller]
    pub(crate) fn deploy(&self, flags: &[&str], expected: i32) -> Written {
        self.run(&[&["deploy", "--output", "json"], flags].concat(), expected)
    }

    /// Runs the binary. It writes to files, so that no full pipe holds it up.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| Stdio::from(fs::File::create(folder.path().join(name)).unwrap());
        let child = self
            .command(arguments)
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Running { child, folder }
    }

    /// Starts a deployment of the gate, and waits until CloudFormation stands before it.
    #[track_caller]
    pub(crate) fn deploy_to_the_gate(&self, flags: &[&str]) -> Running {
        let mut running = self.start(&[&["deploy"], flags].concat());
        until("the gate", || {
            let Written { stderr, .. } = running.written();
            let ended = running.child.try_wait().unwrap();
            assert_eq!(ended, None, "it ended before the gate\n{stderr}");
            self.handle()
        });
        running.until_written("Motto");
        running
    }

    /// The address to which the gate's signal goes.
    fn handle(&self) -> Option<String> {
        self.service
            .physical_id(BACKEND, "Handle")
            .filter(|id| id.starts_with("http"))
    }

    /// Lets whoever waits at the gate pass, or fail there.
    #[track_caller]
    pub(crate) fn open_the_gate(&self, status: &str, reason: &str) {
        let signal = json!({ "Status": status, "Reason": reason, "UniqueId": "test", "Data": "" });
        let handle = until("the gate's handle", || self.handle());
        ureq::put(handle).send(signal.to_string()).unwrap();
    }

    /// The parameter's value.
    pub(crate) fn motto(&self) -> Option<String> {
        let wanted = json!({ "Name": "/plain/motto" });
        let answer = self
            .service
            .json("ssm", "AmazonSSM.GetParameter", &wanted)
            .ok()?;
        Some(support::text(&answer["Parameter"]["Value"]))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::liftform(&self.folder.path().join("cloud"));
        command
            .current_dir(self.folder.path())
            // Not where the real handlers of the same names are.
            .env("CARGO_TARGET_DIR", WORKSPACE.join("target"))
            .args(["--env", "local"])
            .args(arguments);
        command
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // Not `run`: a panic while another one unwinds would hide the first.
        let _ = self.command(&["local", "down"]).output();
    }
}
