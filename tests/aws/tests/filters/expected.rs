//! The oracle's predictions of a case, as text, and the people whom they concern.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use end_to_end::oracle::{Cells, History};

/// The oracle's prediction of one case on one chart, as text.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) movement: String,
}

impl Told {
    /// Parses the oracle's `final_action 2012-07-01 (INDIA 2024-03) -> 2012-07-15 (INDIA) advanced 14`.
    fn read(text: &str) -> Self {
        let (from, to) = text.split_once(' ').unwrap().1.split_once(" -> ").unwrap();
        let first = |text: &str| text.split(' ').next().unwrap().to_owned();
        let movement = to
            .rsplit_once(") ")
            .map_or_else(|| to.split_once(' ').unwrap().1, |(_, movement)| movement);
        Self {
            from: first(from),
            to: first(to),
            movement: first(movement),
        }
    }

    fn is_current(value: &str, date: &str) -> bool {
        // Dates sort as text.
        value == "C" || (value.starts_with(|first: char| first.is_ascii_digit()) && date < value)
    }

    pub(crate) fn misprinted(&self) -> bool {
        self.to == "unreadable"
    }

    pub(crate) fn passes(&self, date: &str) -> bool {
        !self.misprinted() && !Self::is_current(&self.from, date) && Self::is_current(&self.to, date)
    }

    pub(crate) fn goes_back(&self, date: &str) -> bool {
        !self.misprinted() && Self::is_current(&self.from, date) && !Self::is_current(&self.to, date)
    }

    pub(crate) fn comes_near(&self, date: &str, days: i64) -> bool {
        let near = |value: &str| {
            let date: NaiveDate = date.parse().unwrap();
            value
                .parse::<NaiveDate>()
                .is_ok_and(|value| (0..=days).contains(&(date - value).num_days()))
        };
        !near(&self.from) && near(&self.to)
    }

    pub(crate) fn moved(&self) -> bool {
        self.movement != "unchanged"
    }
}

/// An alert that the oracle predicts.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub(crate) month: String,
    pub(crate) category: String,
    pub(crate) area: String,
    pub(crate) correction: bool,
    pub(crate) charts: [Told; 2],
    /// The columns of the category's half of this bulletin and the one before.
    pub(crate) columns: [BTreeSet<String>; 2],
}

impl Expected {
    pub(crate) fn id(&self) -> String {
        let revision = u8::from(self.correction);
        format!(
            "CATEGORY#{}#COUNTRY#{}#{}#{revision}",
            self.category, self.area, self.month
        )
    }

    /// True if the alert is for the people of this country. For a country without a column it is the alert of
    /// `ALL`; when a column is removed, the alert that says so is still the country's.
    pub(crate) fn is_for(&self, category: &str, country: &str) -> bool {
        let column = |columns: &BTreeSet<String>| {
            let of = if columns.contains(country) { country } else { "ALL" };
            of.to_owned()
        };
        let [before, now] = self.columns.each_ref().map(column);
        let told = if self.columns[1].contains(&before) {
            now
        } else {
            before
        };
        self.category == category && self.area == told
    }
}

fn columns(cells: &Cells, category: &str) -> BTreeSet<String> {
    let family = |category: &str| category.starts_with('F');
    let half = cells
        .keys()
        .filter(|(_, other, _)| family(other) == family(category));
    half.map(|(_, _, area)| area.clone()).collect()
}

/// The alert of the case in a line of the oracle, with this history stored.
pub(crate) fn read_line(line: &str, stored: &History) -> Expected {
    let (head, charts) = line.split_once(": ").unwrap();
    let words: Vec<&str> = head.split(' ').collect();
    let charts: Vec<Told> = charts.split("; ").map(Told::read).collect();
    let correction = words[3] == "correction";
    let month = words[0].to_owned();
    let before = if correction {
        &stored[&month]
    } else {
        stored.range(..month.clone()).next_back().unwrap().1
    };
    let columns = [before, &stored[&month]].map(|cells| columns(cells, words[1]));
    Expected {
        month,
        category: words[1].into(),
        area: words[2].into(),
        correction,
        charts: charts.try_into().unwrap(),
        columns,
    }
}
