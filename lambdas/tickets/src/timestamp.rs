//! Moments as milliseconds since 1970, the unit of the tables' sort keys.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Reads what events carry: ISO-8601 with a zone, with or without a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000_000)
            .ok()
            .map(Self)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, the unit of DynamoDB's time to live.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment moved by some seconds; saturates instead of overflowing.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, millis: Option<i64>) {
        assert_eq!(
            Timestamp::parse(text).map(Timestamp::millis),
            millis,
            "{text}"
        );
    }

    #[test]
    fn event_times_are_read_to_the_millisecond() {
        check("1970-01-01T00:00:01.250Z", Some(1250));
        check("2017-08-09T19:59:09.159Z", Some(1_502_308_749_159));
    }

    #[test]
    fn a_time_without_fraction_is_read() {
        check("2021-03-01T15:50:52Z", Some(1_614_613_852_000));
    }

    #[test]
    fn an_offset_is_honoured() {
        check("1970-01-01T01:00:00+01:00", Some(0));
    }

    #[test]
    fn words_are_not_a_time() {
        check("yesterday", None);
        check("", None);
    }

    #[test]
    fn seconds_round_down() {
        assert_eq!(Timestamp::from_millis(1999).seconds(), 1);
    }
}
