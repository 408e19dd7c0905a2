//! What Ctrl-C and SIGTERM ask of a running operation.
//!
//! The first Ctrl-C starts nothing new and asks what shall become of what runs, unless that was said in advance; the second
//! leaves it to CloudFormation. SIGTERM does at once what was said in advance.

use std::cell::Cell;
use std::io::{self, BufRead as _, Write as _};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::args::OnInterruptChoice;
use super::context::Context;
use super::error::CliError;
use super::output;
use super::status::ExitStatus;
use crate::deploy::{Pace, RealPace, Wish};

/// The real clock, and what the user wants by now.
#[derive(Debug)]
pub(super) struct UserPace {
    clock: RealPace,
    state: Rc<State>,
}

#[derive(Debug, Default)]
struct State {
    wish: Cell<Wish>,
    stopped: Cell<Option<ExitStatus>>,
    changed: Notify,
}

impl State {
    fn wish(&self, wish: Wish) {
        self.wish.set(wish);
        self.changed.notify_waiters();
    }
}

impl Pace for UserPace {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    async fn pause(&self, duration: Duration) {
        tokio::select! {
            () = self.clock.pause(duration) => {}
            () = self.state.changed.notified() => {}
        }
    }

    fn wish(&self) -> Wish {
        self.state.wish.get()
    }
}

impl UserPace {
    pub(super) fn start() -> Self {
        Self {
            clock: RealPace::start(),
            state: Rc::default(),
        }
    }

    /// How the program ends if somebody stopped it.
    pub(super) fn stopped(&self) -> Option<ExitStatus> {
        self.state.stopped.get()
    }

    /// Ends when somebody stops the program for the first time.
    async fn first_stop(&self) {
        while self.stopped().is_none() {
            self.state.changed.notified().await;
        }
    }

    /// Does some work that may simply be dropped when somebody stops the program; none: somebody did.
    pub(super) async fn droppable<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.first_stop() => None,
        }
    }

    /// Does the work while listening to signals.
    pub(super) async fn listening<T>(
        &self,
        context: &Context,
        on_interrupt: Option<OnInterruptChoice>,
        work: impl Future<Output = Result<T, CliError>>,
    ) -> Result<T, CliError> {
        let listen = Listener {
            context,
            on_interrupt,
            state: &self.state,
        };
        tokio::select! {
            done = work => done,
            failed = listen.listen() => Err(failed),
        }
    }
}

struct Listener<'run> {
    context: &'run Context,
    on_interrupt: Option<OnInterruptChoice>,
    state: &'run Rc<State>,
}

impl Listener<'_> {
    /// Turns signals into wishes; returns only when signals can't be had.
    async fn listen(&self) -> CliError {
        let open = |kind| {
            signal(kind).map_err(|error| {
                let message = format!("cannot listen to signals: {error}");
                CliError::new(ExitStatus::Failure, message)
            })
        };
        let (mut interrupts, mut terminations) =
            match (open(SignalKind::interrupt()), open(SignalKind::terminate())) {
                (Ok(interrupts), Ok(terminations)) => (interrupts, terminations),
                (Err(error), _) | (_, Err(error)) => return error,
            };
        let mut answers = None;
        loop {
            tokio::select! {
                _ = interrupts.recv() => self.interrupted(&mut answers),
                _ = terminations.recv() => {
                    self.state.stopped.set(Some(ExitStatus::Terminated));
                    self.state.wish(self.policy());
                }
                () = answered(&answers) => self.answered(&mut answers),
            }
        }
    }

    fn policy(&self) -> Wish {
        self.on_interrupt.map_or(Wish::Detach, Wish::from)
    }

    fn interrupted(&self, answers: &mut Option<mpsc::Receiver<String>>) {
        if self
            .state
            .stopped
            .replace(Some(ExitStatus::Interrupted))
            .is_some()
        {
            output::notice(self.context, "\nLeaving what runs to CloudFormation.");
            self.state.wish(Wish::Detach);
        } else if self.on_interrupt.is_some() || !self.context.can_ask() {
            self.state.wish(self.policy());
        } else {
            self.state.wish(Wish::StartNothing);
            let question = "\nNothing new is started. Ctrl-C again leaves what runs to CloudFormation.\n\
                            [c]ancel what runs, [d]etach from it, or [w]ait for it? ";
            *answers = Some(ask(question));
        }
    }

    fn answered(&self, answers: &mut Option<mpsc::Receiver<String>>) {
        let answer = answers.as_ref().and_then(|answers| answers.try_recv().ok());
        match answer.as_deref().map(str::trim) {
            None => {}
            Some("c" | "cancel") => self.settle(answers, Wish::Cancel),
            Some("w" | "wait") => self.settle(answers, Wish::StartNothing),
            Some(_) => self.settle(answers, Wish::Detach),
        }
    }

    fn settle(&self, answers: &mut Option<mpsc::Receiver<String>>, wish: Wish) {
        *answers = None;
        self.state.wish(wish);
    }
}

/// Ends now and then while an answer is awaited. Reading a terminal can't be cancelled, so it has a thread of its own, which
/// ends with the process.
async fn answered(answers: &Option<mpsc::Receiver<String>>) {
    match answers {
        Some(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        None => std::future::pending().await,
    }
}

fn ask(question: &str) -> mpsc::Receiver<String> {
    let (sender, answers) = mpsc::channel();
    let mut err = io::stderr().lock();
    // When nobody can read the question, nobody answers, and the second Ctrl-C still works.
    let _ = write!(err, "{question}").and_then(|()| err.flush());
    thread::spawn(move || {
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer).is_ok() {
            // Nobody waits for the answer any more when the operation ended first.
            let _ = sender.send(answer);
        }
    });
    answers
}
