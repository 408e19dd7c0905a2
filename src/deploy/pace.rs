//! Time, as deploying sees it.

use std::time::{Duration, Instant};

/// Waiting and the time since the operation began. Tests wait in virtual time.
pub trait Pace {
    /// Time since the operation began.
    fn now(&self) -> Duration;

    /// Waits.
    fn pause(&self, duration: Duration) -> impl Future<Output = ()>;

    /// What the user wants by now.
    fn wish(&self) -> Wish {
        Wish::GoOn
    }
}

/// What the user wants of a running operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// To its end.
    #[default]
    GoOn,
    /// Nothing new is started; what runs is followed to its end.
    StartNothing,
    /// Nothing new is started; what runs is taken back.
    Cancel,
    /// Nothing new is started; what runs is left to CloudFormation.
    Detach,
}

/// The real clock.
#[derive(Clone, Copy, Debug)]
pub struct RealPace {
    began: Instant,
}

impl RealPace {
    /// Starts the clock.
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }
}

impl Pace for RealPace {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    async fn pause(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// How often a stack is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollPolicy {
    /// While something happens.
    pub shortest: Duration,
    /// While nothing happens.
    pub longest: Duration,
}

impl PollPolicy {
    /// For AWS, where polls of many stacks count against one limit per account and region.
    pub const AWS: Self = Self {
        shortest: Duration::from_secs(2),
        longest: Duration::from_secs(5),
    };
    /// For the local cloud, where a whole deployment takes a second.
    pub const LOCAL: Self = Self {
        shortest: Duration::from_millis(50),
        longest: Duration::from_millis(200),
    };
}

/// The pauses between the polls of one stack.
#[derive(Clone, Debug)]
pub(super) struct Polling {
    policy: PollPolicy,
    next: Duration,
}

impl Polling {
    pub(super) fn new(policy: PollPolicy) -> Self {
        Self {
            policy,
            next: policy.shortest,
        }
    }

    /// Something happened, so more will soon.
    pub(super) fn active(&mut self) {
        self.next = self.policy.shortest;
    }

    /// A poll was refused; asking again soon would make it worse.
    pub(super) fn throttled(&mut self) {
        self.next = self.policy.longest * 2;
    }

    /// How long to wait now.
    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 3 / 2).min(self.policy.longest);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_shrink_when_something_happens() {
        let mut polling = Polling::new(PollPolicy::AWS);
        let pauses: Vec<_> = (0..5).map(|_| polling.pause().as_millis()).collect();
        assert_eq!(pauses, [2000, 3000, 4500, 5000, 5000]);
        polling.active();
        assert_eq!(polling.pause().as_secs(), 2);
    }

    #[test]
    fn throttled_poll_waits_longer_once() {
        let mut polling = Polling::new(PollPolicy::AWS);
        polling.throttled();
        assert_eq!(polling.pause().as_secs(), 10);
        assert_eq!(polling.pause().as_secs(), 5);
    }
}
