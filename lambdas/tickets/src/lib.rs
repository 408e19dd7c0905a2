//! What the handlers share: the ticket and its state machine, the events that move it, the stores that keep it, the
//! answers clients get.
//!
//! | module | holds |
//! |---|---|
//! | [`state`] | statuses and what each signal does in each of them; pure and total |
//! | [`events`] | matchmaking events as SNS, EventBridge and FlexMatch deliver them |
//! | [`ticket`], [`player`] | the rows of the two tables |
//! | [`stores`], [`matchmaker`] | narrow traits over DynamoDB and GameLift |
//! | [`apply`] | one observation of one ticket, written conditionally |
//! | [`api`], [`answer`], [`view`] | what a client sends and gets |
//! | [`settings`], [`telemetry`] | environment variables in, JSON lines and metrics out |
//! | `aws`, `runtime` | the clients and the Lambda loop, behind features of the same names |
//! | `fakes` | stores in memory for tests, behind a feature |
//!
//! Nothing outside `aws` and `runtime` does I/O, reads the clock or the environment.

pub mod answer;
pub mod api;
pub mod apply;
pub mod attributes;
#[cfg(feature = "aws")]
pub mod aws;
pub mod events;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
pub mod id;
pub mod matchmaker;
pub mod player;
#[cfg(feature = "runtime")]
pub mod runtime;
pub mod settings;
pub mod state;
pub mod stores;
pub mod telemetry;
pub mod ticket;
pub mod timestamp;
pub mod view;
