//! A point in time, as AWS reports it and as people read it.
//!
//! The only home of the `time` crate here. Never: the current time, which `cli/` passes in.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;

/// A point in time, UTC, to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    millis: i64,
}

impl Moment {
    /// The moment so many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis }
    }

    /// The time from an earlier moment to this one; zero when it isn't earlier.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.millis.saturating_sub(earlier.millis);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// The moment that was so long before this one.
    pub fn before(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.millis.saturating_sub(millis))
    }

    /// Hours, minutes and seconds of the day: `14:02:11`.
    pub fn clock(self) -> String {
        let time = self.date_time();
        format!(
            "{:02}:{:02}:{:02}",
            time.hour(),
            time.minute(),
            time.second()
        )
    }

    /// What lies outside the years that `time` knows is shown as the epoch: AWS never answers such.
    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.millis.div_euclid(1000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.millis.saturating_add(millis))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, whole seconds.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.date_time();
        let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
        write!(formatter, "{year:04}-{month:02}-{day:02}T{}Z", self.clock())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_in_utc() {
        let moment = Moment::from_millis(1_795_528_931_250);
        assert_eq!(moment.to_string(), "2026-11-24T14:02:11Z");
        assert_eq!(moment.clock(), "14:02:11");
    }

    #[test]
    fn moments_before_the_epoch_and_beyond_the_calendar_are_shown_without_a_panic() {
        assert_eq!(Moment::from_millis(-1).to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(
            Moment::from_millis(i64::MAX).to_string(),
            "1970-01-01T00:00:00Z"
        );
    }

    #[test]
    fn time_between_moments_is_never_negative() {
        let (early, late) = (Moment::from_millis(1000), Moment::from_millis(3500));
        assert_eq!(late.since(early), Duration::from_millis(2500));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(late.before(Duration::from_millis(2500)), early);
    }
}
