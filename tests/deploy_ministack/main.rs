//! Deployments through the real binary against the local cloud's CloudFormation: everything that can become of a stack.
//!
//! What is asserted is what CloudFormation and the services themselves say. `exit_codes` and `diff_deployed` show the exit
//! code of each end and what is told before; `end_to_end` deploys with real handlers. The handlers here are empty programs,
//! so that a whole backend is built in seconds, and plain resources that take no time stand beside it.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

mod failures;
mod interrupted;
mod life;
mod project;
mod together;

#[path = "../support/service.rs"]
mod service;

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "players are for the end-to-end test")]
mod support;
