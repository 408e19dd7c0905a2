//! Where players live and how far data centres are.

use std::sync::LazyLock;

/// A city with players, and perhaps with a location of GameLift.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) location: Option<&'static str>,
    /// Hours ahead of UTC.
    pub(crate) utc: f64,
    /// Players, relative to other cities.
    pub(crate) share: f64,
    /// Milliseconds there and back to each city, in the order of the table.
    pub(crate) millis: Vec<f64>,
}

/// The table beside the code; its head says where the figures come from.
pub(crate) static CITIES: LazyLock<Vec<City>> = LazyLock::new(|| {
    let lines = include_str!("../data/cities.csv").lines();
    let rows = lines.filter(|line| !line.starts_with('#')).skip(1);
    rows.map(city).collect()
});

fn city(row: &'static str) -> City {
    let fields: Vec<&str> = row.split(',').collect();
    let number = |field: &str| {
        field
            .parse()
            .expect("the table beside the code is well-formed, as its test says")
    };
    City {
        name: fields[0],
        location: Some(fields[1]).filter(|location| *location != "-"),
        utc: number(fields[2]),
        share: number(fields[3]),
        millis: fields[4..].iter().map(|field| number(field)).collect(),
    }
}

/// The GameLift locations that the table knows distances to.
pub fn locations() -> impl Iterator<Item = &'static str> {
    CITIES.iter().filter_map(|city| city.location)
}

/// The place in the table of the city that a location is in.
pub(crate) fn city_of(location: &str) -> Option<usize> {
    CITIES
        .iter()
        .position(|city| city.location == Some(location))
}

#[cfg(test)]
mod tests {
    use super::CITIES;

    #[test]
    fn the_table_is_square_and_about_symmetric() {
        for (row, city) in CITIES.iter().enumerate() {
            assert_eq!(city.millis.len(), CITIES.len(), "{}", city.name);
            for (column, millis) in city.millis.iter().enumerate() {
                let back = CITIES[column].millis[row];
                assert!(
                    (millis - back).abs() <= 3.0,
                    "{} to {}",
                    city.name,
                    CITIES[column].name
                );
            }
        }
    }
}
