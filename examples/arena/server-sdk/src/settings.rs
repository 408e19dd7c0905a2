//! Where a process connects to, as the environment of its fleet says.

use thiserror::Error;
use url::Url;
use uuid::Uuid;

/// On managed instances the agent leaves the choice of the id to the process.
const CHOOSE_ONE: &str = "ManagedResource";

/// The version of the protocol that is spoken, as the service wants it named.
pub(crate) const SDK_VERSION: &str = "5.3.0";

/// Whether the service takes this name is unverified; it is known to take the names of its own SDKs.
pub(crate) const SDK_LANGUAGE: &str = "Rust";

/// Everything needed to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The service's WebSocket.
    pub url: Url,
    /// What lets the process in.
    pub auth_token: String,
    /// Tells this process from others of the same host.
    pub process_id: String,
    /// The host: an instance, or a compute of an Anywhere fleet.
    pub host_id: String,
    /// The fleet.
    pub fleet_id: String,
}

/// Why the environment says not enough.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A variable is missing.
    #[error("the environment has no `{0}`: this process was not started by a fleet")]
    Missing(&'static str),
    /// The variable for the address holds none.
    #[error("`GAMELIFT_SDK_WEBSOCKET_URL` is no address: {0}")]
    Url(#[from] url::ParseError),
}

impl Settings {
    /// Reads `GAMELIFT_SDK_*` through `variable`.
    ///
    /// # Errors
    ///
    /// When one is missing or the address can't be read.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = |name: &'static str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .ok_or(SettingsError::Missing(name))
        };
        let process_id = match read("GAMELIFT_SDK_PROCESS_ID")? {
            id if id == CHOOSE_ONE => Uuid::new_v4().to_string(),
            id => id,
        };
        Ok(Self {
            url: Url::parse(&read("GAMELIFT_SDK_WEBSOCKET_URL")?)?,
            auth_token: read("GAMELIFT_SDK_AUTH_TOKEN")?,
            process_id,
            host_id: read("GAMELIFT_SDK_HOST_ID")?,
            fleet_id: read("GAMELIFT_SDK_FLEET_ID")?,
        })
    }

    /// The address of one connection; the token in it makes a repeated attempt recognisable.
    pub(crate) fn address(&self) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("pID", &self.process_id)
            .append_pair("sdkVersion", SDK_VERSION)
            .append_pair("sdkLanguage", SDK_LANGUAGE)
            .append_pair("Authorization", &self.auth_token)
            .append_pair("ComputeId", &self.host_id)
            .append_pair("FleetId", &self.fleet_id)
            .append_pair("IdempotencyToken", &Uuid::new_v4().to_string());
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "GAMELIFT_SDK_WEBSOCKET_URL" => "wss://us-west-2.api.amazongamelift.com",
            "GAMELIFT_SDK_AUTH_TOKEN" => "a&b",
            "GAMELIFT_SDK_PROCESS_ID" => "p-1",
            "GAMELIFT_SDK_HOST_ID" => "i-1",
            "GAMELIFT_SDK_FLEET_ID" => "fleet-1",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn the_address_names_the_process_and_escapes_the_token() {
        let address = Settings::from_variables(variable).unwrap().address();
        let start = "wss://us-west-2.api.amazongamelift.com/?pID=p-1&sdkVersion=5.3.0&sdkLanguage=Rust&\
                     Authorization=a%26b&ComputeId=i-1&FleetId=fleet-1&IdempotencyToken=";
        assert!(address.as_str().starts_with(start), "{address}");
    }

    #[test]
    fn a_managed_process_chooses_its_own_id() {
        let settings = Settings::from_variables(|name| match name {
            "GAMELIFT_SDK_PROCESS_ID" => Some(CHOOSE_ONE.to_owned()),
            name => variable(name),
        });
        let id = settings.unwrap().process_id;
        assert!(Uuid::parse_str(&id).is_ok(), "{id}");
    }

    #[test]
    fn a_missing_variable_is_named() {
        let settings = Settings::from_variables(|name| {
            variable(name).filter(|_| name != "GAMELIFT_SDK_HOST_ID")
        });
        assert_eq!(
            settings,
            Err(SettingsError::Missing("GAMELIFT_SDK_HOST_ID"))
        );
    }
}
