//! The body of `POST /tickets`: text in, a checked wish out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use tickets::answer::Problem;
use tickets::api::ApiCall;
use tickets::attributes::check_offered;
use tickets::id::PlayerId;
use tickets::matchmaker::PLAYERS_PER_TICKET;
use tickets::settings::MatchmakerSettings;

use crate::settings::Settings;

/// Longest player id FlexMatch takes.
const LONGEST_PLAYER_ID: usize = 1_024;

/// Beyond this a location is out of reach, whatever the client measured.
const HIGHEST_LATENCY: u64 = 60_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    matchmaker: String,
    latency: BTreeMap<String, u64>,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    #[serde(default)]
    party: Vec<PlayerId>,
}

/// What a caller wants, checked as far as it can be without reading a table.
pub(crate) struct Wish<'a> {
    pub(crate) matchmaker: &'a str,
    pub(crate) matchmaker_settings: &'a MatchmakerSettings,
    /// Milliseconds by location, each at least 1.
    pub(crate) latency: BTreeMap<String, i32>,
    /// Offered by the client; what is stored wins.
    pub(crate) attributes: BTreeMap<String, Value>,
    /// The other players.
    pub(crate) party: Vec<PlayerId>,
}

/// Reads and checks the body.
pub(crate) fn read<'a>(
    call: &ApiCall,
    caller: &PlayerId,
    settings: &'a Settings,
) -> Result<Wish<'a>, Problem> {
    let body: Body = call.json()?;
    let (matchmaker, matchmaker_settings) = settings
        .matchmakers
        .get_key_value(&body.matchmaker)
        .ok_or_else(|| {
            Problem::bad_request(format!("there is no matchmaker `{}`", body.matchmaker))
        })?;
    check_party(caller, &body.party)?;
    check_offered(&settings.attributes, &body.attributes).map_err(Problem::bad_request)?;
    Ok(Wish {
        matchmaker,
        matchmaker_settings,
        latency: latency(&body.latency, &settings.locations)?,
        attributes: body.attributes,
        party: body.party,
    })
}

fn check_party(caller: &PlayerId, party: &[PlayerId]) -> Result<(), Problem> {
    if party.len() >= PLAYERS_PER_TICKET {
        return Err(Problem::bad_request(format!(
            "a ticket holds at most {PLAYERS_PER_TICKET} players"
        )));
    }
    let mut seen = BTreeSet::from([caller]);
    for member in party {
        if !(1..=LONGEST_PLAYER_ID).contains(&member.as_str().len()) {
            return Err(Problem::bad_request(
                "`party` holds something that is no player id",
            ));
        }
        if !seen.insert(member) {
            return Err(Problem::bad_request(
                "`party` names the caller or a player twice",
            ));
        }
    }
    Ok(())
}

/// FlexMatch takes whole milliseconds from 1 up and considers only the locations named.
fn latency(
    sent: &BTreeMap<String, u64>,
    locations: &BTreeSet<String>,
) -> Result<BTreeMap<String, i32>, Problem> {
    if sent.is_empty() && !locations.is_empty() {
        return Err(Problem::bad_request("`latency` is empty"));
    }
    let pair = |(location, millis): (&String, &u64)| {
        if !locations.contains(location) {
            return Err(Problem::bad_request(format!(
                "`latency` names `{location}`, where nothing is hosted"
            )));
        }
        let millis = i32::try_from((*millis).clamp(1, HIGHEST_LATENCY)).unwrap_or(i32::MAX);
        Ok((location.clone(), millis))
    };
    sent.iter().map(pair).collect()
}
