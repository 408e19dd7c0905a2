//! `status`, `outputs` and `manifest`: what is deployed.

use crate::cloud::{GARAGE, Project};

#[test]
fn status_and_outputs_tell_what_is_deployed() {
    let project = Project::new(GARAGE);
    let local = |arguments: &[&str], code: i32| {
        project.liftform(&[arguments, &["--env", "local"]].concat(), code)
    };
    local(&["deploy", "--stack", "liftform-artifacts,*-fleets"], 0);

    let status = local(&["status", "--output", "json"], 0).json();
    let fleet = &status["fleets"][0];
    assert_eq!(fleet["name"], "garage-local-own", "{status}");
    assert_eq!(
        fleet["locations"][0]["location"], "custom-garage",
        "{status}"
    );
    assert_eq!(status["aliases"][0]["fleet"], fleet["id"], "{status}");
    let states: Vec<_> = status["stacks"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    let state = |name: &str| {
        let found = states.iter().find(|stack| stack["name"] == name);
        found.expect("a stack of this name")["status"].clone()
    };
    assert_eq!(state("garage-local-fleets"), "CREATE_COMPLETE");
    assert_eq!(state("garage-local-backend"), serde_json::Value::Null);

    let text = local(&["status"], 0).stdout;
    for part in [
        "garage-local-backend              not deployed",
        "own hardware",
        "custom-garage  ACTIVE",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }

    let id = fleet["id"].as_str().expect("text");
    let lines = |form: &str| local(&["outputs", "OwnFleetId", "--format", form], 0).stdout;
    assert_eq!(lines("table"), format!("{id}\n"));
    assert_eq!(lines("env"), format!("OwnFleetId='{id}'\n"));
    assert_eq!(lines("dotenv"), format!("OwnFleetId=\"{id}\"\n"));
    assert_eq!(lines("github"), format!("OwnFleetId={id}\n"));
    assert_eq!(lines("tfvars"), format!("OwnFleetId = \"{id}\"\n"));

    let nothing = local(&["rollback", "--continue"], 0).stdout;
    assert_eq!(nothing, "No stack needs to be taken back.\n");

    let refused = local(&["manifest"], 3);
    assert_eq!(
        (
            refused.stdout.as_str(),
            refused.stderr.contains("has no output `ApiUrl`")
        ),
        ("", true)
    );
}
