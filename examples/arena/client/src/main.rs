//! The sample game's client: one player goes the whole way, and says what happens.

mod arguments;

use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, SystemTime};

use liftform_player::{
    Backend, Journey, Player, PlayerError, Protocol, Reply, Step, Wish, latency,
};

use crate::arguments::{Arguments, USAGE};

/// How long a player stays in the game.
const STAY: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            say(&format!("error: {error}\n\n{USAGE}"));
            return ExitCode::from(64);
        }
    };
    // Fails when there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match play(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn play(arguments: &Arguments) -> Result<(), PlayerError> {
    let clock = {
        #[expect(
            clippy::disallowed_methods,
            reason = "a program's edge: signatures carry the time"
        )]
        SystemTime::now
    };
    let mut backend = Backend::new(
        &arguments.api,
        &arguments.region,
        &arguments.identity_pool,
        clock,
    );
    if let Some(endpoint) = &arguments.cognito {
        backend = backend.with_cognito(endpoint);
    }
    let player = Player::enter(&backend)?;
    say(&format!("identity   {}", player.identity));
    let mut distances = latency::measure(&player.locations()?);
    distances.extend(arguments.latency.clone());
    say(&format!("latency    {distances:?}"));
    let wish = Wish {
        matchmaker: arguments.matchmaker.clone(),
        latency: distances,
        attributes: arguments.attributes.clone(),
        party: Vec::new(),
    };
    let ticket = player.start(&wish)?;
    say(&format!("ticket     {}", ticket.ticket_id));
    let journey = Journey {
        reply: Reply::Accept,
        protocols: vec![Protocol::Tcp, Protocol::Udp],
        patience: arguments.patience,
        longest_pause: None,
    };
    let outcome = journey.run(&player, ticket, &mut |step| match step {
        Step::Status(status) => say(&format!("status     {status}")),
        Step::Replied(_) => say("proposal   accepted"),
        Step::Matched(_) => {}
    })?;
    say(&format!("server     {}", outcome.visit.address));
    for (protocol, name) in &outcome.visit.welcomes {
        say(&format!("{protocol}        welcome, {name}"));
    }
    thread::sleep(STAY);
    Ok(())
}

fn say(line: &str) {
    // Nobody reads: then nobody misses it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
