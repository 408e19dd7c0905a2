//! The name that was probably meant.

/// Below this similarity a suggestion would be a guess.
const SIMILAR: f64 = 0.8;

/// `did you mean …?` for the nearest known name.
pub(super) fn nearest<N: AsRef<str>>(
    name: &str,
    known: impl IntoIterator<Item = N>,
) -> Option<String> {
    let mut best: Option<(f64, String)> = None;
    for candidate in known {
        let similarity = strsim::jaro_winkler(
            &name.to_ascii_lowercase(),
            &candidate.as_ref().to_ascii_lowercase(),
        );
        if similarity > best.as_ref().map_or(SIMILAR, |(best, _)| *best) {
            best = Some((similarity, candidate.as_ref().to_owned()));
        }
    }
    best.map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}
