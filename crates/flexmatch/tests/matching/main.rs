//! Matches formed by the published rule sets and by small ones, and the life of tickets.

mod acceptance;
mod backfill;
mod examples;
mod laws;
mod life;
mod plain;
mod rules;
mod scene;
mod teams;
