//! The main job through the real binary: a topology becomes running stacks in the local cloud, and a player gets a ticket.

mod support;

use serde_json::{Value, json};
use support::{Player, item, liftform, run, stacks, text, unsigned};

struct LocalCloud {
    state: tempfile::TempDir,
}

impl LocalCloud {
    fn new() -> Self {
        Self {
            state: tempfile::tempdir().expect("a folder"),
        }
    }

    fn liftform(&self, arguments: &[&str], expected: i32) -> String {
        let mut command = liftform(self.state.path());
        command
            .args(["--topology", "stacks/skirmish.yaml", "--env", "local"])
            .args(arguments);
        String::from_utf8(run(command, expected).stdout).expect("text on stdout")
    }
}

impl Drop for LocalCloud {
    fn drop(&mut self) {
        // Not `run`: a panic while another one unwinds would hide the first.
        let _ = liftform(self.state.path()).args(["local", "down"]).output();
    }
}

#[test]
fn topology_becomes_running_stacks_and_a_signed_request_writes_a_ticket() {
    let cloud = LocalCloud::new();
    cloud.liftform(&["deploy", "--yes"], 0);
    let outputs: Value =
        serde_json::from_str(&cloud.liftform(&["outputs", "--format", "json"], 0)).expect("JSON");
    let backend = &outputs["stacks"]["skirmish-local-backend"]["us-east-1"];
    assert!(
        outputs["stacks"]["skirmish-local-fleets"]["us-east-1"].is_object(),
        "{outputs}"
    );
    assert!(
        outputs["stacks"]["skirmish-local-fleets"]["eu-central-1"].is_object(),
        "{outputs}"
    );

    let api = text(&backend["ApiUrl"]);
    let endpoint = api.split("/_aws").next().expect("an origin").to_owned();
    let player = Player::enter(&endpoint, "us-east-1", &text(&backend["IdentityPoolId"]));
    let ticket = ticket_is_written(&player, &endpoint, &api, &text(&backend["TicketsTable"]));
    let stranger = Player::enter(&endpoint, "us-east-1", &text(&backend["IdentityPoolId"]));
    strangers_see_nothing(&stranger, &api, &ticket);
    own_functions_answer(&player, &api);

    // FlexMatch doesn't let go of a matchmaker with tickets in progress.
    assert_eq!(
        player
            .call("DELETE", &format!("{api}/tickets/{ticket}"), None)
            .0,
        202
    );

    let second = cloud.liftform(&["deploy", "--yes", "--output", "json"], 0);
    let second: Value = serde_json::from_str(&second).expect("JSON");
    let results = second["results"].as_array().expect("a list");
    assert_eq!(results.len(), 5, "{second}");
    assert!(
        results.iter().all(|stack| stack["result"] == "unchanged"),
        "{second}"
    );
    cloud.liftform(&["destroy", "--yes"], 0);
    assert_eq!(stacks(&endpoint, "us-east-1"), 0);
    assert_eq!(stacks(&endpoint, "eu-central-1"), 0);
    cloud.liftform(&["destroy", "--yes"], 0);
}

fn ticket_is_written(player: &Player, endpoint: &str, api: &str, table: &str) -> String {
    let wanted =
        json!({ "matchmaker": "duel", "latency": { "us-east-1": 20, "eu-central-1": 95 } });
    let (status, ticket) = player.call("POST", &format!("{api}/tickets"), Some(&wanted));
    assert_eq!(status, 202, "{ticket}");
    let id = text(&ticket["ticket_id"]);
    let row = item(
        endpoint,
        "us-east-1",
        table,
        &json!({ "ticket_id": { "S": id } }),
    );
    assert_eq!(row["owner"]["S"], json!(player.identity), "{row}");
    assert_eq!(row["matchmaker"]["S"], json!("duel"), "{row}");

    let (status, again) = player.call("POST", &format!("{api}/tickets"), Some(&wanted));
    assert_eq!(
        (status, &again["ticket_id"]),
        (200, &json!(id)),
        "an open ticket is given back: {again}"
    );
    let (status, polled) = player.call("GET", &format!("{api}/tickets/{id}"), None);
    assert_eq!(status, 200, "{polled}");
    assert!(polled["retry_after_ms"].is_number(), "{polled}");
    id
}

fn strangers_see_nothing(stranger: &Player, api: &str, id: &str) {
    let ticket = format!("{api}/tickets/{id}");
    assert_eq!(stranger.call("GET", &ticket, None).0, 404);
    assert_eq!(stranger.call("DELETE", &ticket, None).0, 404);
    let accept = json!({ "accept": true });
    let (status, _) = stranger.call("POST", &format!("{ticket}/acceptance"), Some(&accept));
    assert_eq!(status, 404);
    assert_eq!(unsigned("GET", &ticket).0, 403);
}

fn own_functions_answer(player: &Player, api: &str) {
    let (status, regions) = player.call("GET", &format!("{api}/regions"), None);
    assert_eq!(status, 200, "{regions}");
    let (status, profile) = player.call("GET", &format!("{api}/profile"), None);
    assert_eq!(
        (status, &profile["player_id"]),
        (200, &json!(player.identity)),
        "{profile}"
    );
}
