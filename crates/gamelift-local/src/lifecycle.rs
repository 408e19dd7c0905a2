//! Which state a fleet is in after how long, and which events it has had by then.
//!
//! Durations are those of AWS, in seconds: a new EC2 fleet is ready after 20 minutes. `Config::speed` makes them
//! pass faster.

use serde::{Deserialize, Serialize};

/// A point on the way to a working fleet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stage {
    pub(crate) at: f64,
    pub(crate) status: &'static str,
    pub(crate) event: &'static str,
    pub(crate) message: &'static str,
}

/// Which way a fleet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Course {
    Ec2,
    Ec2WithoutExecutable,
    Ec2WithoutBuild,
    Ec2WithFailedInstaller,
    Anywhere,
    Container,
}

impl Course {
    /// All stages, in order.
    fn stages(self) -> &'static [Stage] {
        match self {
            Self::Ec2 => EC2,
            Self::Ec2WithoutExecutable => EC2_WITHOUT_EXECUTABLE,
            Self::Ec2WithoutBuild => EC2_WITHOUT_BUILD,
            Self::Ec2WithFailedInstaller => EC2_WITH_FAILED_INSTALLER,
            Self::Anywhere => ANYWHERE,
            Self::Container => CONTAINER,
        }
    }

    /// The stages that a fleet of this age has reached.
    pub(crate) fn reached(self, age: f64) -> impl Iterator<Item = &'static Stage> {
        self.stages()
            .iter()
            .take_while(move |stage| stage.at <= age)
    }

    /// The state of a fleet of this age.
    pub(crate) fn status(self, age: f64) -> &'static str {
        self.reached(age)
            .last()
            .or(self.stages().first())
            .map_or("ERROR", |stage| stage.status)
    }
}

/// How long a fleet or a location takes to go away.
pub(crate) const DELETION: f64 = 600.0;

/// How long a container fleet takes to deploy a change.
pub(crate) const DEPLOYMENT: f64 = 600.0;

/// The age at which a fleet needs its build installed.
pub(crate) const EXTRACTION: f64 = 60.0;

/// How long an image is copied before its container group definition can be used.
pub(crate) const COPYING: f64 = 120.0;

/// A managed EC2 fleet that comes up.
const EC2: &[Stage] = &[
    stage(0.0, "NEW", "FLEET_CREATED", "the fleet was created"),
    stage(
        5.0,
        "DOWNLOADING",
        "FLEET_STATE_DOWNLOADING",
        "the build is being downloaded",
    ),
    stage(
        60.0,
        "DOWNLOADING",
        "FLEET_CREATION_EXTRACTING_BUILD",
        "the build is being extracted",
    ),
    stage(
        90.0,
        "DOWNLOADING",
        "FLEET_CREATION_RUNNING_INSTALLER",
        "the build's install script is running",
    ),
    stage(
        110.0,
        "DOWNLOADING",
        "FLEET_CREATION_COMPLETED_INSTALLER",
        "the build's install script has finished",
    ),
    stage(
        120.0,
        "VALIDATING",
        "FLEET_STATE_VALIDATING",
        "the runtime configuration is being checked",
    ),
    stage(
        150.0,
        "VALIDATING",
        "FLEET_CREATION_VALIDATING_RUNTIME_CONFIG",
        "the launch paths are being checked",
    ),
    stage(
        300.0,
        "BUILDING",
        "FLEET_STATE_BUILDING",
        "instances are being started",
    ),
    stage(
        900.0,
        "ACTIVATING",
        "FLEET_STATE_ACTIVATING",
        "game servers are being started",
    ),
    stage(
        1200.0,
        "ACTIVE",
        "FLEET_STATE_ACTIVE",
        "the fleet can host game sessions",
    ),
];

/// A managed EC2 fleet whose launch path is outside the directory that builds are installed to.
const EC2_WITHOUT_EXECUTABLE: &[Stage] = &[
    EC2[0],
    EC2[1],
    EC2[2],
    EC2[3],
    EC2[4],
    EC2[5],
    stage(
        150.0,
        "ERROR",
        "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND",
        "no executable at the launch path: builds are installed under /local/game or C:\\game",
    ),
    stage(
        150.0,
        "ERROR",
        "FLEET_STATE_ERROR",
        "the fleet could not be created",
    ),
];

/// A managed EC2 fleet whose build can't be fetched or unpacked.
const EC2_WITHOUT_BUILD: &[Stage] = &[
    EC2[0],
    EC2[1],
    EC2[2],
    stage(
        90.0,
        "ERROR",
        "FLEET_BINARY_DOWNLOAD_FAILED",
        "the build could not be downloaded to the fleet",
    ),
    stage(
        90.0,
        "ERROR",
        "FLEET_STATE_ERROR",
        "the fleet could not be created",
    ),
];

/// A managed EC2 fleet whose build has an install script that fails. The event of that has the script's own words.
const EC2_WITH_FAILED_INSTALLER: &[Stage] = &[
    EC2[0],
    EC2[1],
    EC2[2],
    EC2[3],
    stage(
        110.0,
        "ERROR",
        "FLEET_STATE_ERROR",
        "the fleet could not be created",
    ),
];

/// An Anywhere fleet: nothing is provisioned, so it is ready at once.
const ANYWHERE: &[Stage] = &[
    stage(0.0, "NEW", "FLEET_CREATED", "the fleet was created"),
    stage(
        0.0,
        "ACTIVE",
        "FLEET_STATE_ACTIVE",
        "computes can be registered",
    ),
];

/// A managed container fleet.
const CONTAINER: &[Stage] = &[
    stage(
        0.0,
        "PENDING",
        "FLEET_STATE_PENDING",
        "the fleet was created",
    ),
    stage(
        5.0,
        "CREATING",
        "FLEET_STATE_CREATING",
        "instances are being started",
    ),
    stage(
        600.0,
        "CREATED",
        "FLEET_STATE_CREATED",
        "instances are running",
    ),
    stage(
        700.0,
        "ACTIVATING",
        "FLEET_STATE_ACTIVATING",
        "container groups are being started",
    ),
    stage(
        1200.0,
        "ACTIVE",
        "FLEET_STATE_ACTIVE",
        "the fleet can host game sessions",
    ),
];

const fn stage(at: f64, status: &'static str, event: &'static str, message: &'static str) -> Stage {
    Stage {
        at,
        status,
        event,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_follow_each_other_in_the_order_of_the_api() {
        let ages = [0.0, 10.0, 130.0, 400.0, 1000.0, 1200.0, 1e9];
        let states: Vec<_> = ages
            .into_iter()
            .map(|age| Course::Ec2.status(age))
            .collect();
        let expected = [
            "NEW",
            "DOWNLOADING",
            "VALIDATING",
            "BUILDING",
            "ACTIVATING",
            "ACTIVE",
            "ACTIVE",
        ];
        assert_eq!(states, expected);
    }

    #[test]
    fn stages_never_go_back_in_time() {
        for stages in [
            EC2,
            EC2_WITHOUT_EXECUTABLE,
            EC2_WITHOUT_BUILD,
            EC2_WITH_FAILED_INSTALLER,
            ANYWHERE,
            CONTAINER,
        ] {
            assert!(stages.is_sorted_by(|one, two| one.at <= two.at));
            assert_eq!(stages[0].at, 0.0);
        }
    }

    #[test]
    fn clock_that_went_backwards_shows_the_first_state() {
        assert_eq!(Course::Ec2.status(-5.0), "NEW");
    }
}
