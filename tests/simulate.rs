//! `liftform simulate` through the real binary: streams, forms, thresholds.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const RULES: &str = r#"{"ruleLanguageVersion": "1.0",
  "playerAttributes": [{"name": "skill", "type": "number", "default": 100}],
  "teams": [{"name": "red", "minPlayers": 2, "maxPlayers": 2}, {"name": "blue", "minPlayers": 2, "maxPlayers": 2}],
  "rules": [{"name": "Near", "type": "latency", "maxLatency": 90}]}"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("near.json"), RULES).unwrap();
    fs::write(folder.path().join("far.json"), RULES.replace("90", "400")).unwrap();
    fs::write(
        folder.path().join("wrong.json"),
        RULES.replace("latency", "lateness"),
    )
    .unwrap();
    folder
}

#[track_caller]
fn simulate(folder: &Path, arguments: &[&str], expected: i32) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
        .arg("simulate")
        .args(arguments)
        .args(["--players", "300", "--duration", "1h"])
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{shown}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_rule_set_is_played_and_told_as_text() {
    let folder = folder();
    let output = simulate(folder.path(), &["near.json"], 0);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("Outcome\n  players"), "{shown}");
    assert!(shown.contains("blocked by Near"), "{shown}");
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn the_same_seed_prints_the_same_bytes() {
    let folder = folder();
    let bytes = |seed| simulate(folder.path(), &["near.json", "--seed", seed], 0).stdout;
    assert_eq!(bytes("7"), bytes("7"));
    assert_ne!(bytes("7"), bytes("8"));
}

#[test]
fn two_rule_sets_are_compared_for_the_same_players() {
    let folder = folder();
    let arguments = ["near.json", "--against", "far.json", "--output", "json"];
    let result: Value =
        serde_json::from_slice(&simulate(folder.path(), &arguments, 0).stdout).unwrap();
    let report = |index: usize| &result["simulations"][index]["report"];
    assert_eq!(result["format_version"], 1);
    assert_eq!(report(0)["players"], report(1)["players"]);
    let near = report(0)["timed_out_players"].as_u64().unwrap();
    let far = report(1)["timed_out_players"].as_u64().unwrap();
    assert!(near > far, "{near} {far}");
    let markdown = simulate(
        folder.path(),
        &["near.json", "--against", "far.json", "--output", "markdown"],
        0,
    );
    assert!(text(&markdown.stdout).contains("| Outcome | `near.json` | `far.json` |"));
}

#[test]
fn a_crossed_threshold_fails_after_the_result_is_printed() {
    let folder = folder();
    let output = simulate(
        folder.path(),
        &[
            "near.json",
            "--fail-if",
            "timed_out>0%",
            "--fail-if",
            "fill<10%",
        ],
        3,
    );
    assert!(text(&output.stdout).starts_with("Outcome"));
    let shown = text(&output.stderr);
    assert!(
        shown.contains("timed_out>0% (is ") && !shown.contains("fill"),
        "{shown}"
    );
    simulate(
        folder.path(),
        &["near.json", "--fail-if", "p95_wait>2m"],
        64,
    );
}

#[test]
fn a_wrong_rule_set_is_drawn_at_its_line() {
    let folder = folder();
    let output = simulate(folder.path(), &["wrong.json"], 3);
    assert!(output.stdout.is_empty());
    let shown = text(&output.stderr);
    assert!(
        shown.contains("L0515") && shown.contains("wrong.json:4"),
        "{shown}"
    );
}

#[test]
fn the_page_is_written_beside_the_result() {
    let folder = folder();
    simulate(folder.path(), &["near.json", "--html", "page.html"], 0);
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("class=\"bar first\""));
    simulate(
        folder.path(),
        &["near.json", "--html", "nowhere/page.html"],
        1,
    );
}

#[test]
fn a_population_that_does_not_fit_is_refused() {
    let folder = folder();
    fs::write(
        folder.path().join("crowd.json"),
        r#"{"locations": ["mars-1"]}"#,
    )
    .unwrap();
    let output = simulate(
        folder.path(),
        &["near.json", "--population", "crowd.json"],
        3,
    );
    assert!(text(&output.stderr).contains("mars-1"));
}

