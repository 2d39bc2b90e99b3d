//! A chart of a page as rows and cells.

use std::ops::Range;

use bulletin::{Area, Category, Chart, CutOff, Preference, RowKey};

use crate::page::{Known, Truth};
use crate::text::squashed;

/// The ranges of a page's charts.
pub(crate) fn chart_tables(html: &str) -> Vec<Range<usize>> {
    let lower = html.to_ascii_lowercase();
    let mut tables = Vec::new();
    let mut from = 0;
    while let Some(start) = lower[from..].find("<table").map(|at| from + at) {
        let end = lower[start..]
            .find("</table>")
            .map_or(html.len(), |at| start + at + 8);
        let text = &lower[start..end];
        let has_areas = text.contains("listed") && (text.contains("mexico") || text.contains(">me<"));
        if text.matches("<tr").count() > 3 && has_areas && !text.contains("all dv") {
            tables.push(start..end);
        }
        from = end;
    }
    tables
}

/// The role of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The label of a row: its category before the page was altered.
    RowLabel(Category),
    /// The label of a column: its area before the page was altered.
    ColumnLabel(Area),
    /// A cut-off.
    Value,
    /// Anything else.
    Other,
}

/// A cell with its tags.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// The start tag, such as `<td width="68">`.
    pub(crate) open: String,
    pub(crate) inner: String,
    pub(crate) close: &'static str,
    pub(crate) role: Role,
    /// The second role of a cell with the contents of two.
    pub(crate) second_role: Option<Role>,
    /// The cells of the bulletin that it prints; more than one if it spans.
    pub(crate) says: Vec<RowKey>,
    /// Its cut-off; `None` if it prints none that is valid.
    pub(crate) value: Option<CutOff>,
}

impl Cell {
    /// A cell without meaning.
    pub(crate) fn plain(inner: &str) -> Self {
        Self {
            open: "<td>".into(),
            inner: inner.into(),
            close: "</td>",
            role: Role::Other,
            second_role: None,
            says: Vec::new(),
            value: None,
        }
    }

    /// A header cell of a column.
    pub(crate) fn label(area: Area, inner: &str) -> Self {
        Self {
            role: Role::ColumnLabel(area),
            ..Self::plain(inner)
        }
    }

    /// Adds an attribute to the start tag.
    pub(crate) fn set(&mut self, attribute: &str) {
        self.open = with_attribute(&self.open, attribute);
    }

    /// Makes it a `th` cell.
    pub(crate) fn make_header(&mut self) {
        self.open.replace_range(1..3, "th");
        self.close = "</th>";
    }
}

/// A start tag with one more attribute.
pub(crate) fn with_attribute(tag: &str, attribute: &str) -> String {
    let end = tag.rfind('>').unwrap_or(tag.len());
    format!("{} {attribute}>", &tag[..end])
}

/// A row with its tags.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Markup before the row, such as `</thead><tbody>`.
    pub(crate) before: String,
    pub(crate) open: String,
    pub(crate) cells: Vec<Cell>,
    pub(crate) close: &'static str,
}

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Self {
            before: String::new(),
            open: "<tr>".into(),
            cells,
            close: "</tr>",
        }
    }

    /// The original category of its label; `None` for headers, titles and notes.
    pub(crate) fn category(&self) -> Option<Category> {
        self.cells.iter().find_map(|cell| match cell.role {
            Role::RowLabel(category) => Some(category),
            _ => None,
        })
    }

    pub(crate) fn is_header(&self) -> bool {
        let is_label = |cell: &Cell| matches!(cell.role, Role::ColumnLabel(_));
        self.cells.iter().any(is_label)
    }

    /// Removes the meaning of its cells, as when the row has lost its label.
    pub(crate) fn forget(&mut self) {
        for cell in &mut self.cells {
            cell.says.clear();
        }
    }

    /// Assigns its cells to another category.
    pub(crate) fn speak_of(&mut self, category: Category) {
        for key in self.cells.iter_mut().flat_map(|cell| &mut cell.says) {
            key.category = category;
        }
    }

    /// Marks its values as not valid.
    pub(crate) fn invalidate(&mut self) {
        for cell in &mut self.cells {
            cell.value = None;
        }
    }

    /// Its label.
    pub(crate) fn label_mut(&mut self) -> Option<&mut Cell> {
        let is_label = |cell: &&mut Cell| matches!(cell.role, Role::RowLabel(_));
        self.cells.iter_mut().find(is_label)
    }
}

