//! The conversion of a table into rows of a bulletin. Start at [`read_chart`].

use bulletin::{Area, Category, Finding, RawCell, Reading, Row, RowKey, UnreadableReason};
use smol_str::SmolStr;

use crate::cell::read_cell;
use crate::column::{Column, Columns};
use crate::era;
use crate::grid::Grid;
use crate::hidden::report_hidden;
use crate::label::Named;
use crate::line::{Line, Lines, lines};
use crate::place::Place;
use crate::shape::Shape;
use crate::table::{CellText, EMPTY, Table};
use crate::text::printed;

/// Parses a chart's table: its cells are added to `rows`, and anything unusual to `findings`. Returns the
/// columns that apply at its end. A table without column labels has those `inherited` from the table before.
///
/// # Errors
/// The reason why the table as a whole cannot be read.
pub(crate) fn read_chart(
    (table, shape): (&Table, &Shape),
    place: Place,
    inherited: Option<&Columns>,
    rows: &mut Vec<Row>,
    findings: &mut Vec<Finding>,
) -> Result<Columns, &'static str> {
    let grid = Grid::new(table);
    let mut lines = lines(&grid, shape.header, inherited, (place.month, place.preference))?;
    let mut reader = ChartReader {
        grid: &grid,
        place,
        lines: &lines,
        first_row: rows.len(),
        rows,
        findings,
    };
    let names_all = |column: &Column| match column.named {
        Some(named) => named.what() == Area::ALL,
        None => !column.printed.is_empty(),
    };
    if !lines
        .headers
        .iter()
        .all(|columns| columns.values.iter().any(names_all))
        && inherited.is_none()
    {
        return Err("it has no column for all other areas");
    }
    reader.report_columns(shape.header.is_none());
    reader.read_lines();
    if reader.rows.len() == reader.first_row {
        return Err("none of its cells stands under a known label");
    }
    reader.report_repeated_rows();
    report_hidden(&grid, &lines, place, findings);
    for note in &lines.notes {
        let what = format!("a row over all columns was passed over: \"{}\".", printed(note));
        findings.push(place.layout(&what));
    }
    lines.headers.pop().ok_or("its columns have no labels")
}

struct ChartReader<'a> {
    grid: &'a Grid<'a>,
    place: Place,
    lines: &'a Lines<'a>,
    rows: &'a mut Vec<Row>,
    /// The number of rows there were before this table.
    first_row: usize,
    findings: &'a mut Vec<Finding>,
}

