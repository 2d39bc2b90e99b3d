//! The verdict on one chart, in the words of a headline, a subject or an SMS.

use crate::area::Area;
use crate::bulletin::MissingPart;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::movement::Movement;
use crate::standing::{Cell, CellState, LastRead};
use crate::text::column::Column;
use crate::text::name::{short_area, shortest_chart};
use crate::text::{area_name, column_name, counted, short_chart, shown, trouble};

/// The form of a verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// True to include the previous value.
    pub(super) old: bool,
    pub(super) long_names: bool,
    pub(super) long_dates: bool,
    /// True to include the number of days, and the column that applies.
    pub(super) details: bool,
}

impl Form {
    /// The most detailed form.
    pub(super) const WHOLE: Self = Self {
        old: true,
        long_names: true,
        long_dates: true,
        details: true,
    };

    fn chart(self, chart: Chart) -> &'static str {
        if self.long_names {
            short_chart(chart)
        } else {
            shortest_chart(chart)
        }
    }

    /// The name of a column that applies instead of the area's own.
    fn column(self, column: Area) -> String {
        match column {
            column if self.long_names => column_name(column),
            Area::ALL if self.long_dates => "All Other Areas".into(),
            column => short_area(column),
        }
    }

    /// The name of the area's own column.
    fn own(self, area: Area) -> String {
        if self.long_names {
            area_name(area)
        } else {
            short_area(area)
        }
    }

    fn cell(self, cell: &Cell) -> String {
        match date(cell) {
            Some(date) if !self.long_dates => date.format("%d%b%y").to_string(),
            None if !self.long_dates && cell.cut_off() == Some(CutOff::Current) => "all current (C)".into(),
            _ => shown(Some(cell)),
        }
    }
}

fn date(cell: &Cell) -> Option<chrono::NaiveDate> {
    cell.cut_off().and_then(CutOff::date)
}

/// The verdict on one chart: `Final Action 15 Nov 2013 (advanced 14 days from 01 Nov 2013)`. `None` if the chart does
/// not concern the case.
pub(super) fn chart_verdict(change: &Change, chart: Chart, form: Form) -> Option<String> {
    let chart_change = change.charts.of(chart);
    let is_correction = change.kind == ChangeKind::Correction;
    let replaced = chart_change.replaced.as_ref().filter(|_| is_correction);
    if chart_change.movement == Some(Movement::Unchanged)
        && replaced.is_none()
        && (is_correction || chart_change.to.is_none())
    {
        return None;
    }
    let verdict = Verdict {
        change,
        chart_change,
        name: form.chart(chart),
        form,
    };
    Some(match (&chart_change.to, replaced) {
        _ if !form.details => verdict.in_few_words(),
        (None, Some(replaced)) => verdict.removed(replaced),
        (None, None) => format!("{} no longer listed{}", verdict.name, verdict.was()),
        (Some(cell), Some(replaced)) => verdict.corrected(cell, replaced),
        (Some(cell), None) if is_correction => verdict.added(cell),
        (Some(cell), None) => verdict.new_month(cell),
    })
}

/// The previous cut-off, with its month if that is not the one that the change is compared with.
pub(super) fn old_words(change: &Change, from: LastRead) -> String {
    let words = from.cut_off.words();
    match other_month(change, from) {
        None => words,
        Some(month) => format!("{words} in {month}"),
    }
}

/// The month of a cut-off, if it is not the one that the change is compared with.
fn other_month(change: &Change, from: LastRead) -> Option<&'static str> {
    (from.month != change.compared_with()).then(|| from.month.name())
}

struct Verdict<'a> {
    change: &'a Change,
    chart_change: &'a ChartChange,
    name: &'static str,
    form: Form,
}

