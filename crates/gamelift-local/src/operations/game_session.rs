//! Game sessions: created on a fleet, described, changed, ended.

use serde_json::{Value, json};

use super::search::Search;
use super::{Table, fleet_of};
use crate::error::{Answer, ApiError, ErrorKind};
use crate::hosting::{Departure, frame_of_update};
use crate::input::Input;
use crate::page::page;
use crate::world::{
    Call, GameSession, JoinPolicy, SessionRequest, SessionStatus, World, answer, present,
};

pub(super) const OPERATIONS: Table = &[
    ("CreateGameSession", create),
    ("DescribeGameSessions", describe),
    ("DescribeGameSessionDetails", describe_details),
    ("SearchGameSessions", search),
    ("UpdateGameSession", update),
    ("TerminateGameSession", terminate),
    ("GetGameSessionLogUrl", log_url),
];

/// <https://docs.aws.amazon.com/general/latest/gr/gamelift.html>
pub(super) const MOST_PLAYERS: i64 = 200;

fn create(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let (region, fleet) = fleet_of(world, call)?;
    let id = input
        .text_or_none("IdempotencyToken")
        .or(input.text_or_none("GameSessionId"));
    let request = request(input)?;
    let place = world.region_or_new(&region);
    let fleet = place.fleets.find(&fleet)?;
    fleet.require_active(call)?;
    let (location, _) = fleet.location(input.text_or_none("Location"))?;
    let (fleet, location) = (fleet.id().to_owned(), location.to_owned());
    // The same token is the same session, however often it is asked for.
    let token = id.map(|id| format!("/{id}"));
    let known = place.sessions.values().find(|session| {
        session.seating.fleet_id == fleet
            && token
                .as_ref()
                .is_some_and(|token| session.arn.ends_with(token))
    });
    if let Some(session) = known {
        return Ok(answer("GameSession", session.shown()));
    }
    let arn = world
        .host((&region, &fleet, &location), request, id, call.now)
        .ok_or_else(|| no_capacity(&fleet, &location))?;
    Ok(answer("GameSession", world.session_mut(&arn)?.shown()))
}

fn no_capacity(fleet: &str, location: &str) -> ApiError {
    ApiError::new(
        ErrorKind::FleetCapacityExceeded,
        format!(
            "fleet `{fleet}` has no server process in {location} that is ready for a game session"
        ),
    )
}

/// What a request says about the new session. Placements use the same members, but for the name's.
pub(super) fn request(input: &Input) -> Answer<SessionRequest> {
    let text = |member: &str| input.text_or_none(member).map(str::to_owned);
    let maximum = input.number("MaximumPlayerSessionCount").unwrap_or(0);
    if !(0..=MOST_PLAYERS).contains(&maximum) {
        return Err(ApiError::invalid(format!(
            "`MaximumPlayerSessionCount` is {maximum}; a game session holds at most {MOST_PLAYERS} players"
        )));
    }
    Ok(SessionRequest {
        maximum_players: maximum.unsigned_abs(),
        name: text("Name").or(text("GameSessionName")),
        creator: text("CreatorId"),
        properties: input.list("GameProperties").to_vec(),
        data: text("GameSessionData"),
        matchmaker_data: None,
    })
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let shown = selected(world, call)?
        .iter()
        .map(GameSession::shown)
        .collect();
    page(&call.input, "GameSessions", 100, shown)
}

fn describe_details(world: &mut World, call: &Call) -> Answer {
    let details = selected(world, call)?.into_iter().map(
        |session| json!({ "GameSession": session.shown(), "ProtectionPolicy": session.protection }),
    );
    page(&call.input, "GameSessionDetails", 100, details.collect())
}

/// The session of the request, or those of its fleet, of one state if it names one.
fn selected(world: &mut World, call: &Call) -> Answer<Vec<GameSession>> {
    let status = call.input.text_or_none("StatusFilter");
    let sessions = match call.input.text_or_none("GameSessionId") {
        Some(arn) => vec![world.session_mut(arn)?.clone()],
        None => of_fleet(world, call)?,
    };
    let wanted =
        |session: &GameSession| status.is_none_or(|status| json!(session.status) == status);
    Ok(sessions.into_iter().filter(wanted).collect())
}

fn of_fleet(world: &mut World, call: &Call) -> Answer<Vec<GameSession>> {
    let location = call.input.text_or_none("Location");
    let (region, fleet) = fleet_of(world, call)?;
    let sessions = world.region_or_new(&region).sessions.values();
    let wanted = sessions.filter(|session| {
        session.seating.fleet_id == fleet
            && location.is_none_or(|location| session.seating.location == location)
    });
    Ok(wanted.cloned().collect())
}

fn search(world: &mut World, call: &Call) -> Answer {
    let text = |member: &str| call.input.text_or_none(member).unwrap_or_default();
    let search = Search::parse(text("FilterExpression"), text("SortExpression"))?;
    let mut sessions = of_fleet(world, call)?;
    sessions.retain(|session| session.status == SessionStatus::Active);
    let found = search.apply(sessions);
    page(
        &call.input,
        "GameSessions",
        100,
        found.iter().map(GameSession::shown).collect(),
    )
}

fn update(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let session = world.session_mut(input.text("GameSessionId")?)?;
    if !session.status.is_open() {
        return Err(ApiError::new(
            ErrorKind::InvalidGameSessionStatus,
            format!("game session `{}` has ended", session.arn),
        ));
    }
    if let Some(maximum) = input.number("MaximumPlayerSessionCount") {
        session.request.maximum_players = maximum.unsigned_abs();
    }
    if let Some(name) = input.text_or_none("Name") {
        session.request.name = Some(name.to_owned());
    }
    match input.text_or_none("PlayerSessionCreationPolicy") {
        Some("DENY_ALL") => session.policy = JoinPolicy::DenyAll,
        Some(_) => session.policy = JoinPolicy::AcceptAll,
        None => {}
    }
    if let Some(protection) = input.text_or_none("ProtectionPolicy") {
        session.protection = protection.to_owned();
    }
    // Named properties are replaced or added, the others stay.
    for property in input.list("GameProperties") {
        let properties = &mut session.request.properties;
        properties.retain(|known| known["Key"] != property["Key"]);
        properties.push(property.clone());
    }
    let (process, frame) = (
        session.seating.process.clone(),
        frame_of_update(session, "UNKNOWN", ""),
    );
    let shown = session.shown();
    world.push(&process, frame);
    Ok(answer("GameSession", shown))
}

fn terminate(world: &mut World, call: &Call) -> Answer {
    let session = world
        .session_mut(call.input.text("GameSessionId")?)?
        .clone();
    if !matches!(
        session.status,
        SessionStatus::Active | SessionStatus::Activating
    ) {
        return Err(ApiError::new(
            ErrorKind::InvalidGameSessionStatus,
            format!("game session `{}` is not ACTIVE", session.arn),
        ));
    }
    if call.input.text("TerminationMode")? == "FORCE_TERMINATE" {
        let region = session.arn.split(':').nth(3).unwrap_or_default();
        world.process_gone(
            region,
            &session.seating.process,
            Departure::Killed,
            call.now,
        );
    } else {
        world.ask_to_end(&session.arn, call.now)?;
    }
    Ok(answer(
        "GameSession",
        world.session_mut(&session.arn)?.shown(),
    ))
}

// Logs stay where the server process writes them; there is no bucket that they are copied to.
fn log_url(world: &mut World, call: &Call) -> Answer {
    world.session_mut(call.input.text("GameSessionId")?)?;
    Ok(present(json!({ "PreSignedUrl": Value::Null })))
}
