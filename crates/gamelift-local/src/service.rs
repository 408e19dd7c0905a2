//! One GameLift: takes an operation and its input, finds who does it, answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::HeaderMap;
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::sync::Notify;

use crate::config::Config;
use crate::delivery::Mailbox;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::faults::FaultPlan;
use crate::input::Input;
use crate::model::Model;
use crate::operations;
use crate::protocol;
use crate::sdk::Sockets;
use crate::throttle::Throttle;
use crate::world::{Call, Effect, Unreadable, World, uuid};

/// Saved state that can't be used.
#[derive(Debug, Error)]
#[error("reading the saved state of the GameLift service: {0}")]
pub struct RestoreError(Unreadable);

/// The local GameLift service. Clones are the same service.
#[derive(Clone)]
pub struct GameLiftLocal {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    model: Model,
    world: Mutex<World>,
    sockets: Sockets,
    throttle: Mutex<Throttle>,
    mailbox: Mailbox,
    stop: Notify,
    requests: AtomicU64,
}

impl GameLiftLocal {
    /// An empty service.
    pub fn new(config: Config) -> Self {
        let world = Mutex::new(World::new(&config));
        Self {
            inner: Arc::new(Inner {
                config,
                model: Model::load(),
                world,
                sockets: Sockets::default(),
                throttle: Mutex::default(),
                mailbox: Mailbox::new(),
                stop: Notify::new(),
                requests: AtomicU64::new(0),
            }),
        }
    }

    /// Forgets every resource and ticket of every region, and lets go of all server processes.
    pub fn reset(&self) {
        self.world().clear();
        self.sockets().close_all();
        self.mailbox().set_faults(FaultPlan::default());
    }

    /// Everything that exists, for [`GameLiftLocal::restore`].
    pub fn save(&self) -> Vec<u8> {
        self.world().save()
    }

    /// Puts what another service has saved in the place of everything that exists.
    ///
    /// # Errors
    /// Fails when it is not what [`GameLiftLocal::save`] of this version has written; nothing changes then.
    pub fn restore(&self, saved: &[u8]) -> Result<(), RestoreError> {
        let now = milliseconds(self.config().clock.now());
        self.world().restore(saved, now).map_err(RestoreError)
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    pub(crate) fn model(&self) -> &Model {
        &self.inner.model
    }

    /// Ends [`GameLiftLocal::serve`].
    pub(crate) fn request_stop(&self) {
        self.inner.stop.notify_one();
    }

    pub(crate) async fn stop_requested(&self) {
        self.inner.stop.notified().await;
    }

    /// Names one request, for the log of a client.
    pub(crate) fn request_id(&self) -> String {
        let number = self.inner.requests.fetch_add(1, Ordering::Relaxed);
        uuid(&self.config().token, "request", number)
    }

    /// Does one operation.
    pub(crate) fn call(
        &self,
        operation: &str,
        headers: &HeaderMap,
        input: Map<String, Value>,
    ) -> Answer {
        let Some(run) = operations::find(operation) else {
            return Err(self.unknown(operation));
        };
        self.model().validate(operation, &input)?;
        let call = Call {
            region: protocol::signed_region(headers)
                .unwrap_or(&self.config().default_region)
                .to_owned(),
            now: milliseconds(self.config().clock.now()),
            speed: self.config().speed,
            input: Input::new(input),
        };
        self.admit(operation, &call)?;
        self.with_world(|world, _| {
            world.settle(&call);
            run(world, &call)
        })
    }

    /// Lets time pass, changes the world, and sends on what has to leave it.
    pub(crate) fn with_world<T>(&self, change: impl FnOnce(&mut World, f64) -> T) -> T {
        let mut world = self.world();
        let now = milliseconds(self.config().clock.now());
        world.advance(now);
        let result = change(&mut world, now);
        // Under the lock, so that effects leave in the order they came about in.
        for effect in world.take_effects() {
            self.carry_out(effect);
        }
        result
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Push { process, frame } => self.sockets().push(&process, frame),
            Effect::Disconnect { process } => self.sockets().close(&process),
            Effect::Publish(notification) => self.mailbox().post(notification),
        }
    }

    fn admit(&self, operation: &str, call: &Call) -> Answer<()> {
        let mut throttle = self
            .inner
            .throttle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        throttle.admit(&call.region, operation, call.now)
    }

    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.inner.mailbox
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.inner.sockets
    }

    fn unknown(&self, operation: &str) -> ApiError {
        let message = if self.model().has_operation(operation) {
            format!("`{operation}` exists in GameLift but not in the local service")
        } else {
            format!("GameLift has no operation `{operation}`")
        };
        ApiError::new(ErrorKind::UnknownOperation, message)
    }

    // A panic while the lock was held would be a bug; the state is still worth more than a second panic.
    fn world(&self) -> MutexGuard<'_, World> {
        self.inner
            .world
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The precision of GameLift's own timestamps.
fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).floor() / 1000.0
}
