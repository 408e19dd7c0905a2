//! How far the locations are, measured as GameLift says to: datagrams to the location's beacon, which echoes them.
//! <https://docs.aws.amazon.com/gameliftservers/latest/developerguide/reference-udp-ping-beacons.html>

use std::collections::BTreeMap;
use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use crate::tickets::Location;

/// Datagrams per beacon; the best time counts, the first one also pays for the name's resolution.
const ATTEMPTS: u32 = 4;

/// Beyond this a location is out of reach.
const PATIENCE: Duration = Duration::from_secs(1);

/// Measures all locations at once; those that don't answer are missing.
pub fn measure(locations: &[Location]) -> BTreeMap<String, u32> {
    thread::scope(|scope| {
        let running: Vec<_> = locations
            .iter()
            .map(|location| (location, scope.spawn(|| ping(&location.beacon))))
            .collect();
        running
            .into_iter()
            .filter_map(|(location, ping)| {
                let best = ping.join().ok()?.ok()?;
                Some((location.region.clone(), millis(best)))
            })
            .collect()
    })
}

fn ping(beacon: &str) -> io::Result<Duration> {
    let socket = UdpSocket::bind(("0.0.0.0", 0))?;
    socket.connect(beacon)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut best = None;
    let mut failure = None;
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        match socket.send(b"ping").and_then(|_| socket.recv(&mut [0; 64])) {
            Ok(_) => best = best.into_iter().chain([start.elapsed()]).min(),
            Err(error) => failure = Some(error),
        }
    }
    best.ok_or_else(|| failure.unwrap_or_else(|| io::ErrorKind::TimedOut.into()))
}

/// Whole milliseconds, at least one: the matchmaker takes no zero.
fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(name: &str, beacon: &str) -> Location {
        Location {
            region: name.to_owned(),
            beacon: beacon.to_owned(),
        }
    }

    #[test]
    fn only_locations_that_echo_are_known() {
        let beacon = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = beacon.local_addr().unwrap().to_string();
        thread::spawn(move || {
            let mut buffer = [0; 64];
            while let Ok((length, from)) = beacon.recv_from(&mut buffer) {
                beacon.send_to(&buffer[..length], from).unwrap();
            }
        });
        let known = measure(&[location("here", &address), location("nowhere", "no port")]);
        assert_eq!(known.into_keys().collect::<Vec<_>>(), ["here"]);
    }

    #[test]
    fn nothing_is_nearer_than_a_millisecond() {
        assert_eq!(millis(Duration::from_micros(3)), 1);
        assert_eq!(millis(Duration::from_millis(41)), 41);
    }
}
