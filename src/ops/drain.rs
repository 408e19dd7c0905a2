//! Waits until nobody plays on what is about to go.
//!
//! In: a way to look, and how long to wait. Out: who still plays. Never: ends a game session.

use std::time::Duration;

use super::survey::EnvironmentStatus;
use crate::deploy::Pace;
use crate::event::{Event, EventSink};
use crate::remote::RemoteError;

/// Who plays on the fleets of an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Playing {
    /// Game sessions that run. Those of Anywhere fleets run on hardware that stays, and don't count.
    pub sessions: u32,
    /// Players in them.
    pub players: u32,
}

impl Playing {
    /// Counts what runs on all fleets.
    pub fn of(status: &EnvironmentStatus) -> Self {
        let fleets = status.fleets.iter();
        let places = fleets.flat_map(|fleet| &fleet.what.locations);
        places.fold(Self::default(), |all, place| Self {
            sessions: all.sessions.saturating_add(place.game_sessions),
            players: all.players.saturating_add(place.players),
        })
    }
}

/// Waits until no game session runs, at most as long as `patience`, and gives back what still runs.
///
/// Whoever is told of a session that ends and of another that begins hears both: backfill and new matches go on as long as
/// the API is there.
///
/// # Errors
///
/// When the first look is refused. A later one that fails only leaves the count as it was.
pub async fn drain<Clock: Pace>(
    look: impl AsyncFn() -> Result<Playing, RemoteError>,
    patience: Duration,
    pause: Duration,
    pace: &Clock,
    events: &dyn EventSink,
) -> Result<Playing, RemoteError> {
    let mut playing = look().await?;
    let end = pace.now().saturating_add(patience);
    let mut told = None;
    while playing.sessions > 0 && pace.now() < end {
        if told != Some(playing) {
            told = Some(playing);
            events.emit(Event::SessionsRunning {
                sessions: playing.sessions,
                players: playing.players,
                patience: end.saturating_sub(pace.now()),
            });
        }
        pace.pause(pause.min(end.saturating_sub(pace.now()))).await;
        playing = look().await.unwrap_or(playing);
    }
    Ok(playing)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::deploy::fake::VirtualPace;
    use crate::ops::observe::{FleetState, LocationState};
    use crate::ops::survey::InRegion;

    const MINUTE: Duration = Duration::from_secs(60);

    #[derive(Default)]
    struct Told(RefCell<Vec<(u32, u64)>>);

    impl EventSink for Told {
        fn emit(&self, event: Event) {
            if let Event::SessionsRunning {
                sessions, patience, ..
            } = event
            {
                self.0.borrow_mut().push((sessions, patience.as_secs()));
            }
        }
    }

    fn refused() -> RemoteError {
        RemoteError {
            operation: "DescribeFleetAttributes",
            code: None,
            message: "no".to_owned(),
            request_id: None,
            retryable: true,
        }
    }

    /// Drains for at most a minute, looking every 10 seconds: what the looks show, one after the other, the last one stays.
    /// Gives back what still runs, when it ended, and what was told.
    fn run(looks: &[Option<u32>]) -> (Option<u32>, u64, Vec<(u32, u64)>) {
        let (next, pace, told) = (Cell::new(0), VirtualPace::default(), Told::default());
        let look = async || {
            let place = next.replace(next.get() + 1).min(looks.len() - 1);
            let sessions = looks[place].ok_or_else(refused)?;
            let players = sessions * 10;
            Ok(Playing { sessions, players })
        };
        let pause = Duration::from_secs(10);
        let left = pace.run(drain(look, MINUTE, pause, &pace, &told));
        let left = left.ok().map(|playing| playing.sessions);
        (left, pace.now().as_secs(), told.0.take())
    }

    #[test]
    fn nobody_plays_so_nobody_waits() {
        assert_eq!(run(&[Some(0)]), (Some(0), 0, vec![]));
    }

    #[test]
    fn sessions_are_waited_for_and_told_when_their_number_changes() {
        let looks = [Some(2), Some(2), Some(1), Some(0)];
        assert_eq!(run(&looks), (Some(0), 30, vec![(2, 60), (1, 40)]));
    }

    #[test]
    fn patience_ends() {
        assert_eq!(run(&[Some(1)]), (Some(1), 60, vec![(1, 60)]));
    }

    #[test]
    fn look_that_fails_on_the_way_changes_nothing_and_the_first_one_is_an_error() {
        let looks = [Some(1), None, Some(0)];
        assert_eq!(run(&looks), (Some(0), 20, vec![(1, 60)]));
        assert_eq!(run(&[None]).0, None);
    }

    #[test]
    fn sessions_of_all_fleets_and_locations_count() {
        let place = |game_sessions| LocationState {
            game_sessions,
            players: 2 * game_sessions,
            ..LocationState::default()
        };
        let fleet = |locations| InRegion {
            region: "eu-west-1".to_owned(),
            what: FleetState {
                locations,
                ..FleetState::default()
            },
        };
        let status = EnvironmentStatus {
            fleets: vec![fleet(vec![place(1), place(2)]), fleet(vec![place(4)])],
            ..EnvironmentStatus::default()
        };
        let playing = Playing::of(&status);
        assert_eq!((playing.sessions, playing.players), (7, 14));
    }
}
