//! FlexMatch through the GameLift API.

use std::collections::BTreeMap;
use std::error::Error;

use aws_sdk_gamelift::Client;
use aws_sdk_gamelift::config::http::HttpResponse;
use aws_sdk_gamelift::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_gamelift::types::{
    AcceptanceType, AttributeValue, GameSessionConnectionInfo, MatchmakingConfigurationStatus,
    MatchmakingTicket, Player,
};

use super::error::reason;
use crate::attributes::Attribute;
use crate::id::{PlayerId, TicketId};
use crate::matchmaker::{Answer, MatchPlayer, MatchRequest, Matchmaker, MatchmakerError};
use crate::state::Signal;
use crate::ticket::{Connection, Observation, PlayerOutcome};
use crate::timestamp::Timestamp;

/// FlexMatch of one Region.
pub struct FlexMatch(Client);

impl FlexMatch {
    pub(super) const fn new(client: Client) -> Self {
        Self(client)
    }
}

impl Matchmaker for FlexMatch {
    async fn start(&self, request: &MatchRequest) -> Result<(), MatchmakerError> {
        let call = self
            .0
            .start_matchmaking()
            .ticket_id(request.ticket.as_str())
            .configuration_name(&request.configuration)
            .set_players(Some(request.players.iter().map(player).collect()));
        let answer = call.send().await;
        answer
            .map(|_| ())
            .map_err(|error| refused(format!("start ticket `{}`", request.ticket), &error))
    }

    async fn stop(&self, ticket: &TicketId) -> Result<(), MatchmakerError> {
        let answer = self
            .0
            .stop_matchmaking()
            .ticket_id(ticket.as_str())
            .send()
            .await;
        answer
            .map(|_| ())
            .map_err(|error| refused(format!("stop ticket `{ticket}`"), &error))
    }

    async fn accept(
        &self,
        ticket: &TicketId,
        player: &PlayerId,
        answer: Answer,
    ) -> Result<(), MatchmakerError> {
        let kind = match answer {
            Answer::Accept => AcceptanceType::Accept,
            Answer::Reject => AcceptanceType::Reject,
        };
        let call = self
            .0
            .accept_match()
            .ticket_id(ticket.as_str())
            .player_ids(player.as_str())
            .acceptance_type(kind);
        let answer = call.send().await;
        answer
            .map(|_| ())
            .map_err(|error| refused(format!("answer for ticket `{ticket}`"), &error))
    }

    async fn describe(
        &self,
        tickets: &[TicketId],
        at: Timestamp,
    ) -> Result<BTreeMap<TicketId, Observation>, MatchmakerError> {
        let ids = tickets.iter().map(TicketId::to_string).collect();
        let answer = self
            .0
            .describe_matchmaking()
            .set_ticket_ids(Some(ids))
            .send()
            .await;
        let answer = answer
            .map_err(|error| refused(format!("describe {} tickets", tickets.len()), &error))?;
        let known = answer.ticket_list.unwrap_or_default();
        Ok(known
            .into_iter()
            .filter_map(|ticket| observation(ticket, at))
            .collect())
    }
}

fn player(player: &MatchPlayer) -> Player {
    let attributes = player
        .attributes
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect();
    let latency = player
        .latency
        .iter()
        .map(|(location, millis)| (location.clone(), *millis))
        .collect();
    Player::builder()
        .player_id(player.player.as_str())
        .set_player_attributes(Some(attributes))
        .set_latency_in_ms(Some(latency))
        .build()
}

fn attribute(value: &Attribute) -> AttributeValue {
    let builder = AttributeValue::builder();
    match value {
        Attribute::String(text) => builder.s(text),
        Attribute::Number(number) => builder.n(*number),
        Attribute::StringList(items) => builder.set_sl(Some(items.clone())),
        Attribute::StringNumberMap(pairs) => builder.set_sdm(Some(
            pairs
                .iter()
                .map(|(key, number)| (key.clone(), *number))
                .collect(),
        )),
    }
    .build()
}

/// What a description says; none for a ticket without id or with a status that is not known here.
fn observation(ticket: MatchmakingTicket, at: Timestamp) -> Option<(TicketId, Observation)> {
    let id = TicketId::new(ticket.ticket_id?);
    let signal = signal(ticket.status.as_ref()?)?;
    let info = ticket
        .game_session_connection_info
        .filter(|_| signal == Signal::Succeeded);
    let sessions = info
        .as_ref()
        .and_then(|info| info.matched_player_sessions.clone())
        .unwrap_or_default();
    let outcomes = sessions.into_iter().filter_map(|matched| {
        Some(PlayerOutcome {
            player: PlayerId::new(matched.player_id?),
            session: matched.player_session_id,
            accepted: None,
        })
    });
    let seen = Observation {
        reason: ticket.status_reason,
        message: ticket.status_message,
        estimated_wait_seconds: ticket.estimated_wait_time.map(i64::from),
        players: outcomes.collect(),
        connection: info.map(connection),
        ..Observation::bare(signal, at)
    };
    Some((id, seen))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK's enum is open; a new status says nothing here"
)]
const fn signal(status: &MatchmakingConfigurationStatus) -> Option<Signal> {
    Some(match status {
        MatchmakingConfigurationStatus::Queued => Signal::Queued,
        MatchmakingConfigurationStatus::Searching => Signal::Searching,
        MatchmakingConfigurationStatus::RequiresAcceptance => Signal::MatchProposed,
        MatchmakingConfigurationStatus::Placing => Signal::MatchFormed,
        MatchmakingConfigurationStatus::Completed => Signal::Succeeded,
        MatchmakingConfigurationStatus::TimedOut => Signal::TimedOut,
        MatchmakingConfigurationStatus::Cancelled => Signal::Cancelled,
        MatchmakingConfigurationStatus::Failed => Signal::Failed,
        _ => return None,
    })
}

fn connection(info: GameSessionConnectionInfo) -> Connection {
    Connection {
        game_session_arn: info.game_session_arn,
        ip_address: info.ip_address,
        dns_name: info.dns_name,
        port: info.port.and_then(|port| u16::try_from(port).ok()),
        location: None,
    }
}

fn refused<E>(operation: String, error: &SdkError<E, HttpResponse>) -> MatchmakerError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let reason = reason(error);
    match error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
    {
        Some("InvalidRequestException") => MatchmakerError::Refused { operation, reason },
        Some("NotFoundException") => MatchmakerError::Unknown { operation, reason },
        Some(
            "ThrottlingException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded",
        ) => MatchmakerError::Throttled { operation, reason },
        _ => MatchmakerError::Unavailable { operation, reason },
    }
}

#[cfg(test)]
#[path = "gamelift_tests.rs"]
mod tests;
