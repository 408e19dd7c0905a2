//! Checks the bounds of one rule against each other.

use crate::code;
use crate::report::Report;
use crate::shape::fields::Fields;

/// Checks that a minimum isn't above its maximum, and that there is a bound at all.
pub(crate) fn check(
    fields: &Fields<'_>,
    keys: [&'static str; 2],
    bounds: [Option<f64>; 2],
    report: &mut Report<'_>,
) {
    let [minimum_key, maximum_key] = keys;
    if let [Some(minimum), Some(maximum)] = bounds
        && minimum > maximum
    {
        let message =
            format!("`{minimum_key}` is {minimum}, above `{maximum_key}`, which is {maximum}");
        report.error(
            &fields.path.key(minimum_key),
            code::MIN_EXCEEDS_MAX,
            message,
        );
    }
    if keys.iter().all(|key| fields.get(key).is_none()) {
        report
            .warning(
                &fields.path,
                code::ALWAYS_TRUE,
                "the rule has no bound, so nothing says when it fails",
            )
            .hint(format!("Give `{minimum_key}`, `{maximum_key}` or both."));
    }
}

/// Checks that the distance settings of a latency rule stand together, and that there is a bound at all.
pub(crate) fn check_latency(fields: &Fields<'_>, report: &mut Report<'_>) {
    let has = |key| fields.get(key).is_some();
    if has("distanceReference") && !has("maxDistance") {
        report.error(
            &fields.path.key("distanceReference"),
            code::CONFLICTING_SETTINGS,
            "`distanceReference` needs `maxDistance`",
        );
    }
    if has("maxDistance") && !has("distanceReference") {
        report
            .warning(
                &fields.path.key("maxDistance"),
                code::UNDOCUMENTED,
                "`maxDistance` has no `distanceReference`",
            )
            .hint("Say what the distance is measured from: `min` or `avg`.");
    }
    if !has("maxLatency") && !has("maxDistance") {
        report
            .warning(
                &fields.path,
                code::ALWAYS_TRUE,
                "the latency rule has no bound, so every latency satisfies it",
            )
            .hint("Give `maxLatency`.");
    }
}