impl Verdict<'_> {
    /// The words before a date that is earlier than the previous one. "Unavailable" needs none.
    fn back(&self) -> Option<&'static str> {
        let is_date = self
            .chart_change
            .to
            .as_ref()
            .is_some_and(|cell| date(cell).is_some());
        if !self.chart_change.is_set_back() || !is_date {
            return None;
        }
        // It is behind what was published, and need not be behind what holds.
        let of_correction = self.chart_change.replaces_a_cut_off();
        let in_short = !self.form.long_names && (self.form.old || self.column() != Column::Same);
        Some(match of_correction {
            false => "set back to",
            true if in_short => "back to",
            true => "corrected back to",
        })
    }

    fn column(&self) -> Column {
        Column::of(self.change, self.chart_change)
    }

    /// The chart, with the column that applies if it is not the area's own.
    fn under(&self, cell: &Cell) -> String {
        if cell.column == self.change.case.area {
            self.name.to_owned()
        } else {
            format!("{} under {}", self.name, self.form.column(cell.column))
        }
    }

    /// The new column and its cut-off; `None` if the column is the same as before.
    fn other_column(&self, cell: &Cell) -> Option<String> {
        let own = self.form.own(self.change.case.area);
        let counts = match self.column() {
            Column::Same => return None,
            Column::Added => format!("{own} column added"),
            Column::Dropped => {
                let column = self.form.column(cell.column);
                if self.form.long_names {
                    format!("{own} column dropped, {column} applies")
                } else {
                    format!("{own} column dropped, now {column}")
                }
            }
        };
        let to = self.form.cell(cell);
        Some(match self.back() {
            Some(back) => format!("{}: {counts}, {back} {to}", self.name),
            None => format!("{}: {counts}: {to}", self.name),
        })
    }

    /// `, was 01 Nov 2013`.
    fn was(&self) -> String {
        match self.chart_change.from.filter(|_| self.form.old) {
            Some(from) if self.form.long_names => format!(", was {}", old_words(self.change, from)),
            Some(from) => match other_month(self.change, from) {
                Some(month) => format!(", was {} in {}", from.cut_off.words(), &month[..3]),
                None => format!(", was {}", from.cut_off.words()),
            },
            None => String::new(),
        }
    }

    fn new_month(&self, cell: &Cell) -> String {
        let (name, to) = (self.under(cell), self.form.cell(cell));
        let Some(movement) = self.chart_change.movement else {
            return format!("{name} {}, see the page", self.trouble(cell));
        };
        if let Some(counts) = self.other_column(cell) {
            return self.of_other_column(&counts, &to);
        }
        let was = self.was();
        let back = self.back().map_or_else(String::new, |back| format!("{back} "));
        match movement {
            Movement::BecameCurrent | Movement::BecameUnavailable => format!("{name} now {to}{was}"),
            Movement::LeftCurrent => format!("{name} {back}{to}{was}"),
            Movement::FirstSeen => noted(&name, &to, "newly listed"),
            // Two dates say themselves how far they are from each other.
            Movement::Advanced { .. } | Movement::Retrogressed { .. } if self.form.long_names => {
                format!("{name} {to} ({} from {})", distance(movement), self.old_first())
            }
            Movement::Advanced { .. } | Movement::Retrogressed { .. } if self.form.old => {
                format!("{name} {back}{to}{was}")
            }
            Movement::Advanced { .. } | Movement::Retrogressed { .. } => {
                let since = self
                    .chart_change
                    .from
                    .and_then(|from| other_month(self.change, from));
                let since = since.map_or_else(String::new, |month| format!(" since {month}"));
                format!("{name} {to} ({}{since})", distance(movement))
            }
            movement => noted(&name, &to, &movement.words()),
        }
    }

    fn of_other_column(&self, counts: &str, to: &str) -> String {
        let was = self.was();
        match (self.column(), self.chart_change.from, self.back()) {
            (Column::Added, Some(from), _) if self.form.long_names => {
                format!("{counts}{was} for {}", self.form.column(from.column))
            }
            // It is the own cut-off: where there is little room its column says nothing else.
            (Column::Added, _, Some(back)) => format!("{} {back} {to}{was}", self.name),
            (Column::Added, ..) => counts.to_owned(),
            _ => format!("{counts}{was}"),
        }
    }

    /// The previous cut-off, after its month if that is not the one that the change is compared with.
    fn old_first(&self) -> String {
        let Some(from) = self.chart_change.from else {
            return String::new();
        };
        let words = from.cut_off.words();
        match other_month(self.change, from) {
            Some(month) => format!("{month}'s {words}"),
            None => words,
        }
    }

    /// The verdict on a corrected cell: old and new value without a number of days, because no cut-off moved.
    fn corrected(&self, cell: &Cell, replaced: &Cell) -> String {
        let (name, to) = (self.under(cell), self.form.cell(cell));
        let first = self.first(replaced);
        if self.chart_change.movement.is_none() {
            let first = if self.form.long_names {
                first
            } else {
                String::new()
            };
            return format!("{name} {} on the corrected page{first}", self.trouble(cell));
        }
        let not = match self.form {
            Form { long_names: true, .. } => first,
            Form { old: true, .. } => format!(", not {}", self.of_column(replaced)),
            _ => String::new(),
        };
        match (self.other_column(cell), self.back()) {
            // Beside its column there is no room for what was published.
            (Some(counts), _) if self.column() == Column::Added && !self.form.long_names => counts,
            (Some(counts), _) => format!("{counts}{not}"),
            (None, Some(back)) => format!("{name} {back} {to}{not}"),
            (None, None) if self.form.long_names => format!("{name} corrected to {to}{not}"),
            (None, None) => format!("{name} {to}{not}"),
        }
    }

    fn removed(&self, replaced: &Cell) -> String {
        let name = self.name;
        match self.form {
            Form { long_names: true, .. } => {
                format!("{name} removed by the correction{}", self.first(replaced))
            }
            Form { old: true, .. } => format!("{name} removed (at first {})", self.of_column(replaced)),
            _ => format!("{name} removed"),
        }
    }

    /// The verdict on a cell that a correction adds, or does not touch.
    fn added(&self, cell: &Cell) -> String {
        let (name, to) = (self.under(cell), self.form.cell(cell));
        match (self.chart_change.movement, self.chart_change.from) {
            (None, _) => format!("{name} {} on the corrected page", self.trouble(cell)),
            (Some(Movement::FirstSeen), None) if self.form.long_names => {
                noted(&name, &to, "added, was not listed")
            }
            (Some(Movement::FirstSeen), None) => format!("{name} added: {to}"),
            _ => self.new_month(cell),
        }
    }

    /// The value that a correction replaces, with its column if it is not the area's own.
    fn of_column(&self, replaced: &Cell) -> String {
        let before = shown(Some(replaced));
        if replaced.column == self.change.case.area {
            before
        } else {
            format!("{before} for {}", self.form.column(replaced.column))
        }
    }

    /// `, first published as 01 Nov 2013`.
    fn first(&self, replaced: &Cell) -> String {
        let how = match replaced.state {
            CellState::CutOff(_) => "published",
            CellState::Unreadable(_) => "misprinted",
            CellState::Missing(_) => return ", missing at first".into(),
        };
        format!(", first {how} as {}", self.of_column(replaced))
    }

    /// The reason why the cell cannot be read: `misprinted`, `has no India column`.
    fn trouble(&self, cell: &Cell) -> String {
        let case = self.change.case;
        match cell.state {
            CellState::Missing(MissingPart::Column) => format!("has no {} column", self.form.own(case.area)),
            _ => trouble(case, &cell.state),
        }
    }

    /// The shortest form, which is never dropped. The line itself shows if it is a correction.
    fn in_few_words(&self) -> String {
        let name = self.name;
        let is_correction = self.change.kind == ChangeKind::Correction;
        let Some(cell) = &self.chart_change.to else {
            let gone = if is_correction {
                "removed"
            } else {
                "no longer listed"
            };
            return format!("{name} {gone}");
        };
        let to = self.form.cell(cell);
        let Some(movement) = self.chart_change.movement else {
            let now = if is_correction { " now" } else { "" };
            return format!("{name} {}{now}", self.trouble(cell));
        };
        match movement {
            _ if self.back().is_some() && is_correction => format!("{name} back to {to}"),
            _ if self.back().is_some() => format!("{name} set back to {to}"),
            // The longest of these verdicts: twice `new: all current (C)` does not fit.
            Movement::FirstSeen if self.chart_change.from.is_none() => {
                format!("{name} new: {}", to.trim_start_matches("all "))
            }
            Movement::BecameUnavailable => format!("{name} now {to}"),
            _ if is_correction => format!("{name} {to}"),
            Movement::Advanced { .. } => format!("{name} advanced to {to}"),
            Movement::BecameAvailable => format!("{name} {to} (available)"),
            Movement::Unchanged => format!("{name} still {to}"),
            _ => format!("{name} {to}"),
        }
    }
}

/// A cut-off with a note: `Filing 01 Aug 2012 (unchanged)`, but `Filing unchanged: all dates current (C)`.
fn noted(name: &str, to: &str, note: &str) -> String {
    if to.ends_with(')') {
        format!("{name} {note}: {to}")
    } else {
        format!("{name} {to} ({note})")
    }
}

/// `advanced 14 days`, or `set back 14 days`.
fn distance(movement: Movement) -> String {
    match movement.signed_days() {
        Some(days @ ..0) => format!("set back {}", counted(-days)),
        _ => movement.words(),
    }
}
