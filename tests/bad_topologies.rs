//! Every kind of bad topology through the real binary: refused with code 3, the place and what to do, never a crash.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use std::fs;

use snapbox::cmd::{Command, cargo_bin};

const GOOD: &str = "\
name: skirmish
home: us-east-1
identity: { guests: true }
matchmaking:
  duel:
    template: teams
    with: { team_size: 1 }
    queue: worldwide
    timeout: 120s
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
environments:
  dev: { account: \"111122223333\" }
";

/// Puts a defect into the good topology and expects it to be reported at `place` (line and column) with a hint.
#[track_caller]
fn check(good: &str, bad: &str, place: &str, says: &str) {
    assert!(GOOD.contains(good), "`{good}` is part of the good topology");
    check_text(&GOOD.replacen(good, bad, 1), place, says);
}

#[track_caller]
fn check_text(text: &str, place: &str, says: &str) {
    let stderr = refused(text.as_bytes());
    assert!(
        stderr.contains(&format!("--> stacks/game.yaml:{place}\n")),
        "no place {place} in:\n{stderr}"
    );
    assert!(stderr.contains(says), "no `{says}` in:\n{stderr}");
    assert!(stderr.contains("hint"), "no hint in:\n{stderr}");
}

#[track_caller]
fn refused(text: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("stacks/server")).unwrap();
    fs::write(folder.path().join("stacks/game.yaml"), text).unwrap();
    let output = Command::new(cargo_bin!("liftform"))
        .current_dir(folder.path())
        .env_clear()
        .args(["synth", "-e", "dev"])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(output.stdout.is_empty(), "stdout is for results only");
    stderr
}

#[test]
fn good_topology_is_synthesised() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("stacks/server")).unwrap();
    fs::write(folder.path().join("stacks/game.yaml"), GOOD).unwrap();
    Command::new(cargo_bin!("liftform"))
        .current_dir(folder.path())
        .env_clear()
        .args(["synth", "-e", "dev"])
        .assert()
        .success();
}

#[test]
fn unknown_key() {
    check("    queue:", "    que:", "8:5", "unknown key `que`");
}

#[test]
fn wrong_type() {
    check("guests: true", "guests: often", "3:21", "often");
}

#[test]
fn missing_reference() {
    check(
        "queue: worldwide",
        "queue: wordwide",
        "8:12",
        "unknown queue `wordwide`",
    );
}

#[test]
fn bad_unit() {
    check("timeout: 120s", "timeout: 120", "9:14", "120s");
}

#[test]
fn duplicate_key() {
    check(
        "home: us-east-1",
        "home: us-east-1\nname: again",
        "3:1",
        "name",
    );
}

#[test]
fn tab() {
    check("  duel:", "\tduel:", "5:2", "indent with spaces");
}

#[test]
fn empty_file() {
    check_text("", "1:1", "empty");
}

#[test]
fn a_megabyte_of_nonsense() {
    let nonsense: Vec<u8> = (0..1_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    assert!(refused(&nonsense).contains("stacks/game.yaml"));
    assert!(refused("x: [".repeat(250_000).as_bytes()).contains("stacks/game.yaml:1:"));
    assert!(refused("nonsense ".repeat(120_000).as_bytes()).contains("stacks/game.yaml:1:"));
}
