//! Comparisons of a page's cut-offs with each other: Dates for Filing with Final Action, an area with all others.

use bulletin::{Area, Bulletin, Chart, CutOff, Finding, Month, Preference, Reading, Row, RowKey};

use crate::cell::read_cell;
use crate::refusal::Refusal;

/// The fewest cells with an earlier Date for Filing for charts to count as swapped. A few genuine cells have
/// one.
const FEWEST: usize = 4;

/// Charts with fewer cells in common can agree by chance. Real ones have at least 25.
const FEWEST_COMPARED: usize = 6;

/// The comparison of the two charts of one preference, over the cells that are readable on both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Comparison {
    compared: usize,
    /// Cells whose Date for Filing is earlier than the Final Action Date.
    earlier: usize,
    /// Cells whose Date for Filing is later.
    later: usize,
}

impl Comparison {
    /// Compares the two charts of a preference.
    pub(crate) fn new(bulletin: &Bulletin, preference: Preference) -> Self {
        let mut comparison = Self::default();
        let of_chart =
            |row: &&Row| row.key.chart == Chart::FinalAction && row.key.category.preference() == preference;
        for row in bulletin.rows().filter(of_chart) {
            let filing = bulletin.row(RowKey {
                chart: Chart::DatesForFiling,
                ..row.key
            });
            let (Some(action), Some(filing)) = (reach(row), filing.and_then(reach)) else {
                continue;
            };
            comparison.compared += 1;
            comparison.earlier += usize::from(filing < action);
            comparison.later += usize::from(filing > action);
        }
        comparison
    }

    /// Refuses charts under each other's headings. Papers can be filed before a visa can be issued, so nearly
    /// every Date for Filing is later than the Final Action Date.
    pub(crate) fn refuse_swapped(self, preference: Preference) -> Result<(), Refusal> {
        if self.earlier >= FEWEST && self.earlier > self.later {
            return Err(Refusal::ChartsSwapped {
                preference,
                earlier: self.earlier,
                compared: self.earlier + self.later,
            });
        }
        Ok(())
    }

    /// True if the dates themselves show which chart is which, whatever the order on the page.
    pub(crate) fn tells_charts_apart(self) -> bool {
        self.later >= FEWEST && self.later > 2 * self.earlier
    }

    /// True if one chart is a copy of the other, a misprint or two aside: fewer than one cell in ten differs. In every
    /// genuine month, at least one employment cell in six and four family cells in five differ.
    fn is_copy(self) -> bool {
        self.compared >= FEWEST_COMPARED && (self.earlier + self.later) * 10 < self.compared
    }
}

/// Makes the cells of both charts unreadable if one is a copy of the other: nobody can say which is the
/// original. `comparisons` are those of the preferences, in their order.
pub(crate) fn hold_identical(
    bulletin: Bulletin,
    comparisons: [Comparison; 2],
    findings: &mut Vec<Finding>,
) -> Bulletin {
    let is_copied = comparisons.map(Comparison::is_copy);
    if is_copied == [false; 2] {
        return bulletin;
    }
    let copied = Preference::ALL.into_iter().zip(is_copied);
    let copied: Vec<Preference> = copied
        .filter_map(|(preference, is_copied)| is_copied.then_some(preference))
        .collect();
    for preference in &copied {
        findings.push(Finding::IdenticalCharts {
            preference: *preference,
        });
    }
    with_readings(&bulletin, |row| {
        if copied.contains(&row.key.category.preference()) {
            Reading::Unreadable
        } else {
            row.reading
        }
    })
}

/// Reads the cells of identical charts from their raw texts, except those that are unreadable for another reason.
pub(crate) fn release_identical(bulletin: &Bulletin, findings: &[Finding]) -> Bulletin {
    let is_held = |preference: Preference| findings.contains(&Finding::IdenticalCharts { preference });
    with_readings(bulletin, |row| {
        if !is_held(row.key.category.preference()) || is_lost_otherwise(row, findings) {
            return row.reading;
        }
        read_cell(&row.raw.value, bulletin.month()).map_or(Reading::Unreadable, Reading::CutOff)
    })
}

fn is_lost_otherwise(row: &Row, findings: &[Finding]) -> bool {
    let key = row.key;
    findings.iter().any(|finding| match finding {
        Finding::UnreadableCell {
            chart,
            category,
            area,
            ..
        }
        | Finding::ConflictingCells {
            chart,
            category,
            area,
            ..
        } => (*chart, *category, *area) == (key.chart, key.category, key.area),
        Finding::RaggedRow { chart, label, .. } => *chart == key.chart && *label == row.raw.category,
        _ => false,
    })
}

fn with_readings(bulletin: &Bulletin, reading: impl Fn(&Row) -> Reading) -> Bulletin {
    let month: Month = bulletin.month();
    let rows = bulletin.rows().map(|row| Row {
        reading: reading(row),
        ..row.clone()
    });
    // The keys are unchanged, so no cell occurs twice.
    Bulletin::new(month, rows).unwrap_or_else(|_| bulletin.clone())
}

/// The reach of a cut-off: nobody, those before a day, or all.
fn reach(row: &Row) -> Option<(u8, Option<chrono::NaiveDate>)> {
    Some(match row.reading.cut_off()? {
        CutOff::Unavailable => (0, None),
        CutOff::Date(date) => (1, Some(date)),
        CutOff::Current => (2, None),
    })
}

/// Reports areas with a later cut-off than all others.
pub(crate) fn report_later_than_all(bulletin: &Bulletin, findings: &mut Vec<Finding>) {
    for row in bulletin.rows() {
        let all = bulletin.row(RowKey {
            area: Area::ALL,
            ..row.key
        });
        if let (Some(own), Some(all)) = (reach(row), all.and_then(reach))
            && own > all
        {
            let RowKey {
                chart,
                category,
                area,
            } = row.key;
            findings.push(Finding::LaterThanAll {
                chart,
                category,
                area,
            });
        }
    }
}
