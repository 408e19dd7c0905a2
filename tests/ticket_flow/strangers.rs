//! Who has no business with a ticket, and what no client should send.

use liftform_player::Status;
use serde_json::json;

use crate::cloud::Cloud;
use crate::guests::{Guest, enter, wish};
use crate::support::{Player, text, unsigned};

/// Bodies that are none. What is wrong with any body is checked by the handlers' own property tests; these go through the
/// API's models, too.
fn corpus() -> Vec<String> {
    let mut bodies: Vec<String> = [
        "",
        "null",
        "true",
        "0",
        "[]",
        "{}",
        "\"text\"",
        "{\"accept\"",
        "{\"accept\":true",
        "not json",
        "\u{0}",
        "\u{feff}{}",
        "{\"matchmaker\":\"nobody\"}",
        "{\"matchmaker\":\"unheard-of\",\"latency\":{\"us-east-1\":20}}",
        "{\"matchmaker\":[],\"latency\":{\"us-east-1\":20}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":-1}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":1.5}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":1e400}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"moon\":20}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":20},\"party\":[\"\"]}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":20},\"party\":{}}",
        "{\"matchmaker\":\"nobody\",\"latency\":{\"us-east-1\":20},\"attributes\":{\"rank\":1}}",
        "{\"accept\":\"yes\"}",
        "{\"accept\":null}",
    ]
    .map(str::to_owned)
    .into();
    bodies.push("[".repeat(10_000));
    bodies.push(json!({ "matchmaker": "x".repeat(20_000), "latency": {} }).to_string());
    bodies
}

/// Whatever the body is, it is the client's fault, and the player's ticket stays as it is.
pub(crate) fn bodies(cloud: &Cloud) {
    let pool = &cloud.backend.identity_pool;
    let enter = || Player::enter(&cloud.endpoint, "us-east-1", pool);
    let (player, newcomer) = (enter(), enter());
    let tickets = format!("{}/tickets", cloud.backend.api);
    let wish = serde_json::to_value(wish("nobody")).expect("a wish is JSON");
    let (status, ticket) = player.call("POST", &tickets, Some(&wish));
    assert_eq!(status, 202, "{ticket}");
    let ticket = format!("{tickets}/{}", text(&ticket["ticket_id"]));
    for body in corpus() {
        let shown: String = body.chars().take(100).collect();
        let acceptance = format!("{ticket}/acceptance");
        for (sender, url) in [(&newcomer, &tickets), (&player, &acceptance)] {
            let (status, answer) = sender.call_with("POST", url, body.clone());
            assert!(
                (400..500).contains(&status),
                "{url} {shown}: {status} {answer}"
            );
        }
    }
    let (_, shown) = player.call("GET", &ticket, None);
    let open = ["queued", "searching"].map(|status| json!(status));
    assert!(open.contains(&shown["status"]), "{shown}");
    assert_eq!(player.call("DELETE", &ticket, None).0, 202);
}

/// Nobody else sees a ticket or does anything to it, and nobody without the right signature sees anything.
pub(crate) fn strangers(cloud: &Cloud) {
    let pool = &cloud.backend.identity_pool;
    let stranger = Player::enter(&cloud.endpoint, "us-east-1", pool);
    let guest = Guest::start(enter(cloud), "nobody");
    guest.until_status(Status::Searching);
    let api = &cloud.backend.api;
    let ticket = format!("{api}/tickets/{}", guest.ticket);
    let acceptance = format!("{ticket}/acceptance");
    let accept = json!({ "accept": true });
    let routes = [
        ("GET", &ticket, None),
        ("DELETE", &ticket, None),
        ("POST", &acceptance, Some(&accept)),
    ];
    let forger = stranger.forged();
    for (method, url, body) in routes {
        let (status, problem) = stranger.call(method, url, body);
        assert_eq!((status, &problem["code"]), (404, &json!("no_ticket")));
        assert_eq!(forger.call(method, url, body).0, 403, "{method} {url}");
        assert_eq!(unsigned(method, url).0, 403, "{method} {url}");
    }
    assert_eq!(guest.look().status, Status::Searching);
    guest.cancel();
}