impl<'a> ChartReader<'a> {
    /// The cell of a line in a column.
    fn value(&self, line: &Line<'_>, column: &Column) -> CellText<'a> {
        self.grid.cell(line.row, column.at).unwrap_or(EMPTY)
    }

    fn report_columns(&mut self, are_inherited: bool) {
        let lines = self.lines;
        for (number, columns) in lines.headers.iter().enumerate() {
            if are_inherited && number == 0 {
                continue;
            }
            for (at, column) in columns.values.iter().enumerate() {
                self.report_column(number, column);
                let is_same = |other: &Column| other.named.map(Named::what) == column.named.map(Named::what);
                let earlier = columns.values[..at].iter().filter(|other| is_same(other)).count();
                if let (Some(named), 1) = (column.named, earlier) {
                    self.findings.push(Finding::RepeatedColumn {
                        chart: self.place.chart,
                        preference: self.place.preference,
                        area: named.what(),
                    });
                }
            }
        }
    }

    fn report_column(&mut self, header: usize, column: &Column) {
        let Place {
            chart, preference, ..
        } = self.place;
        match column.named {
            Some(Named::Exactly(area)) if Area::listed().any(|listed| listed == area) => {}
            Some(Named::Exactly(area)) => self.findings.push(Finding::NewColumn {
                chart,
                preference,
                area,
            }),
            Some(Named::Nearly(area)) => self.findings.push(Finding::ApproximateLabel {
                chart,
                preference,
                label: column.printed.to_string(),
                read_as: area.code().to_owned(),
            }),
            None => {
                let lines = self.lines.lines.iter().filter(|line| line.header == header);
                let cells: Vec<(String, String)> = lines
                    .clone()
                    .map(|line| {
                        let text = printed(self.value(line, column).text).into_owned();
                        (printed(&line.label).into_owned(), text)
                    })
                    .collect();
                let is_spacer = column.printed.is_empty()
                    && !column.holds_hidden
                    && cells.iter().all(|(_, text)| text.is_empty())
                    && !lines.clone().any(|line| self.value(line, column).holds_hidden);
                if !is_spacer {
                    self.findings.push(Finding::UnrecognisedColumn {
                        chart,
                        preference,
                        label: column.printed.to_string(),
                        cells,
                    });
                }
            }
        }
    }

    fn read_lines(&mut self) {
        let lines = self.lines;
        let has = |category| {
            let names = |line: &Line<'_>| line.named.is_some_and(|named| named.what() == category);
            lines.lines.iter().any(names)
        };
        let is_complete = era::missing_categories(self.place.month, self.place.preference, has)
            .next()
            .is_none();
        for (at, line) in lines.lines.iter().enumerate() {
            if line.is_title && at == 0 && is_complete && self.has_one_value(line) {
                // In April 2003 the title of the rows has a "C" in each column.
                continue;
            }
            match line.named.map(Named::what) {
                Some(category) if era::has(category, self.place.month) => self.read_line(line, category),
                category => self.report_unread(line, category),
            }
        }
    }

    /// True if all cells of a line have the same text.
    fn has_one_value(&self, line: &Line<'_>) -> bool {
        let columns = &self.lines.columns(line).values;
        let mut texts = columns.iter().map(|column| self.value(line, column).text);
        let first = texts.next();
        texts.all(|text| Some(text) == first)
    }

    /// Reports a line whose cells are not read: its label is unknown, or names a category of another era.
    fn report_unread(&mut self, line: &Line<'_>, category: Option<Category>) {
        let Place {
            chart, preference, ..
        } = self.place;
        let columns = &self.lines.columns(line).values;
        let label = printed(&line.label).into_owned();
        let mut cells: Vec<(String, String)> = Vec::with_capacity(columns.len());
        let width = self.grid.width(line.row);
        for at in self.lines.columns(line).labels..width {
            let column = columns.iter().find(|column| column.at == at);
            let name = column.map_or_else(String::new, |column| column.printed.to_string());
            cells.push((name, printed(self.grid.text(line.row, at)).into_owned()));
        }
        self.findings.push(match category {
            None => Finding::UnrecognisedRow {
                chart,
                preference,
                label,
                cells,
            },
            Some(category) => Finding::RowOfAnotherEra {
                chart,
                preference,
                category,
                label,
                cells,
            },
        });
    }

    fn read_line(&mut self, line: &Line<'_>, category: Category) {
        let Place {
            chart, preference, ..
        } = self.place;
        let label = SmolStr::new(printed(&line.label));
        let columns = self.lines.columns(line);
        if let Some(Named::Nearly(_)) = line.named {
            self.findings.push(Finding::ApproximateLabel {
                chart,
                preference,
                label: label.to_string(),
                read_as: category.code().to_owned(),
            });
        }
        if !line.is_regular {
            self.findings.push(Finding::RaggedRow {
                chart,
                preference,
                label: label.to_string(),
                expected: columns.width - columns.labels,
                found: self.grid.width(line.row).saturating_sub(columns.labels),
            });
        }
        for column in &columns.values {
            let Some(area) = column.named.map(Named::what) else {
                continue;
            };
            let key = RowKey {
                chart,
                category,
                area,
            };
            let cell = self.value(line, column);
            let reading = self.read_value(key, line, column);
            let row = Row {
                key,
                reading,
                raw: RawCell {
                    category: label.clone(),
                    area: column.printed.clone(),
                    value: SmolStr::new(printed(cell.text)),
                },
            };
            self.add(row);
        }
    }

    /// Reads the cell of a line in a column, and reports it if it is unreadable.
    fn read_value(&mut self, key: RowKey, line: &Line<'_>, column: &Column) -> Reading {
        if !line.is_regular {
            return Reading::Unreadable;
        }
        let cell = self.value(line, column);
        let is_hidden = cell.hidden.is_some()
            && !self.grid.table().is_row_hidden(line.row)
            && !self.grid.is_column_hidden(column.at);
        let read = if line.is_struck || column.is_struck || cell.is_struck() {
            Err(UnreadableReason::StruckThrough)
        } else if is_hidden {
            Err(UnreadableReason::Hidden)
        } else if cell.rowspan > 1 && !self.fits_below(line, column, cell.rowspan) {
            Err(UnreadableReason::NotACutOff)
        } else {
            read_cell(cell.text, self.place.month)
        };
        match read {
            Ok(cut_off) => Reading::CutOff(cut_off),
            Err(reason) => {
                self.findings.push(Finding::UnreadableCell {
                    chart: key.chart,
                    category: key.category,
                    area: key.area,
                    raw: printed(cell.text).into_owned(),
                    reason,
                });
                Reading::Unreadable
            }
        }
    }

    /// True if every row that a cell spans exists and has its other cells in their columns.
    fn fits_below(&self, line: &Line<'_>, column: &Column, rowspan: u16) -> bool {
        let slot = self.grid.slot(line.row, column.at);
        let width = self.lines.columns(line).width;
        let is_in = |row: &usize| self.grid.slot(*row, column.at) == slot;
        let rows = || (0..self.grid.len()).filter(is_in);
        rows().count() == usize::from(rowspan) && rows().all(|row| self.grid.fills(row, width))
    }

    fn add(&mut self, row: Row) {
        let known = self.rows[self.first_row..]
            .iter_mut()
            .find(|known| known.key == row.key);
        match known {
            Some(known) => reconcile(known, &row, self.findings),
            None => self.rows.push(row),
        }
    }

    fn report_repeated_rows(&mut self) {
        let lines = &self.lines.lines;
        for (at, line) in lines.iter().enumerate() {
            let Some(category) = line.named.map(Named::what) else {
                continue;
            };
            let same = |other: &&Line<'_>| {
                other.named.map(Named::what) == Some(category)
                    && self.lines.columns(other).values.iter().any(|column| {
                        let columns = &self.lines.columns(line).values;
                        columns.iter().any(|own| own.named == column.named)
                    })
            };
            if lines[..at].iter().filter(same).count() == 1 {
                self.findings.push(Finding::RepeatedRow {
                    chart: self.place.chart,
                    preference: self.place.preference,
                    category,
                });
            }
        }
    }
}

/// Reconciles two copies of a cell: of two different texts neither counts.
fn reconcile(known: &mut Row, again: &Row, findings: &mut Vec<Finding>) {
    if known.reading == again.reading && known.raw.value == again.raw.value {
        return;
    }
    known.reading = Reading::Unreadable;
    let key = known.key;
    let conflict = findings.iter_mut().find_map(|finding| match finding {
        Finding::ConflictingCells {
            chart,
            category,
            area,
            raw,
        } if (*chart, *category, *area) == (key.chart, key.category, key.area) => Some(raw),
        _ => None,
    });
    match conflict {
        Some(raw) => raw.push(again.raw.value.to_string()),
        None => findings.push(Finding::ConflictingCells {
            chart: key.chart,
            category: key.category,
            area: key.area,
            raw: vec![known.raw.value.to_string(), again.raw.value.to_string()],
        }),
    }
}
