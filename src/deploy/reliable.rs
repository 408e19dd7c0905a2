//! CloudFormation behind one rate limiter per region, with calls repeated whose answer was lost.
//!
//! In: a [`StackApi`]. Out: the same, slower and more certain. All stacks of a run share it, so that many stacks polled side
//! by side stay within what AWS allows an account in a region. A mutating call is repeated with the token of the first try:
//! CloudFormation takes it for the same call. What a repeated call may be refused for, because the first one was heard,
//! counts as its success.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    ChangeSetRequest, ChangeSetState, Pace, RollbackApi, StackApi, StackEvent, StackState,
};
use crate::event::StackRef;
use crate::remote::{Cause, RemoteError};

/// Tries of one call, a minute in all. What is below must not repeat calls, too.
const TRIES: u32 = 8;

/// How many calls a region takes at once and per second.
///
/// AWS publishes no figures for CloudFormation (unverified); these were chosen to be below what consoles and other tools
/// need beside us. What AWS throttles shows soon enough: each refusal halves the rate, each success raises it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRate {
    /// Time between two calls when many are waiting.
    pub interval: Duration,
    /// How many calls may follow each other at once after a pause.
    pub burst: u32,
}

impl CallRate {
    /// For AWS: five calls per second.
    pub const AWS: Self = Self {
        interval: Duration::from_millis(200),
        burst: 20,
    };
    /// For the local cloud: as fast as it goes.
    pub const LOCAL: Self = Self {
        interval: Duration::ZERO,
        burst: 1,
    };
}

/// The slowest that throttling makes it.
const SLOWEST: Duration = Duration::from_secs(10);

/// A token bucket, kept as the time at which the next token is due.
#[derive(Clone, Debug)]
struct Bucket {
    rate: CallRate,
    interval: Duration,
    due: Duration,
}

impl Bucket {
    fn new(rate: CallRate) -> Self {
        Self {
            rate,
            interval: rate.interval,
            due: Duration::ZERO,
        }
    }

    /// Takes a token; how long to wait for it.
    fn take(&mut self, now: Duration) -> Duration {
        // Tokens gather while nobody calls, but never more than a burst.
        let oldest = now.saturating_sub(self.interval * self.rate.burst);
        let due = self.due.max(oldest);
        self.due = due + self.interval;
        due.saturating_sub(now)
    }

    fn throttled(&mut self, now: Duration) {
        let slower = (self.interval * 2).max(Duration::from_millis(100));
        self.interval = slower.min(SLOWEST);
        self.due = self.due.max(now + self.interval);
    }

    fn answered(&mut self) {
        self.interval = (self.interval * 9 / 10).max(self.rate.interval);
    }
}

/// A [`StackApi`] whose calls are paced and repeated.
#[derive(Debug)]
pub struct Reliable<'run, Api, Clock> {
    api: &'run Api,
    pace: &'run Clock,
    rate: CallRate,
    buckets: RefCell<BTreeMap<String, Bucket>>,
}

impl<'run, Api, Clock: Pace> Reliable<'run, Api, Clock> {
    /// Paces the calls of an API.
    pub fn new(api: &'run Api, pace: &'run Clock, rate: CallRate) -> Self {
        Self {
            api,
            pace,
            rate,
            buckets: RefCell::default(),
        }
    }

    fn bucket<T>(&self, region: &str, work: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.buckets.borrow_mut();
        let bucket = buckets.entry(region.to_owned());
        work(bucket.or_insert_with(|| Bucket::new(self.rate)))
    }

    /// Calls once, when it is this call's turn.
    async fn once<T>(
        &self,
        region: &str,
        call: impl Future<Output = Result<T, RemoteError>>,
    ) -> Result<T, RemoteError> {
        let wait = self.bucket(region, |bucket| bucket.take(self.pace.now()));
        if !wait.is_zero() {
            self.pace.pause(wait).await;
        }
        let answer = call.await;
        let now = self.pace.now();
        self.bucket(region, |bucket| match &answer {
            Err(error) if error.is_throttling() => bucket.throttled(now),
            Ok(_) | Err(_) => bucket.answered(),
        });
        answer
    }

    /// Calls until an answer comes that waiting won't change.
    async fn repeat<T>(
        &self,
        region: &str,
        call: impl AsyncFn() -> Result<T, RemoteError>,
    ) -> Tried<T> {
        let mut lost = None;
        for attempt in 1.. {
            let answer = self.once(region, call()).await;
            match &answer {
                Err(error) if error.cause() == Cause::Transient && attempt < TRIES => {
                    // Throttled calls were not heard.
                    if !error.is_throttling() {
                        lost = Some(error.clone());
                    }
                    self.pace
                        .pause(Duration::from_millis(250) * 2_u32.pow(attempt))
                        .await;
                }
                _ => return Tried { answer, lost },
            }
        }
        unreachable!("the last attempt returns")
    }
}

/// The end of repeated calls.
struct Tried<T> {
    answer: Result<T, RemoteError>,
    /// How an earlier call went that may have been heard.
    lost: Option<RemoteError>,
}

impl Tried<()> {
    /// Takes a refusal for success if it says that an earlier call was heard.
    fn or_heard(self, is_heard: impl FnOnce(&RemoteError) -> bool) -> Result<(), RemoteError> {
        match self.answer {
            Err(error) if self.lost.is_some() && is_heard(&error) => Ok(()),
            answer => answer,
        }
    }
}

