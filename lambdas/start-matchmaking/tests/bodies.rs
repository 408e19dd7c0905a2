//! Whatever a client sends as a body, it is told what is wrong with it: never an error of ours, never a panic.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use proptest::prelude::*;
use serde_json::{Map, Value};
use start_matchmaking::{Settings, handle};
use tickets::answer::Answer;
use tickets::api::ApiCall;
use tickets::fakes::{FakeFlexMatch, Lines, Memory};
use tickets::settings::Variables;
use tickets::timestamp::Timestamp;

const VALID: &str = r#"{"matchmaker":"duel","latency":{"us-east-1":40},"attributes":{"skill":10,"modes":["a"],"maps":{"lava":1}},"party":[]}"#;

fn settings() -> Settings {
    let lookup = |name: &str| {
        let value = match name {
            "TICKET_PREFIX" => "game-prod",
            "MATCHMAKERS" => r#"{"duel":{"configuration":"game-prod-duel","timeout_seconds":120}}"#,
            "ATTRIBUTES" => {
                r#"{"skill":{"type":"number","default":1000},"mode":{"type":"string","default":"a"},
                    "modes":{"type":"string_list","default":["a"]},"maps":{"type":"string_number_map","default":{}}}"#
            }
            "LOCATIONS" => r#"["us-east-1","eu-central-1"]"#,
            _ => return None,
        };
        Some(value.to_owned())
    };
    Settings::read(&Variables::new(&lookup)).unwrap()
}

fn post(body: &str) -> Answer {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let call = ApiCall::of(Some("ann"), None, body);
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    let now = Timestamp::from_millis(10_000);
    let (settings, runtime) = (
        settings(),
        tokio::runtime::Builder::new_current_thread().build(),
    );
    let answer = handle(&call, &settings, &store, &flexmatch, now, &journal);
    runtime
        .unwrap()
        .block_on(answer)
        .unwrap_or_else(Answer::from)
}

fn check(body: &str) -> Result<(), TestCaseError> {
    let answer = post(body);
    match answer.status_code {
        202 => {}
        400 | 409 | 413 => {
            prop_assert_eq!(&answer.headers["content-type"], "application/problem+json");
        }
        status => prop_assert!(false, "{} for {}: {}", status, body, answer.body),
    }
    Ok(())
}

/// Names that mean something somewhere, and others.
fn name() -> impl Strategy<Value = String> {
    let known = [
        "matchmaker",
        "latency",
        "attributes",
        "party",
        "duel",
        "us-east-1",
        "skill",
        "mode",
        "modes",
        "maps",
        "ann",
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        name().prop_map(Value::from),
        (0..40_000_usize).prop_map(|length| Value::from("x".repeat(length))),
    ];
    leaf.prop_recursive(4, 32, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..6)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_answered(body in json()) {
        check(&body.to_string())?;
    }

    #[test]
    fn any_value_in_place_of_a_right_one_is_answered(member in 0..4_usize, value in json()) {
        let mut body: Value = serde_json::from_str(VALID).unwrap();
        body[["matchmaker", "latency", "attributes", "party"][member]] = value;
        check(&body.to_string())?;
    }

    #[test]
    fn any_damage_to_a_right_body_is_answered(cut in 0..VALID.len(), letter in any::<char>()) {
        let (start, end) = VALID.split_at(cut);
        check(start)?;
        check(&format!("{start}{letter}{end}"))?;
    }
}

#[test]
fn the_undamaged_body_is_right() {
    assert_eq!(post(VALID).status_code, 202);
}
