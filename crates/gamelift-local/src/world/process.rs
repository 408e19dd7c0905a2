//! Computes and the server processes on them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::session::present;

/// How long a token for server processes is good, in seconds. AWS does not publish its own figure.
pub(crate) const TOKEN_LIFE: f64 = 3.0 * 3600.0;

/// Who brought a compute into its fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// The service: it stands for the instances of a managed fleet in one location.
    Managed,
    /// The user, with `RegisterCompute`.
    Registered,
}

/// A machine that runs server processes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Compute {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) fleet_id: String,
    pub(crate) fleet_arn: String,
    pub(crate) location: String,
    pub(crate) ip: String,
    pub(crate) dns: Option<String>,
    pub(crate) certificate: Option<String>,
    pub(crate) instance_type: Option<String>,
    pub(crate) origin: Origin,
    pub(crate) created: f64,
    pub(crate) token: Token,
}

/// What a server process shows when it connects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Seconds since 1970.
    pub(crate) expires: f64,
}

impl Compute {
    /// As `Compute` of the API; `socket` is where server processes connect to.
    pub(crate) fn shown(&self, socket: &str) -> Value {
        present(json!({
            "FleetId": self.fleet_id,
            "FleetArn": self.fleet_arn,
            "ComputeName": self.name,
            "ComputeArn": self.arn,
            "IpAddress": self.ip,
            "DnsName": self.dns,
            "ComputeStatus": "ACTIVE",
            "Location": self.location,
            "CreationTime": self.created,
            "Type": self.instance_type,
            "InstanceId": (self.origin == Origin::Managed).then_some(&self.name),
            "GameLiftServiceSdkEndpoint": socket,
        }))
    }
}

/// What a server process can be used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Readiness {
    /// Connected; has not said that it can host.
    Starting,
    /// Waits for a game session.
    Idle,
    /// Hosts the game session of this ARN.
    Hosting(String),
    /// Has been told to end.
    Ending,
}

/// A program that hosts one game session at a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServerProcess {
    pub(crate) id: String,
    pub(crate) fleet_id: String,
    pub(crate) compute: String,
    pub(crate) location: String,
    pub(crate) port: u16,
    pub(crate) readiness: Readiness,
    pub(crate) connected: f64,
    /// Since when its connection is gone.
    pub(crate) lost: Option<f64>,
    /// When it last said that it is well.
    pub(crate) well: f64,
}

impl ServerProcess {
    /// Whether it can take a game session now.
    pub(crate) fn is_idle(&self) -> bool {
        self.readiness == Readiness::Idle && self.lost.is_none()
    }

    /// The session that it hosts.
    pub(crate) fn session(&self) -> Option<&str> {
        match &self.readiness {
            Readiness::Hosting(session) => Some(session),
            Readiness::Starting | Readiness::Idle | Readiness::Ending => None,
        }
    }
}
