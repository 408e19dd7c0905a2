//! Matches formed by the published rule sets and by small ones, and the life of tickets.

mod acceptance;
mod backfill;
mod examples;
mod life;
mod rules;
mod scene;
mod teams;
