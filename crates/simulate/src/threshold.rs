//! Conditions on a report: `p95_wait>30s`.

use std::fmt;
use std::str::FromStr;

use crate::report::{Percentiles, Report};

/// A condition under which a simulation counts as failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    metric: Metric,
    direction: Direction,
    limit: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Above,
    Below,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    Wait(Statistic),
    Latency(Statistic),
    TimedOut,
    Fill,
    Unplaced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statistic {
    Mean,
    P50,
    P90,
    P95,
    P99,
    Max,
}

const STATISTICS: [(&str, Statistic); 6] = [
    ("mean", Statistic::Mean),
    ("p50", Statistic::P50),
    ("p90", Statistic::P90),
    ("p95", Statistic::P95),
    ("p99", Statistic::P99),
    ("max", Statistic::Max),
];

/// Why a text isn't a threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no threshold; write it like `p95_wait>30s`, `p99_latency>120ms`, `timed_out>1%`, `unplaced>0%` or `fill<90%`"
)]
pub struct ThresholdError(String);

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text).ok_or_else(|| ThresholdError(text.to_owned()))
    }
}

impl Threshold {
    fn read(text: &str) -> Option<Self> {
        let place = text.find(['<', '>'])?;
        let metric = Metric::read(text[..place].trim())?;
        let number = text[place + 1..].trim().strip_suffix(metric.unit())?.trim();
        let limit: f64 = number
            .parse()
            .ok()
            .filter(|limit: &f64| limit.is_finite())?;
        Some(Self {
            metric,
            direction: if text[place..].starts_with('<') {
                Direction::Below
            } else {
                Direction::Above
            },
            limit,
        })
    }

    /// What the report says instead, when the condition holds. What the report can't tell counts as crossed: a rule set that
    /// matches nobody doesn't pass a limit on waits.
    #[must_use]
    pub fn crossed(&self, report: &Report) -> Option<String> {
        let found = match self.metric.of(report) {
            Ok(found) => found,
            Err(unknown) => return Some(unknown.to_owned()),
        };
        let is_crossed = match self.direction {
            Direction::Above => found > self.limit,
            Direction::Below => found < self.limit,
        };
        is_crossed.then(|| format!("{}{}", rounded(found), self.metric.unit()))
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.direction {
            Direction::Above => '>',
            Direction::Below => '<',
        };
        write!(
            f,
            "{}{sign}{}{}",
            self.metric,
            self.limit,
            self.metric.unit()
        )
    }
}

impl Metric {
    fn read(name: &str) -> Option<Self> {
        if let Some((statistic, of)) = name.split_once('_')
            && let Some((_, statistic)) = STATISTICS.iter().find(|(word, _)| *word == statistic)
        {
            return match of {
                "wait" => Some(Self::Wait(*statistic)),
                "latency" => Some(Self::Latency(*statistic)),
                _ => None,
            };
        }
        match name {
            "timed_out" => Some(Self::TimedOut),
            "fill" => Some(Self::Fill),
            "unplaced" => Some(Self::Unplaced),
            _ => None,
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Wait(_) => "s",
            Self::Latency(_) => "ms",
            Self::TimedOut | Self::Fill | Self::Unplaced => "%",
        }
    }

    /// The figure, or why there is none.
    fn of(self, report: &Report) -> Result<f64, &'static str> {
        const NO_MATCH: &str = "unknown: nobody got a match";
        match self {
            Self::TimedOut => Ok(report.timed_out_share() * 100.0),
            Self::Wait(_) | Self::Latency(_) | Self::Fill | Self::Unplaced
                if report.matches == 0 =>
            {
                Err(NO_MATCH)
            }
            Self::Wait(statistic) => Ok(statistic.of(&report.wait_seconds)),
            Self::Latency(_) if !report.knows_latency() => {
                Err("unknown: no match has a known latency")
            }
            Self::Latency(statistic) => Ok(statistic.of(&report.latency_millis)),
            Self::Fill => Ok(report.fill * 100.0),
            Self::Unplaced => match &report.placement {
                Some(placement) => Ok(placement.unplaced_share * 100.0),
                None => Err("unknown: no queue was played"),
            },
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(statistic) => write!(f, "{statistic}_wait"),
            Self::Latency(statistic) => write!(f, "{statistic}_latency"),
            Self::TimedOut => f.write_str("timed_out"),
            Self::Fill => f.write_str("fill"),
            Self::Unplaced => f.write_str("unplaced"),
        }
    }
}

impl Statistic {
    const fn of(self, percentiles: &Percentiles) -> f64 {
        match self {
            Self::Mean => percentiles.mean,
            Self::P50 => percentiles.p50,
            Self::P90 => percentiles.p90,
            Self::P95 => percentiles.p95,
            Self::P99 => percentiles.p99,
            Self::Max => percentiles.max,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = STATISTICS.iter().find(|(_, statistic)| statistic == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::Threshold;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let read: Option<Threshold> = text.parse().ok();
        assert_eq!(
            read.map(|threshold| threshold.to_string()).as_deref(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn thresholds_have_a_metric_a_side_and_a_unit() {
        check("p95_wait>30s", Some("p95_wait>30s"));
        check(" max_latency > 120.5 ms", Some("max_latency>120.5ms"));
        check("timed_out>1%", Some("timed_out>1%"));
        check("fill<90%", Some("fill<90%"));
        check("unplaced>0%", Some("unplaced>0%"));
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "p95_wait",
            "p95_wait>30",
            "p95_wait>30ms",
            "p94_wait>1s",
            "p95_fill>1%",
            "wait>1s",
            "fill<NaN%",
        ] {
            check(text, None);
        }
    }
}
