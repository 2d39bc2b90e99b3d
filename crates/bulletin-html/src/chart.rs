//! From a table to the rows of a bulletin.

use bulletin::{
    Area, Category, Chart, Finding, Month, Preference, RawCell, Reading, Row, RowKey, UnreadableReason,
};

use smol_str::SmolStr;

use crate::cell::read_cell;
use crate::label::{self, Named};
use crate::shape::Shape;
use crate::table::{CellText, Table};
use crate::text::printed;

/// Which chart a table is, and of which bulletin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) month: Month,
    pub(crate) chart: Chart,
    pub(crate) preference: Preference,
}

/// Reads a chart's table: its cells are added to `rows`, and what is unusual about them to `findings`.
///
/// # Errors
/// Why the table as a whole cannot be read.
pub(crate) fn read_chart(
    table: &Table,
    shape: &Shape,
    place: Place,
    rows: &mut Vec<Row>,
    findings: &mut Vec<Finding>,
) -> Result<(), &'static str> {
    let reader = ChartReader {
        table,
        place,
        columns: columns(table, shape.header, place.preference)?,
    };
    let lines = reader.lines(shape.header, findings)?;
    reader.report_columns(&lines, findings);
    if !reader.columns.iter().any(|column| {
        matches!(
            column.named,
            Some(Named::Exactly(Area::ALL) | Named::Nearly(Area::ALL))
        ) || (column.named.is_none() && !column.label.is_empty())
    }) {
        return Err("it has no column for all other areas");
    }
    let rows_before = rows.len();
    reader.read_lines(&lines, rows, findings);
    if rows.len() == rows_before {
        return Err("none of its cells stands under a known label");
    }
    reader.report_absent(&lines, findings);
    Ok(())
}

struct ChartReader<'a> {
    table: &'a Table,
    place: Place,
    /// The columns beside that of the labels.
    columns: Vec<Column<'a>>,
}

struct Column<'a> {
    label: &'a str,
    /// The label as printed.
    printed: SmolStr,
    named: Option<Named<Area>>,
}

/// A row of the table that is no title.
struct Line<'a> {
    label: &'a str,
    named: Option<Named<Category>>,
    /// Which row it is.
    row: usize,
    /// Whether its cells stand in the chart's columns, one in each.
    is_regular: bool,
}

/// More columns than any chart has.
const MOST_COLUMNS: usize = 64;
/// Room for the columns that charts have.
const USUAL_COLUMNS: usize = 10;

/// The columns as the header row labels them, cells from the rows above included that reach down into it.
fn columns(table: &Table, header: usize, preference: Preference) -> Result<Vec<Column<'_>>, &'static str> {
    let mut above: Vec<(u16, CellText<'_>)> = Vec::with_capacity(USUAL_COLUMNS);
    let mut reaching = Vec::with_capacity(USUAL_COLUMNS);
    let mut slots: Vec<CellText<'_>> = Vec::with_capacity(USUAL_COLUMNS);
    for row in 0..=header {
        slots.clear();
        reaching.clear();
        let mut cells = table.row(row);
        loop {
            let at = slots.len();
            if at > MOST_COLUMNS {
                return Err("it has more columns than any chart");
            }
            let (rows_left, cell) = match above.get(at) {
                Some((rows_left, cell)) if *rows_left > 0 => (*rows_left, *cell),
                _ => match cells.next() {
                    Some(cell) => (cell.rowspan, cell),
                    None if above.iter().skip(at).any(|(rows_left, _)| *rows_left > 0) => (0, EMPTY),
                    None => break,
                },
            };
            let width = if above.get(at).is_some_and(|(rows_left, _)| *rows_left > 0) {
                1
            } else {
                usize::from(cell.colspan)
            };
            for _ in 0..width.min(MOST_COLUMNS) {
                slots.push(cell);
                reaching.push((rows_left.saturating_sub(1), cell));
            }
        }
        std::mem::swap(&mut above, &mut reaching);
    }
    if above.iter().any(|(rows_left, _)| *rows_left > 0) {
        return Err("the labels of its columns reach down into its rows");
    }
    let mut columns: Vec<Column<'_>> = slots
        .iter()
        .skip(1)
        .map(|cell| Column {
            label: cell.text,
            printed: SmolStr::new(printed(cell.text)),
            // One label over several columns says nothing of each.
            named: if cell.colspan == 1 {
                label::area(cell.text)
            } else {
                None
            },
        })
        .collect();
    if slots.first().is_some_and(|first| {
        label::exact_area(first.text).is_some() || label::category(preference, first.text).is_some()
    }) {
        return Err("its columns have no room for the labels of its rows");
    }
    unname_rivals(&mut columns, |column| &mut column.named);
    Ok(columns)
}

const EMPTY: CellText<'static> = CellText {
    text: "",
    colspan: 1,
    rowspan: 1,
};

