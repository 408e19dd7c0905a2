//! AWS: the only place where an SDK type is visible.
//!
//! In: what `deploy` asks for. Out: its answers, and [`RemoteError`](crate::remote::RemoteError)s, which are made
//! nowhere else. Never: decisions, waiting for an operation to end, output.

#![expect(clippy::wildcard_enum_match_arm, reason = "the SDK's enums are open")]

mod assets;
mod change_set;
mod cloudformation;
mod connection;
mod drift;
mod error;
mod gamelift;
mod history;
mod mail;
mod rollback;
mod s3;
mod sts;

pub use self::connection::{Connection, ConnectionOptions};
pub use self::sts::CallerIdentity;
