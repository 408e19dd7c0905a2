//! `assets`: archives that nobody needs go, and no others.

use crate::cloud::{ARENA, Project};

#[test]
fn archives_that_no_stack_names_are_removed_and_the_others_stay() {
    let project = Project::new(ARENA);
    let local =
        |arguments: &[&str]| project.liftform(&[arguments, &["--env", "local"]].concat(), 0);
    local(&["deploy", "--stack", "liftform-artifacts,*-fleets"]);
    let listed = local(&["assets", "ls", "--output", "json"]).json();
    let (bucket, used) = (
        &listed["buckets"][1]["bucket"],
        &listed["buckets"][1]["objects"][0],
    );
    assert_eq!(listed["buckets"][1]["region"], "us-east-1", "{listed}");
    assert_eq!(used["used_by"][0], "arena-local-fleets", "{listed}");

    let bucket = bucket.as_str().expect("a name");
    for key in ["builds/gone-1.zip", "notes.txt"] {
        project.put("us-east-1", bucket, key);
    }
    let keys = |report: &serde_json::Value| {
        let removed = report["buckets"][1]["removed"]
            .as_array()
            .expect("a list")
            .clone();
        let keys: Vec<_> = removed.iter().map(|object| object["key"].clone()).collect();
        keys
    };
    let gc = |more: &[&str]| local(&[&["assets", "gc", "--output", "json"], more].concat()).json();
    assert_eq!(
        keys(&gc(&["--yes"])),
        Vec::<String>::new(),
        "what is young stays"
    );
    let dry = gc(&["--min-age", "0s", "--dry-run"]);
    assert_eq!(keys(&dry), ["builds/gone-1.zip"], "{dry}");
    assert_eq!(
        keys(&gc(&["--min-age", "0s", "--yes"])),
        ["builds/gone-1.zip"]
    );
    assert_eq!(
        keys(&gc(&["--min-age", "0s", "--yes"])),
        Vec::<String>::new()
    );

    let left = local(&["assets", "ls"]).stdout;
    assert!(
        left.contains("notes.txt") && left.contains("builds/server-"),
        "{left}"
    );
    // Without an answer nothing is removed.
    project.put("us-east-1", bucket, "builds/gone-2.zip");
    project.liftform(&["assets", "gc", "--env", "local", "--min-age", "0s"], 9);
}
