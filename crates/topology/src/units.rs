//! Quantities with units as topologies write them.

use std::time::Duration;

use crate::environment::{PortRange, Protocol, RateLimit};

/// `50ms`, `30s`, `5m`, `2h`, `1d`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let milliseconds: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// `512MiB`, `1GiB`, in MiB.
pub(crate) fn memory(text: &str) -> Option<u64> {
    match split(text)? {
        (number, "MiB") => Some(number),
        (number, "GiB") => number.checked_mul(1024),
        _ => None,
    }
}

/// `20%`.
pub(crate) fn percent(text: &str) -> Option<u32> {
    match split(text)? {
        (number, "%") => u32::try_from(number).ok(),
        _ => None,
    }
}

/// `300 per 5m`.
pub(crate) fn rate(text: &str) -> Option<RateLimit> {
    let (requests, time) = text.split_once(" per ")?;
    Some(RateLimit {
        requests: requests.trim().parse().ok()?,
        per: duration(time.trim())?,
    })
}

/// `udp 7777-7877`, `tcp 8080 from 10.0.0.0/8`.
pub(crate) fn ports(text: &str) -> Option<PortRange> {
    let mut words = text.split_whitespace();
    let protocol = match words.next()?.to_ascii_lowercase().as_str() {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        _ => return None,
    };
    let range = words.next()?;
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let cidr = match (words.next(), words.next(), words.next()) {
        (None, ..) => "0.0.0.0/0",
        (Some("from"), Some(cidr), None) if is_cidr(cidr) => cidr,
        _ => return None,
    };
    Some(PortRange {
        protocol,
        from: digits(from)?,
        to: digits(to)?,
        cidr: cidr.to_owned(),
    })
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    address.parse::<std::net::Ipv4Addr>().is_ok()
        && digits::<u8>(bits).is_some_and(|bits| bits <= 32)
}

/// Digits only: Rust's own parsing would take a sign.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok())?
}

fn split(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((digits(number)?, unit.trim_start()))
}

/// A duration as topologies write it.
pub(crate) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.subsec_millis() > 0 {
        return format!("{}ms", duration.as_millis());
    }
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) && seconds > 300 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("5m"), Some(Duration::from_secs(300)));
        assert_eq!(duration("2h"), Some(Duration::from_secs(7200)));
        assert_eq!(duration("1d"), Some(Duration::from_secs(86_400)));
        assert_eq!(duration("50ms"), Some(Duration::from_millis(50)));
        for wrong in [
            "30",
            "s",
            "",
            "-1s",
            "1.5s",
            "1w",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn memory_is_counted_in_mebibytes() {
        assert_eq!(memory("512MiB"), Some(512));
        assert_eq!(memory("1GiB"), Some(1024));
        assert_eq!(memory("1GB"), None);
    }

    #[test]
    fn ports_may_be_restricted_to_a_network() {
        let range = ports("tcp 8080 from 10.0.0.0/8").unwrap();
        assert_eq!(
            (range.from, range.to, range.cidr.as_str()),
            (8080, 8080, "10.0.0.0/8")
        );
        assert_eq!(ports("udp 7777-7877").unwrap().to, 7877);
        for wrong in [
            "7777",
            "icmp 1",
            "udp",
            "udp 1-2-3",
            "udp +1",
            "tcp 1 from",
            "tcp 1 from 10.0.0.0/33",
            "tcp 1 x",
        ] {
            assert_eq!(ports(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rate_is_a_count_in_a_time() {
        assert_eq!(
            rate("300 per 5m"),
            Some(RateLimit {
                requests: 300,
                per: Duration::from_secs(300)
            })
        );
        assert_eq!(rate("300"), None);
        assert_eq!(percent("20%"), Some(20));
        assert_eq!(percent("20"), None);
    }

    #[test]
    fn shown_duration_reads_back() {
        for text in ["0s", "90s", "10m", "2h", "1d", "50ms"] {
            assert_eq!(show(duration(text).unwrap()), text);
        }
    }
}
