//! The way of one player: from the ticket to the game server.

use std::thread;
use std::time::{Duration, Instant};

use crate::error::PlayerError;
use crate::identity::Player;
use crate::server::{self, Protocol, Visit};
use crate::tickets::{Connection, Reply, Status, Ticket};

/// How often to look where the backend doesn't say.
const USUAL_PAUSE: Duration = Duration::from_secs(2);

/// How a player behaves on the way.
#[derive(Clone, Debug)]
pub struct Journey {
    /// The answer to proposed matches.
    pub reply: Reply,
    /// How to join the game server; empty: don't.
    pub protocols: Vec<Protocol>,
    /// How long to wait for a match.
    pub patience: Duration,
    /// Look at least this often, whatever the backend says; none: as it says.
    pub longest_pause: Option<Duration>,
}

/// What happened on the way.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The ticket is in another status than before.
    Status(Status),
    /// The player answered a proposed match.
    Replied(Reply),
    /// There is a match.
    Matched(Connection),
}

/// How the way ended well.
#[derive(Debug)]
pub struct Outcome {
    /// The match.
    pub connection: Connection,
    /// From the first look at the ticket to the match.
    pub waited: Duration,
    /// The player is in the game until this is dropped.
    pub visit: Visit,
}

impl Journey {
    /// Follows a ticket to its match, and joins the game.
    ///
    /// # Errors
    ///
    /// When the ticket ends without a match, patience ends, or the backend or the game server can't be reached or refuses.
    pub fn run(
        &self,
        player: &Player,
        ticket: Ticket,
        report: &mut dyn FnMut(Step),
    ) -> Result<Outcome, PlayerError> {
        let start = Instant::now();
        let connection = self.follow(player, ticket, report)?;
        let waited = start.elapsed();
        report(Step::Matched(connection.clone()));
        let visit = server::visit(&connection, &self.protocols)?;
        Ok(Outcome {
            connection,
            waited,
            visit,
        })
    }

    fn follow(
        &self,
        player: &Player,
        mut ticket: Ticket,
        report: &mut dyn FnMut(Step),
    ) -> Result<Connection, PlayerError> {
        let start = Instant::now();
        let mut known = None;
        let mut answered = None;
        loop {
            if known != Some(ticket.status) {
                known = Some(ticket.status);
                report(Step::Status(ticket.status));
            }
            if self.should_reply(&ticket, answered) {
                answered = Some(proposal(&ticket));
                self.answer(player, &ticket.ticket_id)?;
                report(Step::Replied(self.reply));
            }
            match ticket.status {
                Status::Succeeded => {
                    return ticket
                        .connection
                        .ok_or(PlayerError::Incomplete("connection"));
                }
                status @ (Status::TimedOut | Status::Cancelled | Status::Failed) => {
                    let reason = ticket.status_reason;
                    return Err(PlayerError::NoMatch { status, reason });
                }
                Status::Queued
                | Status::Searching
                | Status::RequiresAcceptance
                | Status::Placing => {}
            }
            if start.elapsed() >= self.patience {
                return Err(PlayerError::Impatient(ticket.status));
            }
            thread::sleep(self.pause(&ticket));
            ticket = player.look(&ticket.ticket_id)?;
        }
    }

    /// Once per proposal: the ticket shows the answer only after FlexMatch told about it.
    fn should_reply(&self, ticket: &Ticket, answered: Option<Option<i64>>) -> bool {
        let open = ticket
            .acceptance
            .as_ref()
            .is_some_and(|acceptance| acceptance.accepted.is_none() && !acceptance.dropped);
        open && ticket.status == Status::RequiresAcceptance && answered != Some(proposal(ticket))
    }

    fn answer(&self, player: &Player, ticket: &str) -> Result<(), PlayerError> {
        let answer = match self.reply {
            Reply::Accept => player.accept(ticket),
            Reply::Reject => player.reject(ticket),
            Reply::Silence => return Ok(()),
        };
        match answer {
            // Somebody else was faster, and the proposal is gone.
            Err(PlayerError::Refused { status: 409, .. }) => Ok(()),
            other => other.map(drop),
        }
    }

    fn pause(&self, ticket: &Ticket) -> Duration {
        let asked = ticket
            .retry_after_ms
            .map_or(USUAL_PAUSE, Duration::from_millis);
        self.longest_pause
            .map_or(asked, |longest| asked.min(longest))
    }
}

