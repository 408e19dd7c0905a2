//! How often an operation may be called: a bucket per operation and region.
//!
//! Figures: <https://docs.aws.amazon.com/general/latest/gr/gamelift.html>. Only what game clients cause is limited;
//! what sets up a backend is not, because stacks are made here in a fraction of the time they take in AWS.

use std::collections::BTreeMap;

use crate::error::{Answer, ApiError, ErrorKind};

/// Calls per second that an operation bears for long; bursts are as large.
fn rate(operation: &str) -> Option<f64> {
    match operation {
        "StartMatchmaking" | "StopMatchmaking" | "AcceptMatch" => Some(100.0),
        "StartMatchBackfill" => Some(70.0),
        "DescribeMatchmaking" => Some(200.0),
        "StartGameSessionPlacement" | "DescribeGameSessionPlacement" => Some(75.0),
        "CreatePlayerSession" | "CreatePlayerSessions" | "DescribePlayerSessions" => Some(200.0),
        "DescribeGameSessions" => Some(20.0),
        _ => None,
    }
}

/// What is left of a second's calls.
struct Bucket {
    left: f64,
    seen: f64,
}

/// All buckets.
#[derive(Default)]
pub(crate) struct Throttle(BTreeMap<(String, String), Bucket>);

impl Throttle {
    /// Refuses a call that comes too soon after others.
    pub(crate) fn admit(&mut self, region: &str, operation: &str, now: f64) -> Answer<()> {
        let Some(rate) = rate(operation) else {
            return Ok(());
        };
        let key = (region.to_owned(), operation.to_owned());
        let full = Bucket {
            left: rate,
            seen: now,
        };
        let bucket = self.0.entry(key).or_insert(full);
        bucket.left = rate.min(bucket.left + (now - bucket.seen).max(0.0) * rate);
        bucket.seen = now;
        if bucket.left < 1.0 {
            return Err(ApiError::new(ErrorKind::Throttling, "Rate exceeded"));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(throttle: &mut Throttle, calls: usize, now: f64) -> usize {
        (0..calls)
            .filter(|_| throttle.admit("eu-west-1", "StartMatchmaking", now).is_ok())
            .count()
    }

    #[test]
    fn a_second_holds_so_many_calls_and_no_more() {
        let mut throttle = Throttle::default();
        assert_eq!(admitted(&mut throttle, 150, 0.0), 100);
        assert_eq!(admitted(&mut throttle, 150, 0.5), 50);
        assert_eq!(admitted(&mut throttle, 150, 60.0), 100);
        assert!(
            throttle
                .admit("eu-west-2", "StartMatchmaking", 60.0)
                .is_ok()
        );
    }

    #[test]
    fn what_sets_up_a_backend_is_not_limited() {
        let mut throttle = Throttle::default();
        assert!((0..1000).all(|_| throttle.admit("eu-west-1", "CreateAlias", 0.0).is_ok()));
    }
}
