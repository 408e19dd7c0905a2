//! A world for tests: CloudFormation, a store and a clock, all in virtual time.

mod clock;
mod cloud;
mod faults;
mod stack;
mod store;

pub(crate) use self::clock::VirtualPace;
pub(crate) use self::cloud::FakeCloudFormation;
pub(super) use self::cloud::{Ending, Mutation};
pub(super) use self::faults::{Fault, Meddling, What};
pub(super) use self::store::{FakeStore, Recorder};
