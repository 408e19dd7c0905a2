//! Things that depend on themselves.

use std::collections::{BTreeMap, BTreeSet};

/// Who needs whom, by name.
pub(super) type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// One cycle out of every knot, each starting with its smallest name.
pub(super) fn cycles<'a>(mut edges: Edges<'a>) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    loop {
        remove_settled(&mut edges);
        let Some(start) = edges.keys().next().copied() else {
            return found;
        };
        let cycle = follow(&edges, start);
        for name in &cycle {
            edges.remove(name);
        }
        found.push(cycle);
    }
}

/// Removes whatever needs nothing that is still there, until all that is left leads into a cycle.
fn remove_settled(edges: &mut Edges<'_>) {
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, needs) in edges.iter() {
        let open: Vec<&str> = needs
            .iter()
            .copied()
            .filter(|other| edges.contains_key(other))
            .collect();
        waiting.insert(name, open.len());
        for other in open {
            needed_by.entry(other).or_default().push(name);
        }
    }
    let mut settled: Vec<&str> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(name, _)| *name)
        .collect();
    while let Some(name) = settled.pop() {
        edges.remove(name);
        for user in needed_by.get(name).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    settled.push(user);
                }
            }
        }
    }
}

/// Goes from need to need until a name comes again; that it does is what `remove_settled` left behind.
fn follow<'a>(edges: &Edges<'a>, start: &'a str) -> Vec<&'a str> {
    let mut way = vec![start];
    let mut current = start;
    while let Some(next) = edges
        .get(current)
        .and_then(|needs| needs.iter().find(|other| edges.contains_key(*other)))
    {
        if let Some(place) = way.iter().position(|name| name == next) {
            let mut cycle = way.split_off(place);
            let smallest = cycle
                .iter()
                .enumerate()
                .min_by_key(|(_, name)| **name)
                .map_or(0, |(index, _)| index);
            cycle.rotate_left(smallest);
            return cycle;
        }
        way.push(next);
        current = next;
    }
    way
}

/// The cycle in words: `` `A` -> `B` -> `A` ``.
pub(super) fn words(cycle: &[&str]) -> String {
    let names: Vec<String> = cycle
        .iter()
        .chain(cycle.first())
        .map(|name| format!("`{name}`"))
        .collect();
    names.join(" -> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(edges: &[(&'static str, &[&'static str])], expected: &[&[&str]]) {
        let edges = edges
            .iter()
            .map(|(name, needs)| (*name, needs.iter().copied().collect()))
            .collect();
        assert_eq!(cycles(edges), expected);
    }

    #[test]
    fn chain_has_no_cycle() {
        check(&[("a", &["b"]), ("b", &["c"]), ("c", &[])], &[]);
    }

    #[test]
    fn thing_that_needs_itself_is_a_cycle() {
        check(&[("a", &["a"])], &[&["a"]]);
    }

    #[test]
    fn cycle_starts_with_its_smallest_name_and_leaves_out_who_leads_there() {
        check(
            &[
                ("a", &["d"]),
                ("b", &["c"]),
                ("c", &["b", "e"]),
                ("d", &["c"]),
                ("e", &[]),
            ],
            &[&["b", "c"]],
        );
    }

    #[test]
    fn separate_cycles_are_separate_findings() {
        check(
            &[("a", &["b"]), ("b", &["a"]), ("c", &["d"]), ("d", &["c"])],
            &[&["a", "b"], &["c", "d"]],
        );
    }
}
