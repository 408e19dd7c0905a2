//! Parties, as the game's own services write them down: a member's row names the leader.

use std::time::Duration;

use liftform_player::PlayerError;
use serde_json::json;

/// The players table of a local cloud.
#[derive(Clone, Debug)]
pub struct PlayersTable {
    /// The local cloud.
    pub endpoint: String,
    /// The table's region.
    pub region: String,
    /// The table's name.
    pub name: String,
}

impl PlayersTable {
    /// Lets a player follow a leader.
    pub(super) fn follow(&self, player: &str, leader: &str) -> Result<(), PlayerError> {
        let doing = "write the party down";
        let unreachable = |error: ureq::Error| PlayerError::Unreachable {
            doing,
            reason: error.to_string(),
        };
        let row = json!({
            "TableName": self.name,
            "Item": { "player_id": { "S": player }, "party_leader": { "S": leader } },
        });
        // The local cloud takes its root key's word for it.
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=test/20200101/{}/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            self.region
        );
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        let mut answer = agent
            .post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "DynamoDB_20120810.PutItem")
            .header("authorization", authorization)
            .send(row.to_string())
            .map_err(unreachable)?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(PlayerError::Refused {
            doing,
            status: answer.status().as_u16(),
            reason: answer.body_mut().read_to_string().map_err(unreachable)?,
        })
    }
}