/// What tells one proposal from the next.
fn proposal(ticket: &Ticket) -> Option<i64> {
    ticket.acceptance.as_ref()?.answer_by
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::time::SystemTime;

    use serde_json::{Value, json};

    use super::*;
    use crate::backend::Backend;

    fn ticket(status: &str, more: Value) -> Value {
        let mut ticket = json!({ "ticket_id": "t-1", "status": status, "retry_after_ms": 1 });
        for (name, value) in more.as_object().unwrap() {
            ticket[name] = value.clone();
        }
        ticket
    }

    /// A backend that lets everybody in, and answers `GET` with one of `looks` after the other; the last one stays.
    fn backend(looks: Vec<Value>) -> (Backend, mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (heard, calls) = mpsc::channel();
        thread::spawn(move || {
            let mut looks = VecDeque::from(looks);
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (line, body) = request(&stream);
                let answer = if line.starts_with("GET ") {
                    let next = looks.pop_front().unwrap();
                    if looks.is_empty() {
                        looks.push_back(next.clone());
                    }
                    next
                } else if line.starts_with("POST / ") {
                    json!({ "IdentityId": "ann",
                            "Credentials": { "AccessKeyId": "a", "SecretKey": "s", "SessionToken": "t" } })
                } else {
                    let _ = heard.send(format!("{} {body}", line.trim_end_matches(" HTTP/1.1")));
                    ticket("queued", json!({}))
                }
                .to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    answer.len()
                );
                stream
                    .write_all(format!("{head}{answer}").as_bytes())
                    .unwrap();
            }
        });
        let backend = Backend::new(&endpoint, "us-east-1", "pool", || SystemTime::UNIX_EPOCH);
        (backend.with_cognito(&endpoint), calls)
    }

    fn request(stream: &std::net::TcpStream) -> (String, String) {
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            if header == "\r\n" {
                break;
            }
            if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        (
            first.trim_end().to_owned(),
            String::from_utf8(body).unwrap(),
        )
    }

    fn run(
        reply: Reply,
        looks: Vec<Value>,
    ) -> (Result<Connection, String>, Vec<Step>, Vec<String>) {
        let (backend, calls) = backend(looks);
        let player = Player::enter(&backend).unwrap();
        let journey = Journey {
            reply,
            protocols: Vec::new(),
            patience: Duration::from_secs(30),
            longest_pause: None,
        };
        let mut steps = Vec::new();
        let first = player.look("t-1").unwrap();
        let result = journey.run(&player, first, &mut |step| steps.push(step));
        let result = result
            .map(|outcome| outcome.connection.clone())
            .map_err(|error| error.to_string());
        (result, steps, calls.try_iter().collect())
    }

    fn matched() -> Value {
        let connection =
            json!({ "address": "127.0.0.1", "port": 7777, "player_session_id": "psess-1" });
        ticket("succeeded", json!({ "connection": connection }))
    }

    fn proposed(answer_by: i64) -> Value {
        ticket(
            "requires_acceptance",
            json!({ "acceptance": { "answer_by": answer_by, "dropped": false } }),
        )
    }

    #[test]
    fn each_proposal_is_answered_once() {
        let looks = vec![
            ticket("queued", json!({})),
            proposed(1),
            proposed(1),
            proposed(2),
            matched(),
        ];
        let (result, steps, calls) = run(Reply::Accept, looks);
        assert_eq!(result.unwrap().port, Some(7777));
        let call = "POST /tickets/t-1/acceptance {\"accept\":true}";
        assert_eq!(calls, [call, call]);
        let statuses: Vec<_> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Status(status) => Some(*status),
                Step::Replied(_) | Step::Matched(_) => None,
            })
            .collect();
        assert_eq!(
            statuses,
            [
                Status::Queued,
                Status::RequiresAcceptance,
                Status::Succeeded
            ]
        );
    }

    #[test]
    fn a_silent_player_answers_nothing_and_learns_the_end() {
        let end = ticket("cancelled", json!({ "status_reason": "Silence" }));
        let (result, _, calls) = run(Reply::Silence, vec![proposed(1), end]);
        assert_eq!(
            result.unwrap_err(),
            "no match: the ticket is cancelled (Silence)"
        );
        assert!(calls.is_empty(), "{calls:?}");
    }

    #[test]
    fn a_match_without_a_session_is_not_joined() {
        let bare = ticket(
            "succeeded",
            json!({ "connection": { "address": "127.0.0.1", "port": 1 } }),
        );
        let (result, ..) = run(Reply::Accept, vec![bare]);
        assert_eq!(
            result.unwrap_err(),
            "cannot join: the ticket has no player session"
        );
    }
}
