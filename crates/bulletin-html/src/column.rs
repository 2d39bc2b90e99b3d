//! The columns of a chart, as the header rows label them.

use bulletin::{Area, Preference};
use smol_str::SmolStr;

use crate::cell::is_written_as_cut_off;
use crate::grid::Grid;
use crate::label::{self, Named};
use crate::text::printed;

/// The columns that apply from one header on.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    /// The columns of values.
    pub(crate) values: Vec<Column>,
    /// The number of columns before them, which label the rows.
    pub(crate) labels: usize,
    /// The number of all columns.
    pub(crate) width: usize,
}

/// A column of values.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its place in the grid.
    pub(crate) at: usize,
    /// The label as printed.
    pub(crate) printed: SmolStr,
    /// The area that the label names.
    pub(crate) named: Option<Named<Area>>,
    /// True if the label is struck through.
    pub(crate) is_struck: bool,
    /// True if the label contains hidden text.
    pub(crate) holds_hidden: bool,
}

/// The last row of the header that begins with the row `first`: a header can take several rows.
pub(crate) fn last_header_row(grid: &Grid<'_>, first: usize) -> usize {
    let mut last = first;
    while last + 1 < grid.len() && labels_columns(grid, last + 1) {
        last += 1;
    }
    last
}

/// True if a row labels columns: it names an area and holds no cut-off.
pub(crate) fn labels_columns(grid: &Grid<'_>, row: usize) -> bool {
    let cells = || (0..grid.width(row)).map(|column| grid.text(row, column));
    !cells().any(is_written_as_cut_off) && cells().skip(1).any(|text| label::exact_area(text).is_some())
}

/// The columns as the rows of a header label them. `body` are the rows that follow.
///
/// # Errors
/// The reason why the table cannot be read.
pub(crate) fn columns(
    grid: &Grid<'_>,
    header: std::ops::RangeInclusive<usize>,
    preference: Preference,
) -> Result<Columns, &'static str> {
    let width = header.clone().map(|row| grid.width(row)).max().unwrap_or(0);
    let mut values: Vec<Column> = Vec::with_capacity(10);
    let mut labels = None;
    for at in 0..width {
        if at > 0 && repeats_column_before(grid, at) {
            continue;
        }
        let column = column(grid, header.clone(), at);
        if labels.is_none() && column.named.is_none() && !holds_cut_offs(grid, *header.end(), at) {
            continue;
        }
        labels.get_or_insert(at);
        values.push(column);
    }
    let labels = labels.unwrap_or(width);
    let first = grid.text(*header.end(), 0);
    if labels == 0 || label::exact_category(preference, first).is_some() {
        return Err("its columns have no room for the labels of its rows");
    }
    unname_rivals(&mut values, |column| &mut column.named);
    Ok(Columns {
        values,
        labels,
        width,
    })
}

/// A column as the cells above its values label it: the lowest that names an area, or all of them together.
fn column(grid: &Grid<'_>, header: std::ops::RangeInclusive<usize>, at: usize) -> Column {
    let mut named: Option<Named<Area>> = None;
    let mut contradicts = false;
    let mut shown = "";
    let mut whole = String::new();
    let mut is_struck = false;
    let mut holds_hidden = false;
    let first = *header.start();
    for row in header.clone().rev() {
        let Some(cell) = grid.cell(row, at) else { continue };
        if row > first && grid.slot(row - 1, at) == grid.slot(row, at) {
            continue;
        }
        is_struck |= cell.is_struck();
        holds_hidden |= cell.holds_hidden;
        if cell.text.is_empty() || (cell.hidden.is_some() && !grid.is_column_hidden(at)) {
            continue;
        }
        let own = is_label_of(grid, row, at).then(|| area(cell.text)).flatten();
        match (named, own) {
            (None, Some(own)) => {
                named = Some(own);
                shown = cell.text;
            }
            (Some(known), Some(own)) => contradicts |= known.what() != own.what(),
            // A spacer under a wide label has no label of its own.
            (_, None) if cell.colspan > 1 && is_blank_below(grid, row, at) => {}
            (_, None) if shown.is_empty() => shown = cell.text,
            (_, None) => {}
        }
        if header.start() < header.end() && cell.colspan == 1 {
            whole.insert(0, ' ');
            whole.insert_str(0, cell.text);
        }
    }
    let mut printed_label = SmolStr::new(printed(shown));
    if named.is_none()
        && !whole.is_empty()
        && let Some(of_whole) = label::area(whole.trim())
    {
        named = Some(of_whole);
        printed_label = SmolStr::new(printed(whole.trim()));
    }
    Column {
        at,
        printed: printed_label,
        named: named.filter(|_| !contradicts),
        is_struck,
        holds_hidden,
    }
}

/// The area that a label names. The title of the labels' own column is not compared with every country's name.
fn area(text: &str) -> Option<Named<Area>> {
    let is_title = || text.starts_with(['F', 'E']) && label::preference(text).is_some();
    match label::exact_area(text) {
        Some(area) => Some(Named::Exactly(area)),
        None if is_title() => None,
        None => label::area(text),
    }
}

/// True if a label belongs to this column alone: one label over several columns says nothing of each, unless all the
/// others under it are blank or are one column with this one.
fn is_label_of(grid: &Grid<'_>, row: usize, at: usize) -> bool {
    let slot = grid.slot(row, at);
    let others = (0..grid.width(row)).filter(|other| *other != at && grid.slot(row, *other) == slot);
    let mut others = others.filter(|other| !repeats_column_before(grid, *other));
    others.all(|other| is_blank_below(grid, row, other))
}

fn is_blank_below(grid: &Grid<'_>, header: usize, column: usize) -> bool {
    (header + 1..grid.len()).all(|row| grid.distinct_cells(row) < 2 || grid.text(row, column).is_empty())
}

/// True if a column holds the same cells as the one before it, row by row.
fn repeats_column_before(grid: &Grid<'_>, column: usize) -> bool {
    column > 0
        && (0..grid.len()).all(|row| {
            grid.distinct_cells(row) < 2 || {
                let slot = grid.slot(row, column);
                slot.is_some() && slot == grid.slot(row, column - 1)
            }
        })
}

/// True if most of a column's cells are written as cut-offs.
fn holds_cut_offs(grid: &Grid<'_>, header: usize, column: usize) -> bool {
    let mut texts = 0_usize;
    let mut cut_offs = 0_usize;
    for row in header + 1..grid.len() {
        let text = grid.text(row, column);
        texts += usize::from(!text.is_empty());
        cut_offs += usize::from(is_written_as_cut_off(text));
    }
    cut_offs > 0 && cut_offs * 2 >= texts
}

/// Takes back names that are only near a spelling where another label names the same: it must mean something else. Of
/// several that are only near the same name, none can be told to mean it.
pub(crate) fn unname_rivals<T, N: Copy + PartialEq>(
    labelled: &mut [T],
    named: impl Fn(&mut T) -> &mut Option<Named<N>>,
) {
    if !labelled
        .iter_mut()
        .any(|one| matches!(named(one), Some(Named::Nearly(_))))
    {
        return;
    }
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