/// A label that is only near a name never stands beside one that is it: then it must mean something else. Of
/// several that are only near the same name, none can be told to mean it.
fn unname_rivals<T, N: Copy + PartialEq>(
    labelled: &mut [T],
    named: impl Fn(&mut T) -> &mut Option<Named<N>>,
) {
    let names: Vec<Option<Named<N>>> = labelled.iter_mut().map(|one| *named(one)).collect();
    for (at, one) in labelled.iter_mut().enumerate() {
        let Some(Named::Nearly(what)) = names[at] else {
            continue;
        };
        let has_rival = names
            .iter()
            .enumerate()
            .any(|(other, name)| other != at && name.is_some_and(|name| name.what() == what));
        if has_rival {
            *named(one) = None;
        }
    }
}

impl<'a> ChartReader<'a> {
    fn lines(&self, header: usize, findings: &mut Vec<Finding>) -> Result<Vec<Line<'a>>, &'static str> {
        let mut lines: Vec<Line<'a>> = Vec::with_capacity(self.table.len());
        // For each column, how many rows a cell from above still takes.
        let mut taken: Vec<u16> = Vec::new();
        for row in header + 1..self.table.len() {
            let cells = self.table.row(row);
            let is_taken = taken.iter().any(|rows| *rows > 0);
            taken.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
            taken.extend(
                cells
                    .clone()
                    .filter(|cell| cell.rowspan > 1)
                    .map(|cell| cell.rowspan - 1),
            );
            taken.retain(|rows| *rows > 0);
            let mut values = cells.clone();
            let Some(first) = values.next() else {
                continue;
            };
            if !is_taken && cells.clone().all(|cell| cell.text.is_empty()) {
                // An empty row says nothing, unless cells from above reach into it.
                continue;
            }
            let label = first.text;
            if let Some(preference) = label::preference(label) {
                if preference != self.place.preference {
                    return Err("a row between its rows names the other preference");
                }
                continue;
            }
            if self.is_header_again(values.clone())? {
                continue;
            }
            let is_note = values.len() == 0
                && label::category(self.place.preference, label).is_none()
                && usize::from(first.colspan) > self.columns.len();
            if is_note {
                findings.push(Finding::Layout {
                    what: format!(
                        "{}, {}: a row over all columns was passed over: \"{}\".",
                        self.place.chart.name(),
                        self.place.preference.name(),
                        printed(label)
                    ),
                });
                continue;
            }
            let is_regular =
                !is_taken && values.len() == self.columns.len() && first.rowspan == 1 && { cells }
                    .all(|cell| cell.colspan == 1);
            lines.push(Line {
                label,
                named: label::category(self.place.preference, label),
                row,
                is_regular,
            });
        }
        unname_rivals(&mut lines, |line| &mut line.named);
        Ok(lines)
    }

    /// The cells of a line beside its label.
    fn values(&self, line: &Line<'_>) -> impl ExactSizeIterator<Item = CellText<'a>> {
        self.table.row(line.row).skip(1)
    }

    /// The cell of a line in a column; `None` where it ends before.
    fn value(&self, line: &Line<'_>, column: usize) -> Option<CellText<'a>> {
        self.values(line).nth(column)
    }

    /// Whether a row labels the columns once more, as they are labelled.
    fn is_header_again<'t>(
        &self,
        values: impl ExactSizeIterator<Item = CellText<'t>> + Clone,
    ) -> Result<bool, &'static str> {
        let areas = values
            .clone()
            .filter(|cell| label::exact_area(cell.text).is_some_and(|area| area != Area::ALL))
            .count();
        if areas < 2 {
            return Ok(false);
        }
        let same = values.len() == self.columns.len()
            && values
                .zip(&self.columns)
                .all(|(cell, column)| cell.text == column.label);
        if same {
            Ok(true)
        } else {
            Err("its columns are labelled anew between its rows")
        }
    }

