//! The commands that look after a deployed environment, through the real binary against a local cloud.
//!
//! Only fleet stacks are deployed: the backend would have its handlers built first, which takes minutes.

#![cfg(unix)]

mod access;
mod assets;
mod cloud;
mod drift;
mod failure;
mod views;
