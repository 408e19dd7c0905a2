//! Events as GameLift publishes them: the EventBridge envelope around a detail.
//!
//! Shapes: <https://docs.aws.amazon.com/gamelift/latest/flexmatchguide/match-events.html> and
//! <https://docs.aws.amazon.com/gamelift/latest/developerguide/queue-events.html>.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::hosting::{Placement, PlacementStatus};
use crate::input::Record;
use crate::world::{present, text};

/// An event on its way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// The region that it comes from.
    pub region: String,
    /// The ARN of the SNS topic that wants it. EventBridge gets every event.
    pub topic: Option<String>,
    /// The envelope with the event.
    pub event: Value,
}

/// The `detail-type` of events about tickets.
pub(crate) const MATCHMAKING: &str = "GameLift Matchmaking Event";

/// The `detail-type` of events about placements.
const PLACEMENT: &str = "GameLift Queue Placement Event";

/// An event without its envelope.
pub(crate) struct Event {
    pub(crate) detail_type: &'static str,
    /// The ARN of the matchmaking configuration or the queue.
    pub(crate) resource: String,
    pub(crate) detail: Value,
}

/// Where an event comes from.
pub(crate) struct Origin<'a> {
    pub(crate) id: String,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) now: f64,
}

impl Event {
    /// Puts the event into its envelope.
    pub(crate) fn sealed(self, origin: Origin<'_>) -> Value {
        json!({
            "version": "0",
            "id": origin.id,
            "detail-type": self.detail_type,
            "source": "aws.gamelift",
            "account": origin.account,
            "time": timestamp(origin.now),
            "region": origin.region,
            "resources": [self.resource],
            "detail": self.detail,
        })
    }
}

/// The event of a placement that has ended. `shown` is the placement as the API shows it.
pub(crate) fn of_placement(placement: &Placement, shown: &Value, queue: &Record) -> Event {
    let kind = match placement.status {
        PlacementStatus::Fulfilled => "PlacementFulfilled",
        PlacementStatus::Cancelled => "PlacementCancelled",
        PlacementStatus::TimedOut => "PlacementTimedOut",
        PlacementStatus::Pending | PlacementStatus::Failed => "PlacementFailed",
    };
    let placed = shown["PlacedPlayerSessions"].as_array().map(|placed| {
        placed
            .iter()
            .map(|seat| json!({ "playerId": seat["PlayerId"], "playerSessionId": seat["PlayerSessionId"] }))
            .collect::<Vec<_>>()
    });
    let detail = present(json!({
        "type": kind,
        "placementId": placement.id,
        "startTime": timestamp(placement.started),
        "endTime": placement.ended.map(timestamp),
        // A text here, a number in matchmaking events.
        "port": shown["Port"].as_u64().map(|port| port.to_string()),
        "gameSessionArn": shown["GameSessionArn"],
        "ipAddress": shown["IpAddress"],
        "dnsName": shown["DnsName"],
        "gameSessionRegion": shown["GameSessionRegion"],
        "gameSessionLocation": shown["GameSessionLocation"],
        "playerGatewayStatus": shown["PlayerGatewayStatus"],
        "computeName": shown["ComputeName"],
        "placedPlayerSessions": placed,
        "customEventData": queue.get("CustomEventData"),
    }));
    Event {
        detail_type: PLACEMENT,
        resource: text(queue, "GameSessionQueueArn").to_owned(),
        detail,
    }
}

/// A time as events show it, as `2025-01-31T12:00:00.123Z`.
pub(crate) fn timestamp(seconds: f64) -> String {
    let nanoseconds = ((seconds * 1000.0).round() as i128).saturating_mul(1_000_000);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (moment.date(), moment.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_a_zone() {
        assert_eq!(timestamp(1_738_324_800.123), "2025-01-31T12:00:00.123Z");
        assert_eq!(timestamp(f64::MAX), "1970-01-01T00:00:00.000Z");
    }
}