/// A chart with its tags.
#[derive(Debug, Clone)]
pub(crate) struct ChartTable {
    pub(crate) chart: Chart,
    pub(crate) preference: Preference,
    /// Everything before the first row: the start tag of the table, a caption.
    pub(crate) open: String,
    pub(crate) rows: Vec<Row>,
    /// Everything after the last row: the end tag of the table.
    pub(crate) close: String,
}

impl ChartTable {
    pub(crate) fn new(html: &str, chart: Chart, preference: Preference, truth: &Truth) -> Self {
        let lower = html.to_ascii_lowercase();
        let starts: Vec<usize> = tags(&lower, &["<tr"]);
        let mut table = Self {
            chart,
            preference,
            open: html[..starts.first().copied().unwrap_or(0)].to_owned(),
            rows: Vec::new(),
            close: String::new(),
        };
        let mut before = String::new();
        for (index, start) in starts.iter().enumerate() {
            let limit = starts.get(index + 1).copied().unwrap_or(html.len());
            let row_end = lower[*start..limit].find("</tr>");
            let end_tag = ["</tbody>", "</thead>", "</table>"]
                .iter()
                .filter_map(|tag| lower[*start..limit].find(tag))
                .min();
            let end = row_end.or(end_tag).map_or(limit, |at| start + at);
            let mut row = row(&html[*start..end]);
            row.before = std::mem::take(&mut before);
            table.rows.push(row);
            let after = row_end.map_or(end, |_| end + 5);
            html[after..limit].clone_into(&mut before);
        }
        table.close = before;
        table.identify(truth);
        table
    }

    /// Finds the labels, and the value of each cell, by the raw texts of the truth.
    fn identify(&mut self, truth: &Truth) {
        let own: Vec<(&RowKey, &Known)> = truth
            .iter()
            .filter(|(key, _)| key.chart == self.chart && key.category.preference() == self.preference)
            .collect();
        let area_of = |cell: &Cell| {
            let label = squashed(&cell.inner);
            let found = own.iter().find(|(_, known)| squashed(&known.column) == label);
            found.map(|(key, _)| key.area)
        };
        let category_of = |cell: &Cell| {
            let label = squashed(&cell.inner);
            let found = own.iter().find(|(_, known)| squashed(&known.row) == label);
            found.map(|(key, _)| key.category)
        };
        let is_header = |row: &Row| row.cells.iter().filter_map(area_of).count() > 1;
        let Some(header) = self.rows.iter().position(is_header) else {
            return;
        };
        let areas: Vec<Option<Area>> = self.rows[header].cells.iter().map(area_of).collect();
        for (cell, area) in self.rows[header].cells.iter_mut().zip(&areas) {
            cell.role = area.map_or(Role::Other, Role::ColumnLabel);
        }
        for row in &mut self.rows[header + 1..] {
            let Some(category) = row.cells.first().and_then(category_of) else {
                continue;
            };
            row.cells[0].role = Role::RowLabel(category);
            for (cell, area) in row.cells.iter_mut().zip(&areas).skip(1) {
                let Some(area) = *area else { continue };
                let key = RowKey {
                    chart: self.chart,
                    category,
                    area,
                };
                if let Some(known) = truth.get(&key) {
                    cell.role = Role::Value;
                    cell.says = vec![key];
                    cell.value = known.value;
                }
            }
        }
    }

    pub(crate) fn write(&self, html: &mut String) {
        html.push_str(&self.open);
        for row in &self.rows {
            html.push_str(&row.before);
            html.push_str(&row.open);
            for cell in &row.cells {
                html.push_str(&cell.open);
                html.push_str(&cell.inner);
                html.push_str(cell.close);
            }
            html.push_str(row.close);
        }
        html.push_str(&self.close);
    }

