//! Resources of the shipped `skirmish` topology are found again in its file.

use std::path::{Path, PathBuf};

use plan::{locate, locate_path};
use topology::environment::Environment;
use topology::sources::Folder;

fn skirmish(environment: &str) -> (String, Environment) {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
    let text = std::fs::read_to_string(folder.join("skirmish.yaml")).expect("a shipped topology");
    let document = topology::parse("skirmish.yaml", &text).expect("a topology without problems");
    let resolved = topology::resolve(&document, environment, &[], &Folder::new(folder));
    (text, resolved.expect("a valid environment").environment)
}

/// The path and the text of the line that a resource is found at.
#[track_caller]
fn check(region: &str, resource: &str, settings: &[&str], expected: Option<(&str, &str)>) {
    let (text, environment) = skirmish("prod");
    let found = locate(&environment, region, resource, settings);
    let line = |line: u32| {
        text.lines()
            .nth(line as usize - 1)
            .expect("a line of it")
            .trim()
    };
    let found = found
        .as_ref()
        .map(|located| (located.path.as_str(), line(located.origin.line)));
    match (found, expected) {
        (Some((path, line)), Some((wanted_path, wanted_line))) => {
            assert_eq!(path, wanted_path);
            assert!(line.starts_with(wanted_line), "{line}");
        }
        (found, expected) => assert_eq!(found, expected),
    }
}

#[test]
fn fleet_is_found_at_the_setting_that_is_asked_for() {
    let expected = Some(("fleets.arena.launch", "launch: { path:"));
    check("us-east-1", "ArenaFleet", &["launch"], expected);
}

#[test]
fn setting_of_a_region_is_found_in_the_overlay() {
    let expected = Some((
        "regions.eu-central-1.fleets.arena.instance",
        "eu-central-1: { fleets: { arena: { instance: c6i.xlarge } } }",
    ));
    check("eu-central-1", "ArenaFleet", &["instance"], expected);
}

#[test]
fn setting_that_nobody_wrote_leads_to_the_component() {
    let expected = Some(("queues.worldwide", "timeout: 300s"));
    check("us-east-1", "WorldwideQueue", &["certificate"], expected);
}

#[test]
fn every_kind_of_component_is_found() {
    for (resource, path) in [
        ("ServerBuild", "builds.server"),
        ("ArenaSpotAlias", "fleets.arena-spot"),
        ("DuelRules", "matchmaking.duel"),
        ("QuickMatchmaker", "matchmaking.quick"),
        ("LoadoutsTable", "tables.loadouts"),
        ("OwnProfileFunction", "functions.profile"),
    ] {
        let (_, environment) = skirmish("prod");
        let found = locate(&environment, "us-east-1", resource, &[]);
        assert_eq!(
            found.map(|located| located.path).as_deref(),
            Some(path),
            "{resource}"
        );
    }
}

#[test]
fn what_liftform_adds_by_itself_has_no_line() {
    for resource in [
        "TicketsTable",
        "MatchmakingTopic",
        "StartMatchmakingFunction",
        "Fleet",
        "",
    ] {
        check("us-east-1", resource, &[], None);
    }
}

#[test]
fn every_fleet_queue_and_matchmaker_of_the_plan_is_found() {
    let (_, environment) = skirmish("prod");
    let stacks = plan::build(&environment).expect("a plan").stacks;
    for stack in &stacks {
        for (id, resource) in &stack.template.resources {
            if [
                "Fleet",
                "Alias",
                "Build",
                "GameSessionQueue",
                "MatchmakingRuleSet",
                "MatchmakingConfiguration",
            ]
            .iter()
            .any(|kind| resource.kind == format!("AWS::GameLift::{kind}"))
            {
                assert!(
                    locate(&environment, &stack.region, id.as_str(), &[]).is_some(),
                    "{id}"
                );
            }
        }
    }
}

/// Of which setting of the `bazaar` topology a path of the backend's template is.
#[track_caller]
fn check_path(path: &str, expected: Option<&str>) {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks");
    let text = std::fs::read_to_string(folder.join("bazaar.yaml")).expect("a shipped topology");
    let document = topology::parse("bazaar.yaml", &text).expect("a topology without problems");
    let resolved = topology::resolve(&document, "live", &[], &Folder::new(folder));
    let environment = resolved.expect("a valid environment").environment;
    let found = locate_path(&environment, &environment.home, path);
    assert_eq!(
        found.map(|located| located.path).as_deref(),
        expected,
        "{path}"
    );
    let elsewhere = locate_path(&environment, "af-south-1", path);
    assert!(elsewhere.is_none_or(|located| !located.path.starts_with("extensions")));
}

#[test]
fn paths_of_a_template_are_found_in_overrides_components_and_the_users_template() {
    let overriding = "extensions.overrides.\"MatchEventsTopic.Properties.DisplayName\"";
    check_path(
        "Resources/MatchEventsTopic/Properties/DisplayName",
        Some(overriding),
    );
    check_path("Resources/MatchEventsTopic", Some(overriding));
    check_path("Resources/MatchEventsTopic/Properties/KmsMasterKeyId", None);
    check_path(
        "Resources/ApiAddress/Properties/Value",
        Some("extensions.resources"),
    );
    check_path("Resources", None);
    check_path("Outputs/ApiAddressParameter", None);
}