#[test]
fn recorded_tickets_are_played_and_their_problems_told_by_line() {
    let folder = folder();
    let csv = "time,ticket,player,latency:eu-central-1\n0,a,ann,20\n0,a,bob,20\n1,b,cleo,30\n2,b,dan,30\n";
    fs::write(folder.path().join("tickets.csv"), csv).unwrap();
    let played = |expected| {
        let output = Command::new(env!("CARGO_BIN_EXE_liftform"))
            .args(["simulate", "near.json", "--recorded", "tickets.csv"])
            .current_dir(folder.path())
            .env_clear()
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(expected));
        output
    };
    let shown = text(&played(3).stderr);
    assert!(
        shown.contains("`tickets.csv`") && shown.contains("line 5: ticket `b` came at another"),
        "{shown}"
    );
    fs::write(
        folder.path().join("tickets.csv"),
        csv.replace("2,b,dan", "1,b,dan"),
    )
    .unwrap();
    let shown = text(&played(0).stdout);
    assert!(shown.contains("matches              1"), "{shown}");
    simulate(
        folder.path(),
        &["near.json", "--recorded", "tickets.csv"],
        64,
    );
}

#[test]
fn a_matchmaker_of_a_topology_brings_its_rules_timeouts_and_queue() {
    let topology = concat!(env!("CARGO_MANIFEST_DIR"), "/stacks/skirmish.yaml");
    let folder = folder();
    let arguments = [
        "--matchmaker",
        "quick",
        "--topology",
        topology,
        "--env",
        "prod",
        "--output",
        "json",
    ];
    let output = simulate(folder.path(), &arguments, 0);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["request_timeout_seconds"], 90);
    assert_eq!(result["queue"], "worldwide");
    let report = &result["simulations"][0]["report"];
    let placement = &report["placement"];
    let (placed, unplaced) = (&placement["placed_matches"], &placement["unplaced_matches"]);
    assert_eq!(
        placed.as_u64().unwrap() + unplaced.as_u64().unwrap(),
        report["matches"].as_u64().unwrap()
    );
    // Spot is cheaper, and both fleets are in the same locations.
    let fleet = placement["fleets"][0]["name"].as_str().unwrap();
    assert!(fleet.starts_with("arena-spot in "), "{fleet}");
    let shown = text(&output.stderr);
    assert!(shown.contains("latency to eu-north-1"), "{shown}");
    assert!(!report["expansions"].as_array().unwrap().is_empty());

    let unknown = [
        "--matchmaker",
        "duell",
        "--topology",
        topology,
        "--env",
        "prod",
    ];
    let shown = text(&simulate(folder.path(), &unknown, 3).stderr);
    assert!(
        shown.contains("no matchmaker `duell`; it has: duel, quick"),
        "{shown}"
    );
}

#[test]
fn a_rule_set_goes_through_a_queue_of_a_topology() {
    let topology = concat!(env!("CARGO_MANIFEST_DIR"), "/stacks/skirmish.yaml");
    let folder = folder();
    let arguments = [
        "far.json",
        "--queue",
        "worldwide",
        "--topology",
        topology,
        "--env",
        "prod",
        "--fail-if",
        "unplaced>0%",
    ];
    let shown = text(&simulate(folder.path(), &arguments, 0).stdout);
    assert!(
        shown.contains("matches without a place") && shown.contains("in fleet arena-spot in "),
        "{shown}"
    );
}

/// Where distributions put it.
const CHROMIUM: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// Waits for a process, however busy the machine is, and ends one that hangs.
fn ended(mut process: Child, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while Instant::now() < until {
        if process.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    false
}

#[test]
fn a_browser_shows_the_page_without_a_complaint() {
    let Some(browser) = CHROMIUM.iter().find(|path| Path::new(path).exists()) else {
        eprintln!("no Chromium here: the page's markup is checked by the tests of the view only");
        return;
    };
    let folder = folder();
    let arguments = ["near.json", "--against", "far.json", "--html", "page.html"];
    simulate(folder.path(), &arguments, 0);
    let said = fs::File::create(folder.path().join("said")).unwrap();
    let process = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
        ])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--window-size=390,900"])
        .arg("--host-resolver-rules=MAP * ~NOTFOUND")
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!(
            "--screenshot={}",
            folder.path().join("page.png").display()
        ))
        .arg(format!(
            "file://{}",
            folder.path().join("page.html").display()
        ))
        .stdout(Stdio::null())
        .stderr(said)
        .spawn()
        .unwrap();
    let shown = ended(process, Duration::from_secs(240));
    let said = fs::read_to_string(folder.path().join("said")).unwrap_or_default();
    assert!(shown, "the browser hangs: {said}");
    assert!(folder.path().join("page.png").exists(), "{said}");
    assert!(!said.contains("CONSOLE"), "{said}");
}