    fn report_columns(&self, lines: &[Line<'_>], findings: &mut Vec<Finding>) {
        let Place {
            chart, preference, ..
        } = self.place;
        for (at, column) in self.columns.iter().enumerate() {
            let label = &column.printed;
            match column.named {
                Some(Named::Exactly(area)) => {
                    if !Area::listed().any(|listed| listed == area) {
                        findings.push(Finding::NewColumn {
                            chart,
                            preference,
                            area,
                        });
                    }
                }
                Some(Named::Nearly(area)) => findings.push(Finding::ApproximateLabel {
                    chart,
                    preference,
                    label: label.to_string(),
                    read_as: area.code().to_owned(),
                }),
                None => {
                    let cells: Vec<(String, String)> = lines
                        .iter()
                        .filter_map(|line| {
                            let cell = self.value(line, at)?;
                            Some((printed(line.label).into_owned(), printed(cell.text).into_owned()))
                        })
                        .collect();
                    if !label.is_empty() || cells.iter().any(|(_, text)| !text.is_empty()) {
                        findings.push(Finding::UnrecognisedColumn {
                            chart,
                            preference,
                            label: label.to_string(),
                            cells,
                        });
                    }
                }
            }
        }
    }

    fn read_lines(&self, lines: &[Line<'_>], rows: &mut Vec<Row>, findings: &mut Vec<Finding>) {
        let Place {
            chart, preference, ..
        } = self.place;
        let first_row = rows.len();
        for line in lines {
            let label = SmolStr::new(printed(line.label));
            let Some(named) = line.named else {
                let cells = self
                    .values(line)
                    .enumerate()
                    .map(|(at, cell)| {
                        let column = self.columns.get(at).map_or("", |column| &column.printed);
                        (column.to_owned(), printed(cell.text).into_owned())
                    })
                    .collect();
                findings.push(Finding::UnrecognisedRow {
                    chart,
                    preference,
                    label: label.to_string(),
                    cells,
                });
                continue;
            };
            let category = named.what();
            if let Named::Nearly(_) = named {
                findings.push(Finding::ApproximateLabel {
                    chart,
                    preference,
                    label: label.to_string(),
                    read_as: category.code().to_owned(),
                });
            }
            if !line.is_regular {
                findings.push(Finding::RaggedRow {
                    chart,
                    preference,
                    label: label.to_string(),
                    expected: self.columns.len(),
                    found: self.values(line).len(),
                });
            }
            for (at, column) in self.columns.iter().enumerate() {
                let Some(area) = column.named.map(Named::what) else {
                    continue;
                };
                let cell = self.value(line, at).unwrap_or(EMPTY);
                let key = RowKey {
                    chart,
                    category,
                    area,
                };
                let reading = if !line.is_regular {
                    Reading::Unreadable
                } else {
                    let read = if cell.rowspan > 1 {
                        Err(UnreadableReason::NotACutOff)
                    } else {
                        read_cell(cell.text, self.place.month)
                    };
                    match read {
                        Ok(cut_off) => Reading::CutOff(cut_off),
                        Err(reason) => {
                            findings.push(Finding::UnreadableCell {
                                chart,
                                category,
                                area,
                                raw: printed(cell.text).into_owned(),
                                reason,
                            });
                            Reading::Unreadable
                        }
                    }
                };
                let row = Row {
                    key,
                    reading,
                    raw: RawCell {
                        category: label.clone(),
                        area: column.printed.clone(),
                        value: SmolStr::new(printed(cell.text)),
                    },
                };
                match rows[first_row..].iter_mut().find(|known| known.key == key) {
                    Some(known) => reconcile(known, row, findings),
                    None => rows.push(row),
                }
            }
        }
    }

    /// Rows that a chart like this one has always had, and that this one has not: each of a group of which it has
    /// at least one.
    fn report_absent(&self, lines: &[Line<'_>], findings: &mut Vec<Finding>) {
        let has = |category: &Category| {
            lines
                .iter()
                .any(|line| line.named.is_some_and(|named| named.what() == *category))
        };
        for group in GROUPS
            .iter()
            .filter(|group| group[0].preference() == self.place.preference)
        {
            if !group.iter().any(has) {
                continue;
            }
            for category in group.iter().filter(|category| !has(category)) {
                findings.push(self.absence(*category));
            }
        }
        let is_fifth = |line: &Line<'_>| {
            line.named
                .is_some_and(|named| named.what().code().starts_with("EB5"))
        };
        if self.place.preference == Preference::Employment && !lines.iter().any(is_fifth) {
            findings.push(self.absence(Category::Eb5));
        }
    }

    fn absence(&self, category: Category) -> Finding {
        Finding::Layout {
            what: format!(
                "{}, {}: there is no row that can be read as {category}, which such a chart had before. Look at the \
                 page.",
                self.place.chart.name(),
                self.place.preference.name(),
            ),
        }
    }
}

/// Rows that stand together: where a chart has one of a group, it has had them all.
const GROUPS: [&[Category]; 5] = [
    &[
        Category::F1,
        Category::F2a,
        Category::F2b,
        Category::F3,
        Category::F4,
    ],
    &[
        Category::Eb1,
        Category::Eb2,
        Category::Eb3,
        Category::OtherWorkers,
        Category::Eb4,
        Category::ReligiousWorkers,
    ],
    &[Category::Eb5NonRegional, Category::Eb5Regional],
    &[Category::Eb5UnreservedC5T5, Category::Eb5UnreservedI5R5],
    &[
        Category::Eb5Rural,
        Category::Eb5HighUnemployment,
        Category::Eb5Infrastructure,
    ],
];

/// The same cell stands twice: the same text twice is one text, and of two different texts neither counts.
fn reconcile(known: &mut Row, again: Row, findings: &mut Vec<Finding>) {
    if known.reading == again.reading && known.raw.value == again.raw.value {
        let what = format!(
            "{}, row {}, column {}: printed twice with the same text.",
            known.key.chart.name(),
            known.key.category,
            known.key.area
        );
        findings.push(Finding::Layout { what });
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
        Some(raw) => raw.push(again.raw.value.into()),
        None => findings.push(Finding::ConflictingCells {
            chart: key.chart,
            category: key.category,
            area: key.area,
            raw: vec![known.raw.value.to_string(), again.raw.value.into()],
        }),
    }
}
