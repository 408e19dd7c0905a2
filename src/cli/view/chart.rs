//! Operations as bars over a common time axis, for terminals and logs alike: letters only, no colour.

use std::fmt::Write as _;
use std::time::Duration;

use crate::cli::duration;
use crate::moment::Moment;
use crate::ops::history::{ResourceSpan, SpanResult, StackOperation};

/// Columns of the axis.
const AXIS: usize = 48;

/// Longest label; what is longer is cut.
const LABEL: usize = 36;

/// Draws operations that ran in one go.
///
/// `=` is work that was done, `x` ends work that failed, `-` is work that was given up, `>` ends work that goes on.
pub(in crate::cli) fn draw(run: &[StackOperation]) -> String {
    let Some(axis) = Axis::of(run) else {
        return String::new();
    };
    let total = duration::show(axis.end.since(axis.begin));
    let mut text = format!("run of {}, {total}\n", axis.begin);
    for operation in run {
        let result = match (operation.ended.is_some(), operation.has_failed()) {
            (false, _) => SpanResult::Running,
            (true, false) => SpanResult::Complete,
            (true, true) => SpanResult::Failed,
        };
        let took = operation.took();
        let label = operation.stack.to_string();
        axis.row(&mut text, &label, operation.began, took, result);
        for span in operation.resources() {
            let kind = span.resource_type.rsplit("::").next().unwrap_or_default();
            let label = format!("  {} {kind}", span.logical_id);
            let took = axis.took(&span);
            axis.row(&mut text, &label, span.began, took, span.result);
        }
    }
    text
}

/// The time that the columns stand for.
struct Axis {
    begin: Moment,
    end: Moment,
}

impl Axis {
    fn of(run: &[StackOperation]) -> Option<Self> {
        let begin = run.iter().map(|operation| operation.began).min()?;
        let end = run
            .iter()
            .map(|operation| operation.began + operation.took())
            .max()?;
        Some(Self { begin, end })
    }

    /// What goes on goes on to the end of the axis.
    fn took(&self, span: &ResourceSpan) -> Duration {
        span.ended.unwrap_or(self.end).since(span.began)
    }

    fn column(&self, moment: Moment) -> usize {
        let total = self.end.since(self.begin).as_millis().max(1);
        let column = moment.since(self.begin).as_millis() * AXIS as u128 / total;
        usize::try_from(column).unwrap_or(AXIS).min(AXIS)
    }

    fn row(
        &self,
        text: &mut String,
        label: &str,
        began: Moment,
        took: Duration,
        result: SpanResult,
    ) {
        let first = self.column(began).min(AXIS - 1);
        // What took no time is still seen.
        let length = (self.column(began + took) - first.min(self.column(began + took))).max(1);
        let label: String = label.chars().take(LABEL).collect();
        let bar = format!("{}{}", " ".repeat(first), bar(length, result));
        let took = duration::show(took);
        // Writing to a string can't fail.
        let _ = writeln!(text, "{label:LABEL$} |{bar:AXIS$}| {took}");
    }
}

fn bar(length: usize, result: SpanResult) -> String {
    let (body, end) = match result {
        SpanResult::Complete => ("=", "="),
        SpanResult::Failed => ("=", "x"),
        SpanResult::Running => ("=", ">"),
        SpanResult::Cancelled => ("-", "-"),
    };
    format!("{}{end}", body.repeat(length - 1))
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::*;
    use crate::ops::history::tests::history;

    #[test]
    fn bars_stand_where_the_work_was_done() {
        let run = history(&[
            "10 CREATE_IN_PROGRESS game",
            "10 CREATE_IN_PROGRESS Build",
            "34 CREATE_COMPLETE Build",
            "34 CREATE_IN_PROGRESS Fleet",
            "34 CREATE_IN_PROGRESS Queue",
            "106 CREATE_FAILED Fleet: no instances",
            "106 CREATE_FAILED Queue: Resource creation cancelled",
            "106 ROLLBACK_COMPLETE game",
        ]);
        assert_data_eq!(
            draw(&run),
            str![[r#"
run of 1970-01-01T00:00:10Z, 1m36s
game (eu-west-1)                     |===============================================x| 1m36s
  Build Fleet                        |============                                    | 24s
  Fleet Fleet                        |            ===================================x| 1m12s
  Queue Fleet                        |            ------------------------------------| 1m12s

"#]]
        );
    }

    #[test]
    fn work_that_took_no_time_and_work_that_goes_on_are_seen() {
        let run = history(&[
            "10 UPDATE_IN_PROGRESS game",
            "10 UPDATE_IN_PROGRESS Alias",
            "10 UPDATE_COMPLETE Alias",
            "12 UPDATE_IN_PROGRESS Fleet",
        ]);
        let drawn = draw(&run);
        assert!(drawn.contains("|=  "), "{drawn}");
        assert!(
            drawn.lines().nth(1).is_some_and(|line| line.contains(">|")),
            "{drawn}"
        );
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(draw(&[]), "");
    }
}
