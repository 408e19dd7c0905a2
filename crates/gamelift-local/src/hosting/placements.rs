//! Placements: a queue looks for a place for a new game session until it has one or time is over.

use placement::{Latencies, ON_DEMAND_COST, Override, Place, Rules, SPOT_COST};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::events;
use crate::input::Record;
use crate::world::{Fleet, Hosting, SessionRequest, SessionStatus, World, id_of, present, text};

/// The state of a placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum PlacementStatus {
    Pending,
    Fulfilled,
    Cancelled,
    TimedOut,
    Failed,
}

/// Who wants a game session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// A caller of `StartGameSessionPlacement`.
    Request,
    /// FlexMatch, for a match; the placement has the match's id.
    Match,
}

/// A player who is to have a seat in the new session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Guest {
    pub(crate) player: String,
    pub(crate) data: Option<String>,
}

/// A guest's seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub(crate) player: String,
    pub(crate) seat: String,
}

/// A request for a place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Placement {
    pub(crate) id: String,
    /// The queue's name.
    pub(crate) queue: String,
    pub(crate) purpose: Purpose,
    pub(crate) request: SessionRequest,
    pub(crate) guests: Vec<Guest>,
    /// `PlayerLatencies` as given.
    pub(crate) latencies: Vec<Value>,
    /// `PriorityConfigurationOverride` as given.
    pub(crate) overriding: Option<Value>,
    pub(crate) status: PlacementStatus,
    pub(crate) started: f64,
    pub(crate) ended: Option<f64>,
    /// The session that is being started.
    pub(crate) attempt: Option<String>,
    pub(crate) placed: Vec<Placed>,
}

/// Whether a placement still looks for a place.
fn is_pending(placement: &Placement) -> bool {
    placement.status == PlacementStatus::Pending
}

impl Placement {
    fn latencies(&self) -> Latencies {
        let mut latencies = Latencies::default();
        for entry in &self.latencies {
            if let (Some(player), Some(location), Some(figure)) = (
                entry["PlayerId"].as_str(),
                entry["RegionIdentifier"].as_str(),
                entry["LatencyInMilliseconds"].as_f64(),
            ) {
                latencies.note(player, location, figure);
            }
        }
        latencies
    }

    /// The ARN of the session that fulfils the placement.
    pub(crate) fn session(&self) -> Option<&str> {
        let fulfilled = self.status == PlacementStatus::Fulfilled;
        self.attempt.as_deref().filter(|_| fulfilled)
    }

    fn end(&mut self, status: PlacementStatus, now: f64) {
        self.status = status;
        self.ended = Some(now);
    }
}

impl World {
    /// Puts a placement into its queue.
    pub(crate) fn start_placement(&mut self, region: &str, placement: Placement) -> Answer<()> {
        let id = placement.id.clone();
        self.region_or_new(region).placements.insert(&id, placement)
    }

    /// Gives up a placement that still looks for a place.
    pub(crate) fn stop_placement(&mut self, region: &str, id: &str, now: f64) -> Answer<Placement> {
        let placement = self.region_or_new(region).placements.find(id)?.clone();
        if !is_pending(&placement) {
            return Err(ApiError::invalid(format!(
                "placement `{id}` is no longer PENDING"
            )));
        }
        self.give_up(region, placement, PlacementStatus::Cancelled, now)
    }

    /// As `GameSessionPlacement` of the API.
    pub(crate) fn shown_placement(&mut self, placement: &Placement) -> Value {
        let request = &placement.request;
        let mut shown = json!({
            "PlacementId": placement.id,
            "GameSessionQueueName": placement.queue,
            "Status": placement.status,
            "GameProperties": request.properties,
            "MaximumPlayerSessionCount": request.maximum_players,
            "GameSessionName": request.name,
            "PlayerLatencies": placement.latencies,
            "StartTime": placement.started,
            "EndTime": placement.ended,
            "GameSessionData": request.data,
            "MatchmakerData": request.matchmaker_data,
            "PriorityConfigurationOverride": placement.overriding,
        });
        if let Ok(session) = self.fulfilled_by(placement) {
            let placed = placement
                .placed
                .iter()
                .map(|placed| json!({ "PlayerId": placed.player, "PlayerSessionId": placed.seat }));
            shown["PlacedPlayerSessions"] = placed.collect();
            for (member, value) in session {
                shown[member] = value;
            }
        }
        present(shown)
    }

    fn fulfilled_by(&mut self, placement: &Placement) -> Answer<Vec<(&'static str, Value)>> {
        let session = self.session_mut(placement.session().unwrap_or_default())?;
        let address = &session.seating.address;
        let region = session.arn.split(':').nth(3).unwrap_or_default();
        Ok(vec![
            ("GameSessionId", id_of(&session.arn).into()),
            ("GameSessionArn", session.arn.clone().into()),
            ("GameSessionRegion", region.into()),
            ("IpAddress", address.ip.clone().into()),
            ("DnsName", address.dns.clone().into()),
            ("Port", address.port.into()),
            ("PlayerGatewayStatus", "DISABLED".into()),
        ])
    }

    pub(super) fn advance_placements(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let mut pending: Vec<_> = place
            .placements
            .values()
            .filter(|placement| is_pending(placement))
            .cloned()
            .collect();
        pending.sort_by(|one, two| one.started.total_cmp(&two.started));
        for placement in pending {
            // What could be refused here has been checked when the placement was made.
            let _ = self.advance_placement(region, placement, now);
        }
    }

