//! Server processes: they connect, say that they are ready and well, and go away in one way or another.

use crate::error::{Answer, ApiError, ErrorKind};
use crate::hosting::computes::compute_key;
use crate::world::{Effect, Readiness, ServerProcess, SessionStatus, World, id_of};

/// How long a process may take to call `InitSDK` and `ProcessReady`, in seconds.
/// <https://docs.aws.amazon.com/gamelift/latest/developerguide/fleets-creating-debug.html>
const READY_PATIENCE: f64 = 300.0;

/// Three health reports that did not come: one is due every 60 seconds.
const HEALTH_PATIENCE: f64 = 180.0;

/// How long a process may be without a connection; the SDK connects anew within seconds. Our choice.
const RECONNECT_PATIENCE: f64 = 30.0;

/// What a server process shows when it connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) process: String,
    /// Id or ARN.
    pub(crate) fleet: String,
    pub(crate) compute: String,
    pub(crate) proof: Proof,
}

/// Why a process may speak for its compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The token of `GetComputeAuthToken`.
    Token(String),
    /// A signature of the query. It is not checked: this service knows nobody's secrets.
    Signature,
}

/// How a server process has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// It said goodbye.
    Ended,
    /// It ended without a word, or can't be reached any more.
    Crashed,
    /// It has not said for too long that it is well.
    Unhealthy,
    /// It has not said in time that it can host.
    NeverReady,
    /// It was stopped because its game session had to end at once.
    Killed,
}

impl Departure {
    /// The fleet event that tells of it; none for what is in order.
    fn event(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Ended => None,
            Self::Crashed => Some((
                "SERVER_PROCESS_CRASHED",
                "a server process ended without calling ProcessEnding",
            )),
            Self::Unhealthy => Some((
                "SERVER_PROCESS_TERMINATED_UNHEALTHY",
                "a server process did not report that it is healthy three times in a row",
            )),
            Self::NeverReady => Some((
                "SERVER_PROCESS_PROCESS_READY_TIMEOUT",
                "a server process called InitSDK but not ProcessReady within five minutes",
            )),
            Self::Killed => Some((
                "SERVER_PROCESS_FORCE_TERMINATED",
                "a server process was stopped together with its game session",
            )),
        }
    }
}

impl World {
    /// Lets a server process in; answers with the region of its fleet.
    pub(crate) fn connect(&mut self, hello: &Hello, now: f64) -> Answer<String> {
        let fleet_id = id_of(&hello.fleet).to_owned();
        let region = self.region_of_fleet(&fleet_id)?;
        let place = self.region_or_new(&region);
        let key = compute_key(&fleet_id, &hello.compute);
        let Some(compute) = place.computes.get(&key) else {
            return Err(ApiError::not_found(format!(
                "fleet `{fleet_id}` has no compute `{}`",
                hello.compute
            )));
        };
        let known = match &hello.proof {
            Proof::Token(token) => *token == compute.token.text && now < compute.token.expires,
            Proof::Signature => true,
        };
        if !known {
            return Err(ApiError::new(
                ErrorKind::Unauthorized,
                format!(
                    "the token for compute `{}` is unknown or out of date; get one with GetComputeAuthToken",
                    hello.compute
                ),
            ));
        }
        let fresh = || ServerProcess {
            id: hello.process.clone(),
            fleet_id: fleet_id.clone(),
            compute: compute.name.clone(),
            location: compute.location.clone(),
            port: 0,
            readiness: Readiness::Starting,
            connected: now,
            lost: None,
            well: now,
        };
        let process = place
            .processes
            .entry(hello.process.clone())
            .or_insert_with(fresh);
        process.lost = None;
        Ok(region)
    }

    /// The connection of a process is gone; it may come back.
    pub(crate) fn disconnect(&mut self, region: &str, process: &str, now: f64) {
        if let Some(process) = self.process_mut(region, process) {
            process.lost = Some(now);
        }
    }

