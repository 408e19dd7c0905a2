//! The main job through the real binary: a topology becomes running stacks in the local cloud, and players get through all
//! of them into a game.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

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

    tickets_can_be_given_up(&player, &api, &ticket);
    // Before anybody plays: a session with free seats, which backfills, would take the nine whose match was rejected.
    who_rejects_a_match_gets_none(&cloud);
    ten_players_play(&cloud);
    parties_play_together(&cloud);

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
    assert_eq!(stranger.forged().call("GET", &ticket, None).0, 403);
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

fn tickets_can_be_given_up(player: &Player, api: &str, id: &str) {
    let ticket = format!("{api}/tickets/{id}");
    assert_eq!(player.call("DELETE", &ticket, None).0, 202);
    // The end comes as an event, like any other news of a ticket.
    let ended = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(200));
        player.call("GET", &ticket, None).1["status"] == "cancelled"
    });
    assert!(ended, "the ticket stays open");
    let (status, problem) = player.call("DELETE", &ticket, None);
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("ended")),
        "{problem}"
    );
}

/// Plays, and gives back the report.
fn play(cloud: &LocalCloud, arguments: &[&str], expected: i32) -> Value {
    let line = [&["local", "play", "--output", "json"], arguments].concat();
    serde_json::from_str(&cloud.liftform(&line, expected)).expect("JSON")
}

fn different(report: &Value, member: &str) -> usize {
    let players = report["players"].as_array().expect("a list");
    let values: BTreeSet<_> = players.iter().map(|player| text(&player[member])).collect();
    values.len()
}

fn ten_players_play(cloud: &LocalCloud) {
    let report = play(cloud, &["--players", "10"], 0);
    assert_eq!(report["summary"]["played"], 10, "{report}");
    for player in report["players"].as_array().expect("a list") {
        assert_eq!(player["validated"], json!(["tcp", "udp"]), "{player}");
    }
    assert_eq!(different(&report, "identity"), 10, "{report}");
    assert_eq!(different(&report, "ticket"), 10, "{report}");
    assert_eq!(different(&report, "server"), 1, "{report}");
}

fn parties_play_together(cloud: &LocalCloud) {
    let arguments = ["--players", "10", "--party", "5", "--matchmaker", "quick"];
    let report = play(cloud, &arguments, 0);
    assert_eq!(report["summary"]["played"], 10, "{report}");
    assert_eq!(different(&report, "ticket"), 2, "{report}");
    assert_eq!(different(&report, "server"), 1, "{report}");
}

/// Whoever had not answered yet when the match is rejected gets none, either; whoever had searches on.
fn who_rejects_a_match_gets_none(cloud: &LocalCloud) {
    let arguments = ["--players", "10", "--reject", "10", "--patience", "10s"];
    let report = play(cloud, &arguments, 1);
    let players = report["players"].as_array().expect("a list");
    assert_eq!(players[0]["ending"], "declined", "{report}");
    let others = players.iter().skip(1);
    assert!(
        others
            .map(|other| &other["ending"])
            .all(|ending| ending == "failed"),
        "{report}"
    );
}
