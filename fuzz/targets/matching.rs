//! No rule set that is accepted makes the matcher panic, or form a match of tickets that nobody sent.

#![no_main]

use flexmatch::matching::{Event, Matchmaker, MatchmakerOptions, Moment, Player, Ticket};
use flexmatch::{AttributeType, AttributeValue, RuleSet, parse};
use libfuzzer_sys::fuzz_target;

const TICKETS: u32 = 12;

fuzz_target!(|text: &str| {
    let Some(rule_set) = parse(text).rule_set else {
        return;
    };
    let mut matchmaker = Matchmaker::new(&rule_set, MatchmakerOptions::default());
    for number in 0..TICKETS {
        // Refused is a ticket that doesn't fit the rule set, which is as good as a match here.
        let _ = matchmaker.enqueue(ticket(number, &rule_set), Moment::default());
    }
    for second in [0, 1, 5, 30, 300] {
        for event in matchmaker.tick(Moment::from_secs(second)) {
            if let Event::Ready(found) = event {
                assert!(found.players().count() <= TICKETS as usize);
            }
        }
    }
});

fn ticket(number: u32, rule_set: &RuleSet) -> Ticket {
    let id = format!("player-{number}");
    let near = number % 3;
    let mut player = Player::new(id.as_str())
        .near("us-east-1", 20 + 40 * near)
        .near("eu-west-1", 100 - 40 * near);
    for attribute in rule_set.attributes() {
        player = player.with(&attribute.name, value(attribute.attribute_type, number));
    }
    Ticket::new(id, vec![player])
}

/// Values that some players share.
fn value(kind: AttributeType, number: u32) -> AttributeValue {
    let word = || format!("word-{}", number % 2);
    let size = f64::from(number % 4) * 10.0;
    match kind {
        AttributeType::String => AttributeValue::String(word()),
        AttributeType::Number => AttributeValue::Number(size),
        AttributeType::StringList => AttributeValue::StringList(vec![word(), "both".to_owned()]),
        AttributeType::StringNumberMap => {
            AttributeValue::StringNumberMap([(word(), size), ("both".to_owned(), 1.0)].into())
        }
    }
}
