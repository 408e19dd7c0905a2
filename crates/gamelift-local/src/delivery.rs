//! Takes events to the cloud around the service: in order, at least once, or as the set faults say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::events::Notification;
use crate::faults::FaultPlan;
use crate::surroundings::Surroundings;

/// How often an event is tried before it is lost: GameLift promises its best effort.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How many events are taken away together.
const MOST_AT_ONCE: usize = 1000;

/// Where events wait to be taken away.
pub(crate) struct Mailbox {
    sender: UnboundedSender<Notification>,
    receiver: tokio::sync::Mutex<UnboundedReceiver<Notification>>,
    faults: Mutex<FaultPlan>,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            sender,
            receiver: tokio::sync::Mutex::new(receiver),
            faults: Mutex::default(),
        }
    }

    /// Puts an event in. It stays there when nobody takes events away.
    pub(crate) fn post(&self, notification: Notification) {
        // The receiver is a part of this very value.
        let _ = self.sender.send(notification);
    }

    pub(crate) fn set_faults(&self, faults: FaultPlan) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    pub(crate) fn faults(&self) -> FaultPlan {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.clone()
    }

    /// Takes events away; never ends.
    pub(crate) async fn deliver(&self, surroundings: Arc<dyn Surroundings>) {
        let mut receiver = self.receiver.lock().await;
        let mut delayed = JoinSet::new();
        // The same faults shuffle the same events the same way.
        let mut chance = fastrand::Rng::with_seed(0);
        loop {
            let mut events = Vec::new();
            tokio::select! {
                _ = receiver.recv_many(&mut events, MOST_AT_ONCE) => {}
                Some(_) = delayed.join_next() => continue,
            }
            let plan = self.faults();
            if let Some(time) = plan.gathering(&events) {
                tokio::time::sleep(time).await;
                while let Ok(event) = receiver.try_recv() {
                    events.push(event);
                }
            }
            for (faults, events) in plan.sorted(events) {
                let arrivals = faults.arrivals(events, &mut chance);
                match faults.delay() {
                    None => deliver_all(surroundings.as_ref(), &arrivals).await,
                    Some(delay) => {
                        let surroundings = surroundings.clone();
                        delayed.spawn(async move {
                            tokio::time::sleep(delay).await;
                            deliver_all(surroundings.as_ref(), &arrivals).await;
                        });
                    }
                }
            }
        }
    }
}

async fn deliver_all(surroundings: &dyn Surroundings, events: &[Notification]) {
    for event in events {
        let mut pause = FIRST_PAUSE;
        for _ in 0..ATTEMPTS {
            if surroundings.publish(event).await.is_ok() {
                break;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
}
