//! Comparisons of a page's cut-offs with each other: Dates for Filing with Final Action, an area with all others.

use bulletin::{Area, Bulletin, Chart, CutOff, Finding, Month, Preference, Reading, Row, RowKey};

use crate::cell::read_cell;
use crate::refusal::Refusal;

/// How many cells must speak for it before charts count as swapped. A few genuine cells have Dates for Filing before
/// Final Action Dates.
const FEWEST: usize = 4;

/// How the two charts of one preference compare, over the cells that can be read on both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Comparison {
    compared: usize,
    /// Cells whose Date for Filing lies before the Final Action Date.
    earlier: usize,
    /// Cells whose Date for Filing lies after it.
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

    /// Refuses charts that stand under each other's headings. Papers can be filed before a visa can be issued, so
    /// nearly every Date for Filing lies after the Final Action Date.
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
        self.compared > 0 && (self.earlier + self.later) * 10 < self.compared
    }
}

/// Makes the cells of both charts unreadable where one is a copy of the other: nobody can say which is the original.
pub(crate) fn hold_identical(bulletin: Bulletin, findings: &mut Vec<Finding>) -> Bulletin {
    let mut copied = Preference::ALL.to_vec();
    copied.retain(|preference| Comparison::new(&bulletin, *preference).is_copy());
    if copied.is_empty() {
        return bulletin;
    }
    findings.extend(copied.iter().map(|preference| Finding::IdenticalCharts {
        preference: *preference,
    }));
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
    // The keys stay the same, so that no cell stands twice.
    Bulletin::new(month, rows).unwrap_or_else(|_| bulletin.clone())
}

/// How far a cut-off reaches: to nobody, to those before a day, to all.
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
