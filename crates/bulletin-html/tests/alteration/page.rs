//! A page that can be altered: its charts as rows of cells that know their meaning, and the text between
//! them.
//!
//! A cell keeps its meaning when it is moved, so that the expected result follows from the altered page.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bulletin::{Area, Category, Chart, CutOff, Month, Preference, RowKey};

use crate::table::{Cell, ChartTable, Role, chart_tables};
use crate::text::squashed;

/// The truth about a cell: its cut-off, if the department printed a valid one, and the raw texts of row,
/// column and value.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) value: Option<CutOff>,
    pub(crate) row: String,
    pub(crate) column: String,
    pub(crate) raw: String,
}

pub(crate) type Truth = BTreeMap<RowKey, Known>;

/// The expected result for a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// This value, or a finding that names the cell.
    Value(CutOff),
    /// No value, and a finding that names the cell.
    NoValue,
}

/// Turns HTML into the bytes that a host sends.
type Encode = Rc<dyn Fn(&str) -> Vec<u8>>;

/// A page, split into its parts.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) month: Month,
    /// The requested month; `None` if an operator adds the page manually.
    pub(crate) asked: Option<Month>,
    /// The text before, between and after the charts: one piece more than there are charts.
    pub(crate) texts: Vec<String>,
    pub(crate) charts: Vec<ChartTable>,
    /// Turns the finished page into bytes.
    pub(crate) encode: Encode,
    /// Cells that may be lost without a finding, because a single page cannot show that they are missing.
    pub(crate) may_go: BTreeSet<RowKey>,
    /// True if text may have been inserted into labels in transit.
    pub(crate) is_garbled: bool,
    /// The cells of the page before it was altered.
    before: Vec<RowKey>,
}

impl Page {
    /// Splits a page into its parts. Fails if a chart or a cell of the truth is not found in it.
    pub(crate) fn new(month: Month, html: &str, truth: &Truth) -> Result<Self, String> {
        let tables = chart_tables(html);
        let two_charts = (month.year(), month.number()) >= (2015, 10);
        let wanted = if two_charts { 4 } else { 2 };
        if tables.len() != wanted {
            return Err(format!("{month}: {} charts instead of {wanted}", tables.len()));
        }
        let mut page = Self {
            month,
            asked: None,
            texts: Vec::new(),
            charts: Vec::new(),
            encode: Rc::new(|html| html.as_bytes().to_vec()),
            may_go: BTreeSet::new(),
            is_garbled: false,
            before: truth.keys().copied().collect(),
        };
        let mut from = 0;
        for (index, range) in tables.into_iter().enumerate() {
            let (preference, chart) = match (two_charts, index) {
                (true, 0) => (Preference::Family, Chart::FinalAction),
                (true, 1) => (Preference::Family, Chart::DatesForFiling),
                (true, 2) => (Preference::Employment, Chart::FinalAction),
                (true, _) => (Preference::Employment, Chart::DatesForFiling),
                (false, 0) => (Preference::Family, Chart::FinalAction),
                (false, _) => (Preference::Employment, Chart::FinalAction),
            };
            page.texts.push(html[from..range.start].to_owned());
            page.charts
                .push(ChartTable::new(&html[range.clone()], chart, preference, truth));
            from = range.end;
        }
        page.texts.push(html[from..].to_owned());
        page.require_every_cell(truth)?;
        Ok(page)
    }

    fn require_every_cell(&self, truth: &Truth) -> Result<(), String> {
        for (key, known) in truth {
            let cells: Vec<&Cell> = self.cells().filter(|cell| cell.says.contains(key)).collect();
            let [cell] = cells[..] else {
                return Err(format!("{}: {key:?} stands {} times", self.month, cells.len()));
            };
            if squashed(&cell.inner) != squashed(&known.raw) {
                return Err(format!("{}: {key:?} says {:?}", self.month, cell.inner));
            }
        }
        Ok(())
    }

    /// The page as HTML.
    pub(crate) fn html(&self) -> String {
        let mut html = self.texts[0].clone();
        for (table, text) in self.charts.iter().zip(&self.texts[1..]) {
            table.write(&mut html);
            html.push_str(text);
        }
        html
    }

