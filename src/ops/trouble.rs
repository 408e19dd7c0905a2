//! What GameLift's fleet events mean for somebody who wrote a topology.
//!
//! Source of the codes: <https://docs.aws.amazon.com/gameliftservers/latest/apireference/API_Event.html>

use super::observe::FleetEvent;

/// A kind of fleet event that tells of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What happened.
    pub meaning: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// Keys of the fleet in the topology that it may come from, the likeliest first.
    pub settings: &'static [&'static str],
}

const LAUNCH: &[&str] = &["launch", "build"];
const CAPACITY: &[&str] = &["instance", "spot", "capacity"];
const BUILD: &[&str] = &["build", "launch"];
const CONTAINER: &[&str] = &["container"];

/// What a code means; none: the event is no trouble, or so general that GameLift's own words say more.
pub fn of(code: &str) -> Option<Trouble> {
    let (meaning, advice, settings) = match code {
        "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND" | "SERVER_PROCESS_INVALID_PATH" => (
            "the program in `launch.path` is not inside the build",
            "Correct `launch.path`: it begins with `/local/game/` on Linux, and what follows is a path in the build folder.",
            LAUNCH,
        ),
        "FLEET_VALIDATION_EXECUTABLE_RUNTIME_FAILURE" => (
            "the program in `launch.path` could not be run",
            "Check that it is executable and built for the operating system of the build.",
            LAUNCH,
        ),
        "FLEET_VALIDATION_TIMED_OUT" => (
            "validation of the fleet took too long",
            "Deploy again.",
            LAUNCH,
        ),
        "FLEET_BINARY_DOWNLOAD_FAILED" => (
            "the build could not be downloaded to an instance",
            "Check that the build's archive is in the bucket and that its role may read it.",
            BUILD,
        ),
        "FLEET_CREATION_FAILED_INSTALLER" => (
            "the build's install script failed",
            "Run `install.sh` of the build on the same operating system; look for Windows line ends and missing packages.",
            BUILD,
        ),
        "FLEET_ACTIVATION_FAILED" => (
            "no server process became ready",
            "Look at the server's log: it must call the GameLift server SDK's `InitSDK` and `ProcessReady`.",
            LAUNCH,
        ),
        "FLEET_ACTIVATION_FAILED_NO_INSTANCES" => (
            "EC2 had no instances of this type",
            "Choose another instance type, On-Demand instead of Spot, or deploy again later.",
            CAPACITY,
        ),
        "SERVER_PROCESS_SDK_INITIALIZATION_TIMEOUT"
        | "SERVER_PROCESS_SDK_INITIALIZATION_FAILED" => (
            "the server process did not call `InitSDK` successfully within five minutes",
            "Look at the server's log, and compare the SDK version of the build with the one the server links.",
            LAUNCH,
        ),
        "SERVER_PROCESS_PROCESS_READY_TIMEOUT" => (
            "the server process did not call `ProcessReady` within five minutes of `InitSDK`",
            "Look at the server's log for what it waits for.",
            LAUNCH,
        ),
        "SERVER_PROCESS_CRASHED" => (
            "the server process ended without calling `ProcessEnding`",
            "Look at the server's log and its exit code.",
            LAUNCH,
        ),
        "SERVER_PROCESS_TERMINATED_UNHEALTHY" => (
            "the server process did not answer health checks",
            "Look for a thread that is busy for more than a minute.",
            LAUNCH,
        ),
        "SERVER_PROCESS_MISCONFIGURED_CONTAINER_PORT" => (
            "the server listens on a port that its container does not publish",
            "Let it listen on a port of the fleet's `ports`.",
            CONTAINER,
        ),
        "GAME_SERVER_CONTAINER_GROUP_CRASHED" | "PER_INSTANCE_CONTAINER_GROUP_CRASHED" => (
            "a container ended by itself",
            "Run the image on its own and look at its log and exit code.",
            CONTAINER,
        ),
        "GAME_SESSION_ACTIVATION_TIMEOUT" => (
            "a game session did not activate in time",
            "Look at what the server does between `OnStartGameSession` and `ActivateGameSession`.",
            LAUNCH,
        ),
        "FLEET_INITIALIZATION_FAILED" | "FLEET_STATE_ERROR" | "LOCATION_STATE_ERROR" => (
            "the fleet could not be made",
            "Read GameLift's message.",
            &[][..],
        ),
        _ => return None,
    };
    Some(Trouble {
        meaning,
        advice,
        settings,
    })
}

/// The events that tell of trouble, the most telling first; repeated codes once.
pub fn among(events: &[FleetEvent]) -> Vec<&FleetEvent> {
    let mut found: Vec<&FleetEvent> = Vec::new();
    for event in events
        .iter()
        .rev()
        .filter(|event| of(&event.code).is_some())
    {
        if !found.iter().any(|known| known.code == event.code) {
            found.push(event);
        }
    }
    // The general codes come last in GameLift's order, and say least.
    found.sort_by_key(|event| (is_general(&event.code), std::cmp::Reverse(event.time)));
    found
}

fn is_general(code: &str) -> bool {
    of(code).is_some_and(|trouble| trouble.settings.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    fn check(codes: &[&str], expected: &[&str]) {
        let events: Vec<_> = codes
            .iter()
            .enumerate()
            .map(|(second, code)| FleetEvent {
                time: Moment::from_millis(i64::try_from(second).unwrap() * 1000),
                code: (*code).to_owned(),
                message: None,
            })
            .collect();
        let found: Vec<_> = among(&events)
            .iter()
            .map(|event| event.code.as_str())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn ordinary_life_of_a_fleet_is_no_trouble() {
        check(
            &[
                "FLEET_CREATED",
                "FLEET_STATE_DOWNLOADING",
                "FLEET_STATE_ACTIVE",
            ],
            &[],
        );
    }

    #[test]
    fn particular_code_comes_before_the_general_one() {
        check(
            &[
                "FLEET_CREATED",
                "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND",
                "FLEET_STATE_ERROR",
            ],
            &[
                "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND",
                "FLEET_STATE_ERROR",
            ],
        );
    }

    #[test]
    fn repeated_code_is_told_once() {
        check(
            &["SERVER_PROCESS_CRASHED", "SERVER_PROCESS_CRASHED"],
            &["SERVER_PROCESS_CRASHED"],
        );
    }
}