fn has_code(codes: &'static [&'static str]) -> impl FnOnce(&RemoteError) -> bool {
    move |error| {
        error
            .code
            .as_deref()
            .is_some_and(|code| codes.contains(&code))
    }
}

impl<Api: StackApi, Clock: Pace> StackApi for Reliable<'_, Api, Clock> {
    async fn describe(&self, stack: &StackRef) -> Result<Option<StackState>, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.describe(stack).await)
            .await
            .answer
    }

    async fn list(&self, region: &str) -> Result<Vec<StackState>, RemoteError> {
        self.repeat(region, async || self.api.list(region).await)
            .await
            .answer
    }

    async fn template(&self, stack: &StackRef) -> Result<String, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.template(stack).await)
            .await
            .answer
    }

    async fn policy(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.policy(stack).await)
            .await
            .answer
    }

    async fn set_policy(&self, stack: &StackRef, policy: &str) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.set_policy(stack, policy).await)
            .await
            .answer
    }

    async fn create_change_set(
        &self,
        stack: &StackRef,
        request: &ChangeSetRequest,
    ) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || {
            self.api.create_change_set(stack, request).await
        })
        .await
        .or_heard(has_code(&["AlreadyExistsException"]))
    }

    async fn describe_change_set(
        &self,
        stack: &StackRef,
        name: &str,
    ) -> Result<ChangeSetState, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || {
            self.api.describe_change_set(stack, name).await
        })
        .await
        .answer
    }

    async fn change_sets(&self, stack: &StackRef) -> Result<Vec<String>, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.change_sets(stack).await)
            .await
            .answer
    }

    async fn execute_change_set(
        &self,
        stack: &StackRef,
        name: &str,
        token: &str,
    ) -> Result<(), RemoteError> {
        let region = &stack.region;
        let call = async || self.api.execute_change_set(stack, name, token).await;
        let tried = self.repeat(region, call).await;
        let (Some(lost), Err(_)) = (tried.lost, &tried.answer) else {
            return tried.answer;
        };
        // An earlier call may have been heard. The change set can't tell: CloudFormation deletes those that succeeded.
        match self.events_since(stack, None).await {
            Ok(events)
                if events
                    .iter()
                    .any(|event| event.token.as_deref() == Some(token)) =>
            {
                Ok(())
            }
            Ok(_) => tried.answer,
            // Nobody can tell, which is what the lost answer says.
            Err(_) => Err(lost),
        }
    }

    async fn delete_change_set(&self, stack: &StackRef, name: &str) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || {
            self.api.delete_change_set(stack, name).await
        })
        .await
        .or_heard(has_code(&[
            "ChangeSetNotFound",
            "ChangeSetNotFoundException",
        ]))
    }

    async fn cancel_update(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.cancel_update(stack, token).await)
            .await
            // Also said of a stack that is being rolled back already.
            .or_heard(has_code(&["ValidationError"]))
    }

    async fn delete(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.delete(stack, token).await)
            .await
            .answer
    }

    async fn protect(&self, stack: &StackRef, protected: bool) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.protect(stack, protected).await)
            .await
            .answer
    }

    async fn latest_event(&self, stack: &StackRef) -> Result<Option<String>, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.latest_event(stack).await)
            .await
            .answer
    }

    async fn events_since(
        &self,
        stack: &StackRef,
        event: Option<&str>,
    ) -> Result<Vec<StackEvent>, RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.events_since(stack, event).await)
            .await
            .answer
    }
}

impl<Api: RollbackApi, Clock: Pace> RollbackApi for Reliable<'_, Api, Clock> {
    async fn continue_rollback(
        &self,
        stack: &StackRef,
        skip: &[String],
        token: &str,
    ) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || {
            self.api.continue_rollback(stack, skip, token).await
        })
        .await
        .or_heard(has_code(&["ValidationError"]))
    }

    async fn rollback(&self, stack: &StackRef, token: &str) -> Result<(), RemoteError> {
        let region = &stack.region;
        self.repeat(region, async || self.api.rollback(stack, token).await)
            .await
            .or_heard(has_code(&["ValidationError"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(bucket: &mut Bucket, count: usize, now: Duration) -> Vec<u128> {
        let mut now = now;
        (0..count)
            .map(|_| {
                let wait = bucket.take(now);
                now += wait;
                wait.as_millis()
            })
            .collect()
    }

    fn bucket() -> Bucket {
        Bucket::new(CallRate {
            interval: Duration::from_millis(200),
            burst: 2,
        })
    }

    #[test]
    fn calls_beyond_a_burst_wait_for_their_turn() {
        let waits = waits(&mut bucket(), 5, Duration::from_secs(10));
        assert_eq!(waits, [0, 0, 0, 200, 200]);
    }

    #[test]
    fn throttling_slows_down_and_answers_speed_up_again() {
        let mut bucket = bucket();
        let now = Duration::from_secs(10);
        bucket.throttled(now);
        bucket.throttled(now);
        assert_eq!(bucket.interval.as_millis(), 800);
        (0..30).for_each(|_| bucket.answered());
        assert_eq!(bucket.interval.as_millis(), 200);
    }

    #[test]
    fn throttling_never_stops_the_calls() {
        let mut bucket = bucket();
        (0..30).for_each(|_| bucket.throttled(Duration::ZERO));
        assert_eq!(bucket.interval, SLOWEST);
    }
}