    /// The page as a host sends it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        (self.encode)(&self.html())
    }

    /// Replaces the page by altered HTML in which the cells keep their meaning.
    pub(crate) fn rewrite(&mut self, edit: impl Fn(&str) -> String + 'static) {
        self.encode = Rc::new(move |html| edit(html).into_bytes());
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &Cell> {
        let rows = self.charts.iter().flat_map(|table| &table.rows);
        rows.flat_map(|row| &row.cells)
    }

    /// The expected result for each cell that is on the page or was on it before.
    pub(crate) fn expected(&self) -> BTreeMap<RowKey, Expected> {
        let mut expected = BTreeMap::new();
        for cell in self.cells() {
            let says = cell.value.map_or(Expected::NoValue, Expected::Value);
            for key in &cell.says {
                let known = expected.entry(*key).or_insert(says);
                if *known != says {
                    *known = Expected::NoValue;
                }
            }
        }
        for key in &self.before {
            expected.entry(*key).or_insert(Expected::NoValue);
        }
        expected
    }

    /// The labels of this cell's row and column on the page, squashed: those that name it, and those in the
    /// place of its original label.
    pub(crate) fn labels_of(&self, key: RowKey) -> (Vec<String>, Vec<String>) {
        let preference = key.category.preference();
        let of_chart = |table: &&ChartTable| table.chart == key.chart && table.preference == preference;
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for row in self.charts.iter().filter(of_chart).flat_map(|table| &table.rows) {
            for cell in &row.cells {
                for role in [Some(cell.role), cell.second_role].into_iter().flatten() {
                    match role {
                        Role::RowLabel(category) if category == key.category => {
                            rows.push(squashed(&cell.inner))
                        }
                        // The column may be labelled as another country's.
                        Role::ColumnLabel(area)
                            if area == key.area || Area::by_name(&cell.inner) == Some(key.area) =>
                        {
                            columns.push(squashed(&cell.inner));
                        }
                        _ => {}
                    }
                }
            }
        }
        (rows, columns)
    }

    /// True if the month has two charts.
    pub(crate) fn has_two_charts(&self) -> bool {
        (self.month.year(), self.month.number()) >= (2015, 10)
    }

    /// The index of a chart.
    pub(crate) fn chart(&self, chart: Chart, preference: Preference) -> Option<usize> {
        self.charts
            .iter()
            .position(|table| (table.chart, table.preference) == (chart, preference))
    }

    /// True if a page without this area's column on one chart shows by itself that the column is missing. For
    /// years, Final Action has had columns that Dates for Filing lacked, never the other way round.
    pub(crate) fn misses_column(&self, table: usize, area: Area) -> bool {
        let own = &self.charts[table];
        let always = [Area::CHINA, Area::INDIA, Area::MEXICO, Area::PHILIPPINES].contains(&area);
        let filing = self.chart(Chart::DatesForFiling, own.preference);
        let on_filing = filing.is_some_and(|filing| self.charts[filing].areas().contains(&area));
        area == Area::ALL
            || (always && (self.month.year(), self.month.number()) >= (2005, 2))
            || (own.chart == Chart::FinalAction && on_filing)
    }

    /// True if a page without this row on one chart shows by itself that the row is missing.
    pub(crate) fn misses_row(&self, table: usize, category: Category) -> bool {
        use Category as C;
        let own = &self.charts[table];
        let statutory = [
            C::F1,
            C::F2a,
            C::F2b,
            C::F3,
            C::F4,
            C::Eb1,
            C::Eb2,
            C::Eb3,
            C::Eb4,
        ];
        let beside =
            |other: &ChartTable| other.preference == own.preference && other.categories().contains(&category);
        statutory.contains(&category)
            || category == C::OtherWorkers
            || self.charts.iter().filter(|other| beside(other)).count() > 1
    }

    /// Allows the loss of rows that a single page cannot show.
    pub(crate) fn allow_undetectable_loss(&mut self) {
        let mut may_go = Vec::new();
        for (index, table) in self.charts.iter().enumerate() {
            for category in table.categories() {
                if !self.misses_row(index, category) {
                    let chart = table.chart;
                    may_go.extend(table.areas().into_iter().map(|area| RowKey {
                        chart,
                        category,
                        area,
                    }));
                }
            }
        }
        self.may_go.extend(may_go);
    }
}
