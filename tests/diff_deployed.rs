//! `liftform diff` against a local cloud: what is shown before, after and between deployments, and that nothing is left.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

#[allow(dead_code, reason = "players are for the end-to-end test")]
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const TOPOLOGY: &str = "\
name: game
home: us-east-1
identity: { guests: true }
queues:
  worldwide: { timeout: 300s, destinations: [arena] }
builds:
  server: { path: server, os: AMAZON_LINUX_2023, sdk: 5.3.0 }
fleets:
  arena:
    build: server
    instance: c6i.large
    launch: { path: /local/game/server }
    ports: [udp 7777-7877]
    regions: [us-east-1, eu-west-1]
environments:
  local: { target: local }
";

/// A project with fleets in two regions and a local cloud of its own. Only stacks without handlers are used: building
/// those takes minutes.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stacks = folder.path().join("stacks");
        fs::create_dir_all(stacks.join("server")).unwrap();
        fs::write(stacks.join("game.yaml"), TOPOLOGY).unwrap();
        let project = Self { folder };
        project.build("one");
        project.up();
        project
    }

    /// Changes the game server.
    fn build(&self, content: &str) {
        let file = self.path().join("stacks/server/server");
        fs::write(&file, content).unwrap();
        make_executable(&file);
    }

    /// Guards the fleets from now on.
    fn protect(&self) {
        let text = TOPOLOGY.replace("target: local }", "target: local, protect: [fleets] }");
        fs::write(self.path().join("stacks/game.yaml"), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self) -> Command {
        let mut command = support::liftform(&self.path().join("cloud"));
        command.current_dir(self.path()).args(["-e", "local"]);
        command
    }

    fn up(&self) {
        let mut command = self.command();
        command.args(["local", "up", "--detach"]);
        support::run(command, 0);
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32) -> Output {
        let mut command = self.command();
        command
            .args(["-q", "--stack", "*-fleets,liftform-artifacts"])
            .args(arguments);
        support::run(command, code)
    }

    #[track_caller]
    fn review(&self, arguments: &[&str], code: i32) -> Value {
        let arguments = [arguments, &["--exit-code", "--output", "json"]].concat();
        let output = self.run(&arguments, code);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["reviews"][0].clone()
    }

    fn endpoint(&self) -> String {
        let mut command = self.command();
        command.args(["local", "status"]);
        let output = support::run(command, 0);
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find(|line| line.contains("AWS"));
        let endpoint = line.and_then(|line| line.split_whitespace().last());
        endpoint.unwrap().to_owned()
    }

    /// How many stacks there are in the two regions, empty ones of change sets included.
    fn stacks(&self) -> usize {
        let endpoint = self.endpoint();
        ["us-east-1", "eu-west-1"]
            .iter()
            .map(|region| support::stacks(&endpoint, region))
            .sum()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let mut command = self.command();
        // The folder goes in any case.
        let _ = command.args(["local", "down"]).output();
    }
}

#[cfg(unix)]
fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

fn resource<'review>(review: &'review Value, id: &str) -> &'review Value {
    let stacks = review["stacks"].as_array().unwrap().iter();
    let mut resources = stacks.flat_map(|stack| stack["resources"].as_array().unwrap());
    resources
        .find(|resource| resource["logical_id"] == id)
        .unwrap()
}