    fn advance_placement(
        &mut self,
        region: &str,
        mut placement: Placement,
        now: f64,
    ) -> Answer<()> {
        let Ok(queue) = self
            .region_or_new(region)
            .queues
            .find(&placement.queue)
            .cloned()
        else {
            self.give_up(region, placement, PlacementStatus::Failed, now)?;
            return Ok(());
        };
        let waited = now - placement.started;
        let attempt = placement.attempt.as_deref();
        match attempt.map(|arn| self.session_mut(arn).map(|session| session.status)) {
            Some(Ok(SessionStatus::Active)) => return self.fulfil(region, placement, now),
            Some(Ok(SessionStatus::Activating)) => {}
            Some(_) => placement.attempt = None,
            None => {}
        }
        let timeout = queue.get("TimeoutInSeconds").and_then(Value::as_f64);
        if timeout.is_some_and(|timeout| waited >= timeout) {
            self.give_up(region, placement, PlacementStatus::TimedOut, now)?;
            return Ok(());
        }
        if placement.attempt.is_none() {
            placement.attempt = self.try_places(&queue, &placement, now);
            let placements = &mut self.region_or_new(region).placements;
            *placements.find_mut(&placement.id)? = placement.clone();
        }
        Ok(())
    }

    /// Starts a session in the best place that has room.
    fn try_places(&mut self, queue: &Record, placement: &Placement, now: f64) -> Option<String> {
        let places = self.places(queue, now);
        let overriding: Option<Override> = placement
            .overriding
            .clone()
            .and_then(|value| serde_json::from_value(value).ok());
        // The model has checked the shape of both.
        let rules: Rules = serde_json::from_value(queue.clone().into()).unwrap_or_default();
        let ranked = rules.ranked(
            places,
            &placement.latencies(),
            overriding.as_ref(),
            now - placement.started,
        );
        ranked.iter().find_map(|place| {
            let target = (
                place.region.as_str(),
                place.fleet.as_str(),
                place.location.as_str(),
            );
            self.host(target, placement.request.clone(), None, now)
        })
    }

    /// The locations of a queue's destinations that are active. Those that don't exist are passed over.
    fn places(&mut self, queue: &Record, now: f64) -> Vec<Place> {
        let destinations = queue.get("Destinations").and_then(Value::as_array);
        let arns: Vec<_> = destinations
            .into_iter()
            .flatten()
            .filter_map(|destination| destination["DestinationArn"].as_str())
            .collect();
        let speed = self.speed();
        let mut places = Vec::new();
        for (position, arn) in arns.into_iter().enumerate() {
            let Some((region, fleet)) = self.fleet_behind(arn) else {
                continue;
            };
            let active = fleet
                .locations
                .iter()
                .filter(|(_, location)| fleet.location_status_at(location, now, speed) == "ACTIVE");
            places.extend(active.map(|(name, _)| Place {
                destination: position,
                region: region.clone(),
                fleet: fleet.id().to_owned(),
                location: name.clone(),
                cost: cost(fleet),
            }));
        }
        places
    }

    fn fulfil(&mut self, region: &str, mut placement: Placement, now: f64) -> Answer<()> {
        let arn = placement.attempt.clone().unwrap_or_default();
        for guest in &placement.guests {
            let seat = self.id("psess");
            let session = self.session_mut(&arn)?;
            session.reserve(seat.clone(), &guest.player, guest.data.clone(), now);
            placement.placed.push(Placed {
                player: guest.player.clone(),
                seat,
            });
        }
        placement.end(PlacementStatus::Fulfilled, now);
        self.placement_ended(region, placement)?;
        Ok(())
    }

    fn give_up(
        &mut self,
        region: &str,
        mut placement: Placement,
        status: PlacementStatus,
        now: f64,
    ) -> Answer<Placement> {
        if let Some(attempt) = placement.attempt.take() {
            // Its process may be gone already.
            let _ = self.ask_to_end(&attempt, now);
        }
        placement.end(status, now);
        self.placement_ended(region, placement)
    }

    fn placement_ended(&mut self, region: &str, placement: Placement) -> Answer<Placement> {
        *self
            .region_or_new(region)
            .placements
            .find_mut(&placement.id)? = placement.clone();
        let mut detail = self.shown_placement(&placement);
        if let Some(arn) = placement.session() {
            let session = self.session_mut(arn)?;
            detail["GameSessionLocation"] = session.seating.location.clone().into();
            detail["ComputeName"] = session.seating.compute.clone().into();
        }
        let queue = self
            .region_or_new(region)
            .queues
            .find(&placement.queue)
            .cloned();
        if let Ok(queue) = queue {
            let event = events::of_placement(&placement, &detail, &queue);
            self.publish(region, text(&queue, "NotificationTarget"), event);
        }
        Ok(placement)
    }

    /// The fleet of a destination, through an alias or not, and its region.
    pub(crate) fn fleet_behind(&mut self, arn: &str) -> Option<(String, &Fleet)> {
        let region = arn.split(':').nth(3)?.to_owned();
        let place = self.region_named(&region)?;
        let fleet = if arn.contains(":alias/") {
            let strategy = place.aliases.find(arn).ok()?.get("RoutingStrategy")?;
            strategy.get("FleetId")?.as_str()?.to_owned()
        } else {
            arn.to_owned()
        };
        place.fleets.find(&fleet).ok().map(|fleet| (region, fleet))
    }
}

fn cost(fleet: &Fleet) -> f64 {
    match fleet.hosting {
        Hosting::Anywhere => fleet
            .record
            .get("AnywhereConfiguration")
            .and_then(|configuration| configuration["Cost"].as_str()?.parse().ok())
            .unwrap_or_default(),
        Hosting::Ec2 | Hosting::Container => match text(&fleet.record, "FleetType") {
            "SPOT" => SPOT_COST,
            _ => ON_DEMAND_COST,
        },
    }
}
