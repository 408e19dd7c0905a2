//! The launch parameters of the fleet's runtime configuration.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::*;
use thiserror::Error;

/// How the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// First and last port to try; as many as the fleet opens.
    pub(crate) ports: (u16, u16),
    /// A session without players ends after this time. Reservations hold for a minute, so players may come that late.
    pub(crate) idle: Duration,
    /// A session ends after this time in any case.
    pub(crate) limit: Duration,
}

/// What is wrong with the launch parameters.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    #[error("{0}; usage: arena-server [--ports FIRST-LAST] [--idle SECONDS] [--limit SECONDS]")]
    Syntax(#[from] lexopt::Error),
}

impl Arguments {
    /// Reads the command line, the program's name first.
    pub(crate) fn read(
        line: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, ArgumentError> {
        let mut arguments = Self {
            ports: (7777, 7877),
            idle: Duration::from_secs(60),
            limit: Duration::from_secs(3600),
        };
        let mut parser = lexopt::Parser::from_iter(line);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("ports") => arguments.ports = parser.value()?.parse_with(range)?,
                Long("idle") => arguments.idle = Duration::from_secs(parser.value()?.parse()?),
                Long("limit") => arguments.limit = Duration::from_secs(parser.value()?.parse()?),
                Short(_) | Long(_) | Value(_) => return Err(argument.unexpected().into()),
            }
        }
        Ok(arguments)
    }
}

fn range(text: &str) -> Result<(u16, u16), &'static str> {
    let parse = |port: &str| port.parse().ok();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    parse(first)
        .zip(parse(last))
        .filter(|(first, last)| first <= last && *first > 0)
        .ok_or("a range looks like 7777-7877")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(format!("arena-server {line}").split_whitespace())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn parameters_replace_the_defaults() {
        let arguments = read("--ports 9000-9001 --idle 5 --limit 30").unwrap();
        assert_eq!(arguments.ports, (9000, 9001));
        assert_eq!(arguments.idle, Duration::from_secs(5));
        assert_eq!(arguments.limit, Duration::from_secs(30));
    }

    #[test]
    fn one_port_is_a_range() {
        assert_eq!(read("--ports 9000").unwrap().ports, (9000, 9000));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in ["--ports 2-1", "--ports x", "--idle soon", "--dance", "now"] {
            let error = read(line).unwrap_err();
            assert!(error.contains("usage: "), "{error}");
        }
    }
}