#[test]
fn deployment_is_told_before_it_happens_and_nothing_is_left_of_the_telling() {
    let project = Project::new();

    let review = project.review(&["diff"], 2);
    assert_eq!(project.stacks(), 0, "empty stacks of change sets are gone");
    let methods: Vec<&Value> = review["stacks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stack| &stack["method"])
        .collect();
    assert_eq!(
        methods,
        ["changeset", "changeset", "template", "template"],
        "fleets need the bucket, which doesn't exist yet"
    );

    project.run(&["deploy", "--yes"], 0);
    let review = project.review(&["diff"], 0);
    assert_eq!(review["totals"]["stacks_unchanged"], 4);
    assert_eq!(project.stacks(), 4);

    project.build("two");
    let review = project.review(&["diff"], 2);
    let fleet = resource(&review, "ArenaFleet");
    assert_eq!(fleet["action"], "replace");
    assert_eq!(fleet["verdict"]["method"], "changeset");
    assert_eq!(fleet["causes"][0], "BuildId changes");
    let effects = fleet["effects"].as_array().unwrap();
    assert!(
        effects
            .iter()
            .any(|effect| effect["text"] == "no session runs on it now"),
        "{effects:?}"
    );
    let build = resource(&review, "ServerBuild");
    assert_eq!(build["properties"][0]["path"], "StorageLocation.Key");
    assert_eq!(
        review["groups"].as_array().unwrap().len(),
        1,
        "both regions change alike"
    );
    assert_eq!(review["approval"]["guarded"][0], "ArenaFleet");

    let forecast = project.review(&["diff", "--method", "template"], 2);
    assert_eq!(resource(&forecast, "ArenaFleet")["action"], "replace");
    assert_eq!(
        resource(&forecast, "ArenaFleet")["verdict"]["method"],
        "template"
    );
    assert_eq!(forecast["totals"], review["totals"]);

    project.run(&["deploy", "--yes", "--allow-replace", "ArenaFleet"], 0);
    project.protect();
    let review = project.review(&["diff"], 2);
    let values = review["stacks"][2]["values"].as_array().unwrap();
    let policy = values.iter().find(|value| value["name"] == "stack policy");
    let after = &policy.unwrap()["after"];
    assert!(
        after.to_string().contains("deletion of ArenaFleet"),
        "{after}"
    );
    project.run(&["deploy", "--yes"], 0);
    project.review(&["diff"], 0);
}

#[test]
fn plan_file_pins_change_sets_and_digests_of_values() {
    let project = Project::new();
    project.run(&["deploy", "--yes"], 0);
    project.build("two");
    project.run(&["diff", "--out", "game.plan"], 0);
    let text = fs::read_to_string(project.path().join("game.plan")).unwrap();
    let plan = review::PlanFile::parse(&text).unwrap();
    let pinned = plan
        .stacks
        .iter()
        .filter(|pin| matches!(pin.step, review::plan_file::Step::Execute { .. }));
    assert_eq!(pinned.count(), 2);
    for pin in &plan.stacks {
        let parameters = pin.inputs.parameters.as_deref().unwrap();
        assert!(parameters.starts_with("sha256:"), "{parameters}");
        assert!(pin.stamp.is_some(), "{pin:?}");
    }
    assert_eq!(discarded(&project, "game.plan"), 2);
    assert_eq!(discarded(&project, "game.plan"), 0);
    assert_eq!(discarded(&project, "all"), 0);
    project.run(&["deploy", "--plan", "game.plan"], 7);
}

/// How many change sets of plans are removed.
#[track_caller]
fn discarded(project: &Project, plans: &str) -> usize {
    let output = project.run(&["diff", "--discard", plans, "--output", "json"], 0);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["removed"].as_array().unwrap().len()
}

#[test]
fn cloud_that_does_not_run_has_nothing_to_compare_with() {
    let project = Project::new();
    let mut down = project.command();
    down.args(["local", "down"]);
    support::run(down, 0);
    let output = project.run(&["diff"], 3);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("liftform local up"), "{message}");
}

#[test]
fn github_actions_get_a_summary_and_outputs() {
    let project = Project::new();
    let (summary, output) = (
        project.path().join("summary.md"),
        project.path().join("output"),
    );
    let mut command = project.command();
    command
        .args(["--stack", "liftform-artifacts", "diff", "--output", "json"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", &output);
    let run = support::run(command, 0);
    serde_json::from_slice::<Value>(&run.stdout).unwrap();
    let summary = fs::read_to_string(summary).unwrap();
    assert!(
        summary.starts_with("<!-- liftform:plan game/local -->"),
        "{summary}"
    );
    let output = fs::read_to_string(output).unwrap();
    assert!(output.contains("changes=true\n"), "{output}");
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(
        stderr.contains("::warning file=stacks/game.yaml,line="),
        "{stderr}"
    );

    let mut command = project.command();
    command
        .args(["--stack", "liftform-artifacts", "deploy"])
        .env("GITHUB_ACTIONS", "true");
    let run = support::run(command, 0);
    let stderr = String::from_utf8(run.stderr).unwrap();
    let lines: Vec<&str> = stderr.lines().collect();
    let place = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap();
    assert!(place("Plan:") < place("::group::Stacks"), "{stderr}");
    assert!(
        place("::group::Stacks") < place("CREATE_COMPLETE"),
        "{stderr}"
    );
    let end = lines.iter().rposition(|line| *line == "::endgroup::");
    let end = end.unwrap();
    assert!(place("CREATE_COMPLETE") < end, "{stderr}");
    assert!(end < place("2 created"), "{stderr}");
}