    /// The process can host a game session, at this port.
    pub(crate) fn process_ready(
        &mut self,
        region: &str,
        process: &str,
        port: u16,
        now: f64,
    ) -> Answer<()> {
        let process = self
            .process_mut(region, process)
            .ok_or_else(|| unknown_process(process))?;
        if process.readiness != Readiness::Starting {
            return Err(ApiError::invalid(
                "the server process has already called ProcessReady",
            ));
        }
        process.port = port;
        process.readiness = Readiness::Idle;
        process.well = now;
        Ok(())
    }

    /// Takes a process out, and ends its game session.
    pub(crate) fn process_gone(
        &mut self,
        region: &str,
        process: &str,
        departure: Departure,
        now: f64,
    ) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let Some(process) = place.processes.remove(process) else {
            return;
        };
        if let (Some((code, message)), Ok(fleet)) =
            (departure.event(), place.fleets.find_mut(&process.fleet_id))
        {
            fleet.note(now, code, format!("{message} ({})", process.id));
        }
        if let Some(session) = process.session() {
            let reason = (departure == Departure::Killed).then_some("FORCE_TERMINATED");
            self.end_session(session, SessionStatus::Terminated, reason, now);
        }
        self.effect(Effect::Disconnect {
            process: process.id,
        });
    }

    /// Sends a frame to a process.
    pub(crate) fn push(&mut self, process: &str, frame: serde_json::Value) {
        self.effect(Effect::Push {
            process: process.to_owned(),
            frame,
        });
    }

    pub(crate) fn process_mut(
        &mut self,
        region: &str,
        process: &str,
    ) -> Option<&mut ServerProcess> {
        self.region_named(region)?.processes.get_mut(process)
    }

    pub(super) fn advance_processes(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let computes = &place.computes;
        let departed: Vec<_> = place
            .processes
            .values()
            .filter_map(|process| {
                let key = compute_key(&process.fleet_id, &process.compute);
                let departure = match computes.contains_key(&key) {
                    true => overdue(process, now)?,
                    false => Departure::Killed,
                };
                Some((process.id.clone(), departure))
            })
            .collect();
        for (process, departure) in departed {
            self.process_gone(region, &process, departure, now);
        }
    }
}

/// How a process counts as gone that has been silent for too long.
fn overdue(process: &ServerProcess, now: f64) -> Option<Departure> {
    let lost = process
        .lost
        .is_some_and(|since| now - since >= RECONNECT_PATIENCE);
    let starting = process.readiness == Readiness::Starting;
    if lost {
        Some(Departure::Crashed)
    } else if starting && now - process.connected >= READY_PATIENCE {
        Some(Departure::NeverReady)
    } else if !starting && now - process.well >= HEALTH_PATIENCE {
        Some(Departure::Unhealthy)
    } else {
        None
    }
}

fn unknown_process(process: &str) -> ApiError {
    ApiError::not_found(format!("server process `{process}` is not connected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(readiness: Readiness, lost: Option<f64>, silent: f64, expected: Option<Departure>) {
        let process = ServerProcess {
            id: "p".to_owned(),
            fleet_id: "fleet-1".to_owned(),
            compute: "c".to_owned(),
            location: "eu-west-1".to_owned(),
            port: 7777,
            readiness,
            connected: 0.0,
            lost,
            well: 0.0,
        };
        assert_eq!(overdue(&process, silent), expected);
    }

    #[test]
    fn process_that_reports_is_kept_and_a_silent_one_is_unhealthy() {
        check(Readiness::Idle, None, 179.0, None);
        check(Readiness::Idle, None, 180.0, Some(Departure::Unhealthy));
    }

    #[test]
    fn process_has_five_minutes_to_be_ready() {
        check(Readiness::Starting, None, 299.0, None);
        check(
            Readiness::Starting,
            None,
            300.0,
            Some(Departure::NeverReady),
        );
    }

    #[test]
    fn lost_connection_may_come_back_within_half_a_minute() {
        check(Readiness::Idle, Some(0.0), 29.0, None);
        check(Readiness::Idle, Some(0.0), 30.0, Some(Departure::Crashed));
    }
}
