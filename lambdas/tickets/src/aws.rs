//! The traits over DynamoDB and GameLift: the only place where an SDK type is visible.
//!
//! Clients are built by hand from the variables Lambda sets. The SDK's own search through profiles, files and metadata
//! services finds nothing there and costs time at every cold start.

mod clients;
mod dynamodb;
mod error;
mod gamelift;
mod item;

pub use clients::{Clients, ClientsError};
pub use dynamodb::DynamoTables;
pub use gamelift::FlexMatch;