    /// The index of the row that labels the columns.
    pub(crate) fn header(&self) -> usize {
        self.rows.iter().position(Row::is_header).unwrap_or(0)
    }

    /// The indices of the rows of cut-offs.
    pub(crate) fn body(&self) -> Vec<usize> {
        let indices = 0..self.rows.len();
        indices
            .filter(|row| self.rows[*row].category().is_some())
            .collect()
    }

    /// The index of a category's row.
    pub(crate) fn row_of(&self, category: Category) -> Option<usize> {
        self.rows.iter().position(|row| row.category() == Some(category))
    }

    /// The number of cells in the header.
    pub(crate) fn width(&self) -> usize {
        self.rows[self.header()].cells.len()
    }

    pub(crate) fn areas(&self) -> Vec<Area> {
        let header = self.rows.iter().find(|row| row.is_header());
        let cells = header.iter().flat_map(|row| &row.cells);
        cells
            .filter_map(|cell| match cell.role {
                Role::ColumnLabel(area) => Some(area),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn categories(&self) -> Vec<Category> {
        self.rows.iter().filter_map(Row::category).collect()
    }

    /// The index of an area's column among the header's cells.
    pub(crate) fn column_of(&self, area: Area) -> Option<usize> {
        let cells = &self.rows[self.header()].cells;
        cells.iter().position(|cell| cell.role == Role::ColumnLabel(area))
    }

    /// Edits each cell of a column, the header's first.
    pub(crate) fn edit_column(&mut self, column: usize, mut edit: impl FnMut(&mut Cell)) {
        let width = self.width();
        let header = self.header();
        for row in &mut self.rows[header..] {
            if row.cells.len() == width {
                edit(&mut row.cells[column]);
            }
        }
    }

    /// Removes a column, the header's cell included.
    pub(crate) fn remove_column(&mut self, column: usize) {
        let width = self.width();
        for row in &mut self.rows {
            if row.cells.len() == width {
                row.cells.remove(column);
            }
        }
    }

    /// Inserts a column; `cell` creates the cell of a row from the row's category, `None` for the header.
    pub(crate) fn insert_column(&mut self, column: usize, mut cell: impl FnMut(Option<Category>) -> Cell) {
        let width = self.width();
        for row in &mut self.rows {
            if row.cells.len() == width {
                let category = row.category();
                row.cells.insert(column, cell(category));
            }
        }
    }

    /// The cut-offs: row and cell.
    pub(crate) fn values(&self) -> Vec<(usize, usize)> {
        let mut values = Vec::new();
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.cells.iter().enumerate() {
                if cell.role == Role::Value && cell.value.is_some() {
                    values.push((r, c));
                }
            }
        }
        values
    }
}

/// The places of these start tags.
fn tags(lower: &str, names: &[&str]) -> Vec<usize> {
    let found = names.iter().flat_map(|name| lower.match_indices(name));
    let mut places: Vec<usize> = found
        .map(|(at, _)| at)
        .filter(|at| !lower[at + 3..].starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect();
    places.sort_unstable();
    places
}

/// A row from its source without the end tag.
fn row(html: &str) -> Row {
    let lower = html.to_ascii_lowercase();
    let starts = tags(&lower, &["<td", "<th"]);
    let open_end = html.find('>').map_or(html.len(), |at| at + 1);
    let mut row = Row::new(Vec::new());
    html[..open_end].clone_into(&mut row.open);
    for (index, start) in starts.iter().enumerate() {
        let limit = starts.get(index + 1).copied().unwrap_or(html.len());
        let inner_start = html[*start..limit].find('>').map_or(limit, |at| start + at + 1);
        let of_cell = &lower[inner_start..limit];
        let inner_end = of_cell.rfind("</td").max(of_cell.rfind("</th"));
        let is_header = lower[*start..].starts_with("<th");
        row.cells.push(Cell {
            open: html[*start..inner_start].to_owned(),
            inner: html[inner_start..inner_end.map_or(limit, |at| inner_start + at)].to_owned(),
            close: if is_header { "</th>\n" } else { "</td>\n" },
            ..Cell::plain("")
        });
    }
    row
}
