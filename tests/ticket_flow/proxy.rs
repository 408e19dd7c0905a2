//! A proxy between the handlers and DynamoDB, where requests meet what a test has in mind for them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A request of a handler.
pub(crate) struct Request {
    /// As `PutItem`.
    pub(crate) operation: String,
    pub(crate) body: String,
    bytes: Vec<u8>,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is passed on.
    Pass,
    /// The connection is closed.
    Close,
    /// DynamoDB has too much to do.
    Throttle,
    /// The handler hears that it is done, but it is done only after somebody has looked for the ticket in vain.
    Postpone,
    /// The handler's process is killed before DynamoDB hears of it.
    KillBefore,
    /// The handler's process is killed once DynamoDB has done it.
    KillAfter,
}

type Rule = Box<dyn Fn(&Request) -> Fate + Send + Sync>;

#[derive(Default)]
struct State {
    rules: Mutex<BTreeMap<&'static str, Rule>>,
    answered: Mutex<Vec<(String, String)>>,
    postponed: Mutex<Vec<Request>>,
    kills: AtomicUsize,
}

/// The proxy. It ends with the process.
pub(crate) struct Proxy {
    address: SocketAddr,
    upstream: String,
    state: Arc<State>,
}

impl Proxy {
    /// Passes everything on to `endpoint`.
    pub(crate) fn start(endpoint: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let proxy = Self {
            address: listener.local_addr().expect("an address"),
            upstream: endpoint.trim_start_matches("http://").to_owned(),
            state: Arc::default(),
        };
        let (upstream, state) = (proxy.upstream.clone(), proxy.state.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (upstream, state) = (upstream.clone(), state.clone());
                // A handler that goes away in the middle is what some tests are about.
                thread::spawn(move || serve(&stream, &upstream, &state));
            }
        });
        proxy
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Decides about requests from now on, beside the rules of other names. [`Fate::Pass`] leaves it to those.
    pub(crate) fn rule(
        &self,
        name: &'static str,
        rule: impl Fn(&Request) -> Fate + Send + Sync + 'static,
    ) {
        let mut rules = self.state.rules.lock().expect("no rule panics");
        rules.insert(name, Box::new(rule));
    }

    pub(crate) fn end_rule(&self, name: &'static str) {
        let mut rules = self.state.rules.lock().expect("no rule panics");
        rules.remove(name);
    }

    /// How many handlers were killed.
    pub(crate) fn kills(&self) -> usize {
        self.state.kills.load(Ordering::Relaxed)
    }

    /// How many requests of this operation that name `word` DynamoDB has answered.
    pub(crate) fn answered(&self, operation: &str, word: &str) -> usize {
        let answered = self.state.answered.lock().expect("nothing panics");
        answered
            .iter()
            .filter(|(known, body)| known == operation && body.contains(word))
            .count()
    }
}

/// Answers the requests of one connection, until either side has enough.
fn serve(stream: &TcpStream, upstream: &str, state: &State) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let request = Request::read(&mut reader)?;
        let answer = match fate(&request, state) {
            Fate::Pass => pass(&request, upstream, state)?,
            Fate::Close => return None,
            Fate::Throttle => answer(
                400,
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}"#,
            ),
            Fate::Postpone => {
                let mut postponed = state.postponed.lock().expect("nothing panics");
                postponed.push(request);
                answer(200, "{}")
            }
            Fate::KillBefore => return kill(stream, state),
            Fate::KillAfter => {
                pass(&request, upstream, state)?;
                return kill(stream, state);
            }
        };
        writer.write_all(&answer).ok()?;
    }
}

fn fate(request: &Request, state: &State) -> Fate {
    let rules = state.rules.lock().expect("no rule panics");
    let mut fates = rules.values().map(|rule| rule(request));
    fates.find(|fate| *fate != Fate::Pass).unwrap_or(Fate::Pass)
}

fn pass(request: &Request, upstream: &str, state: &State) -> Option<Vec<u8>> {
    let answer = forward(&request.bytes, upstream)?;
    if let Some(ticket) = request.ticket() {
        catch_up(&ticket, upstream, state);
    }
    let mut answered = state.answered.lock().expect("nothing panics");
    answered.push((request.operation.clone(), request.body.clone()));
    Some(answer)
}

/// Does what was postponed of a ticket.
fn catch_up(ticket: &str, upstream: &str, state: &State) {
    let mut postponed = state.postponed.lock().expect("nothing panics");
    let due = postponed.extract_if(.., |request| request.body.contains(ticket));
    for request in due {
        let answer = forward(&request.bytes, upstream).expect("DynamoDB answers");
        assert!(answer.starts_with(b"HTTP/1.1 200"), "it is done after all");
    }
}

fn forward(request: &[u8], upstream: &str) -> Option<Vec<u8>> {
    let stream = TcpStream::connect(upstream).ok()?;
    (&stream).write_all(request).ok()?;
    let (head, body) = message(&mut BufReader::new(&stream))?;
    Some([head.into_bytes(), body].concat())
}

impl Request {
    fn read(reader: &mut BufReader<&TcpStream>) -> Option<Self> {
        let (head, body) = message(reader)?;
        let target = header(&head, "x-amz-target").unwrap_or_default();
        Some(Self {
            operation: target.rsplit('.').next().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: [head.clone().into_bytes(), body].concat(),
        })
    }

    /// The ticket that it asks for.
    fn ticket(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        let key = body.pointer("/Key/ticket_id/S")?.as_str()?;
        Some(key.to_owned())
    }

    /// Whether it is about any of these keys.
    pub(crate) fn names(&self, keys: &[String]) -> bool {
        keys.iter().any(|key| self.body.contains(key.as_str()))
    }
}

/// Head and body of a message of HTTP/1.1 that says how long it is.
fn message(reader: &mut BufReader<&TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = header(&head, "content-length").and_then(|value| value.parse().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        (known.eq_ignore_ascii_case(name)).then(|| value.trim().to_owned())
    })
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// Kills the process at the other end of a connection.
fn kill(stream: &TcpStream, state: &State) -> Option<()> {
    let port = stream.peer_addr().ok()?.port();
    let pid = owner(port).expect("a handler on this machine");
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "it is killed");
    state.kills.fetch_add(1, Ordering::Relaxed);
    None
}

/// The handler that has the connection from this port: by its socket, as Linux lists them.
fn owner(port: u16) -> Option<u32> {
    let inode = inode(port)?;
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.find(|pid| {
        let variables = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let handler = String::from_utf8_lossy(&variables).contains("AWS_LAMBDA_FUNCTION_NAME=");
        handler && holds(*pid, &socket)
    })
}

fn holds(pid: u32, socket: &str) -> bool {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd"));
    let mut descriptors = descriptors.into_iter().flatten().flatten();
    descriptors
        .any(|entry| fs::read_link(entry.path()).is_ok_and(|link| link.as_os_str() == socket))
}

fn inode(port: u16) -> Option<String> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let local = columns.get(1)?.rsplit(':').next()?;
        let same = u16::from_str_radix(local, 16).ok()? == port;
        let inode = columns.get(9)?;
        (same && *inode != "0").then(|| (*inode).to_owned())
    })
}
