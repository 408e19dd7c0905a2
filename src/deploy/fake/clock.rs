//! Time that passes only while everybody waits.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::deploy::{Pace, Wish};

/// A clock that several may hold.
#[derive(Clone, Default)]
pub(crate) struct VirtualPace(Rc<Clock>);

#[derive(Default)]
struct Clock {
    now: Cell<Duration>,
    waiting: RefCell<Vec<(Duration, Waker)>>,
    wishes: RefCell<Vec<(Duration, Wish)>>,
}

impl VirtualPace {
    /// The user wants something from a time on.
    pub(crate) fn wish_at(&self, time: Duration, wish: Wish) {
        self.0.wishes.borrow_mut().push((time, wish));
    }

    /// Runs to the end; whenever everybody waits, the earliest gets its time.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = work.as_mut().poll(&mut context) {
                return result;
            }
            self.advance();
        }
    }

    fn advance(&self) {
        let mut waiting = self.0.waiting.borrow_mut();
        let earliest = waiting.iter().map(|(time, _)| *time).min();
        let earliest = earliest.expect("whoever is pending waits for the clock");
        self.0.now.set(earliest.max(self.0.now.get()));
        waiting.retain(|(time, waker)| {
            let is_due = *time <= earliest;
            if is_due {
                waker.wake_by_ref();
            }
            !is_due
        });
    }
}

impl Pace for VirtualPace {
    fn now(&self) -> Duration {
        self.0.now.get()
    }

    async fn pause(&self, duration: Duration) {
        let end = self.now() + duration;
        let mut registered = false;
        poll_fn(|context| {
            if registered && self.now() >= end {
                return Poll::Ready(());
            }
            registered = true;
            let waker = context.waker().clone();
            self.0.waiting.borrow_mut().push((end, waker));
            Poll::Pending
        })
        .await;
    }

    fn wish(&self) -> Wish {
        let wishes = self.0.wishes.borrow();
        let due = wishes.iter().rev().find(|(time, _)| *time <= self.now());
        due.map(|(_, wish)| *wish).unwrap_or_default()
    }
}
