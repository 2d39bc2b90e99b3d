//! Rows that are lost, doubled, moved, merged or ragged, and rows without cut-offs.

use bulletin::{Category, RowKey};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::row_labels::any_row;
use crate::table::{Cell, ChartTable, Role, Row};

pub(crate) const KINDS: &[Kind] = &[
    unclear("row dropped on one chart", dropped_on_one_chart),
    unclear("row dropped on every chart", dropped_on_every_chart),
    unclear("last rows dropped", last_rows_dropped),
    unclear("row without one cell", cell_missing),
    unclear("row with one cell too many", cell_added),
    unclear("row without its label cell", label_missing),
    unclear("row with only its label", only_label),
    unclear("row twice with other values", doubled_with_other_values),
    unclear("two rows in one", two_rows_in_one),
    clear("row twice with the same values", doubled),
    clear("row moved", moved),
    clear("rows in reverse order", reversed),
    clear("notes row over all columns", notes_row),
    clear("notes row in one cell", notes_row_short),
    clear("empty rows", empty_rows),
    clear("ruler rows", ruler_rows),
    clear("section title between the rows", section_title),
    clear("empty cell at the end of a row", trailing_blank),
    clear("row labels as th", th_labels),
    clear("equal cells merged across columns", merged_across),
    clear("equal cells merged down rows", merged_down),
    clear("row label spans two rows", label_over_two_rows),
    clear("fifth preference grouped under a spanning label", grouped_fifth),
];

fn allow_loss_of_row(page: &mut Page, table: usize, category: Category) {
    if page.misses_row(table, category) {
        return;
    }
    let chart = page.charts[table].chart;
    let areas = page.charts[table].areas();
    let keys = areas.into_iter().map(|area| RowKey {
        chart,
        category,
        area,
    });
    page.may_go.extend(keys);
}

fn any_category(page: &Page, random: &mut Random) -> (usize, Category) {
    let table = any_chart(page, random);
    let categories = page.charts[table].categories();
    (table, categories[random.below(categories.len())])
}

fn drop_row(table: &mut ChartTable, category: Category) {
    if let Some(row) = table.row_of(category) {
        let removed = table.rows.remove(row);
        // Markup before the row, such as the start of a `tbody`, is kept.
        match table.rows.get_mut(row) {
            Some(next) => next.before.insert_str(0, &removed.before),
            None => table.close.insert_str(0, &removed.before),
        }
    }
}

fn dropped_on_one_chart(page: &mut Page, random: &mut Random) -> bool {
    let (table, category) = any_category(page, random);
    allow_loss_of_row(page, table, category);
    drop_row(&mut page.charts[table], category);
    true
}

fn dropped_on_every_chart(page: &mut Page, random: &mut Random) -> bool {
    let (_, category) = any_category(page, random);
    let tables = 0..page.charts.len();
    for table in tables
        .filter(|table| page.charts[*table].row_of(category).is_some())
        .collect::<Vec<_>>()
    {
        drop_row(&mut page.charts[table], category);
        allow_loss_of_row(page, table, category);
    }
    true
}

fn last_rows_dropped(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let categories = page.charts[table].categories();
    for category in categories.into_iter().rev().take(2) {
        allow_loss_of_row(page, table, category);
        drop_row(&mut page.charts[table], category);
    }
    true
}

/// The values after the lost cell may be in wrong columns.
fn cell_missing(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    let lost = 1 + random.below(row.cells.len() - 1);
    row.cells.remove(lost);
    row.invalidate();
    true
}

fn cell_added(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    let at = 1 + random.below(row.cells.len() - 1);
    row.cells
        .insert(at, Cell::plain(random.one(["C", "U", "01JAN01"])));
    row.invalidate();
    true
}

/// The row begins with its first value.
fn label_missing(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    row.cells[0].inner = row.cells[1].inner.clone();
    row.cells.remove(1);
    row.forget();
    true
}

fn only_label(page: &mut Page, random: &mut Random) -> bool {
    any_row(page, random).cells.truncate(1);
    true
}

fn doubled_with_other_values(page: &mut Page, random: &mut Random) -> bool {
    let (table, category) = any_category(page, random);
    let rows = &mut page.charts[table].rows;
    let Some(at) = rows.iter().position(|row| row.category() == Some(category)) else {
        return false;
    };
    let mut second = rows[at].clone();
    for cell in second.cells.iter_mut().filter(|cell| cell.role == Role::Value) {
        cell.inner = "02FEB99".into();
        cell.value = None;
    }
    rows[at].invalidate();
    rows.insert(at + 1 + random.below(rows.len() - at), second);
    true
}

/// The cells of two rows are in one row, each with two lines.
fn two_rows_in_one(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let first = body[random.below(body.len() - 1)];
    if table.rows[first + 1].category().is_none() {
        return false;
    }
    let second = table.rows.remove(first + 1);
    let row = &mut table.rows[first];
    for (cell, below) in row.cells.iter_mut().zip(second.cells) {
        cell.inner = format!("{}<br>{}", cell.inner, below.inner);
        cell.second_role = Some(below.role);
    }
    row.forget();
    true
}

fn doubled(page: &mut Page, random: &mut Random) -> bool {
    let (table, category) = any_category(page, random);
    let rows = &mut page.charts[table].rows;
    let Some(at) = rows.iter().position(|row| row.category() == Some(category)) else {
        return false;
    };
    let copy = Row {
        before: String::new(),
        ..rows[at].clone()
    };
    rows.insert(at + 1, copy);
    true
}

fn moved(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let row = table.rows.remove(body[random.below(body.len())]);
    table.rows.insert(body[random.below(body.len())], row);
    true
}

fn reversed(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let body = table.body();
        let rows: Vec<Row> = body.iter().rev().map(|row| table.rows[*row].clone()).collect();
        for (at, row) in body.into_iter().zip(rows) {
            table.rows[at] = Row {
                before: String::new(),
                ..row
            };
        }
    }
    true
}

fn note(random: &mut Random) -> Cell {
    Cell::plain(random.one([
        "<p>Note: numbers are subject to change during the month.</p>",
        "*2A numbers exempt from the per-country limit are available to applicants from all countries.",
        "<i>C means current; U means unauthorized.</i>",
    ]))
}

fn notes_row(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        let mut note = note(random);
        note.set(&format!("colspan={}", table.width()));
        let body = table.body();
        table
            .rows
            .insert(body[random.below(body.len())] + 1, Row::new(vec![note]));
    }
    true
}

fn notes_row_short(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let row = Row::new(vec![note(random)]);
    page.charts[table].rows.push(row);
    true
}

fn empty_rows(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        let width = table.width();
        for row in table.body().into_iter().rev() {
            let cells = match random.below(3) {
                0 => Vec::new(),
                1 => vec![Cell::plain("&nbsp;"); width],
                _ => vec![Cell::plain("")],
            };
            table.rows.insert(row, Row::new(cells));
        }
    }
    true
}

fn ruler_rows(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        let mut ruler = Cell::plain(random.one(["<hr>", "<hr/>", "&nbsp;<hr noshade size=1>"]));
        ruler.set(&format!("colspan='{}' height=1", table.width()));
        let header = table.header();
        table.rows.insert(header + 1, Row::new(vec![ruler]));
    }
    true
}

fn section_title(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let title = match table.preference {
            bulletin::Preference::Family => "Family-Sponsored",
            bulletin::Preference::Employment => "Employment-Based",
        };
        let mut title = Cell::plain(title);
        title.set(&format!("colspan=\"{}\"", table.width()));
        let header = table.header();
        table.rows.insert(header + 1, Row::new(vec![title]));
    }
    true
}

fn trailing_blank(page: &mut Page, random: &mut Random) -> bool {
    any_row(page, random).cells.push(Cell::plain("&nbsp;"));
    true
}

fn th_labels(page: &mut Page, _: &mut Random) -> bool {
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        if let Some(label) = row.label_mut() {
            label.make_header();
            label.set("scope=row");
        }
    }
    true
}

fn merged_across(page: &mut Page, _: &mut Random) -> bool {
    let mut merged = false;
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        let mut cells: Vec<Cell> = Vec::new();
        for cell in std::mem::take(&mut row.cells) {
            match cells.last_mut() {
                Some(last) if is_equal(last, &cell) => {
                    last.says.extend(cell.says);
                    merged = true;
                }
                _ => cells.push(cell),
            }
        }
        for cell in cells.iter_mut().filter(|cell| cell.says.len() > 1) {
            cell.set(&format!("colspan=\"{}\" align=center", cell.says.len()));
        }
        row.cells = cells;
    }
    merged
}

fn is_equal(a: &Cell, b: &Cell) -> bool {
    a.role == Role::Value && b.role == Role::Value && a.value.is_some() && a.value == b.value
}

/// Equal cells of one column in two neighboring rows become one cell.
fn merged_down(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    for row in table.body() {
        let Some(below) = table.rows.get(row + 1) else {
            continue;
        };
        let equal: Vec<usize> = (0..table.rows[row].cells.len().min(below.cells.len()))
            .filter(|column| is_equal(&table.rows[row].cells[*column], &below.cells[*column]))
            .collect();
        for column in equal.iter().rev() {
            let below = table.rows[row + 1].cells.remove(*column);
            let cell = &mut table.rows[row].cells[*column];
            cell.says.extend(below.says);
            cell.set("rowspan=\"2\"");
        }
        if !equal.is_empty() {
            return true;
        }
    }
    false
}

/// A row is followed by an empty one under the same label.
fn label_over_two_rows(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let row = body[random.below(body.len())];
    let width = table.rows[row].cells.len();
    table.rows[row].cells[0].set("rowspan=2");
    table
        .rows
        .insert(row + 1, Row::new(vec![Cell::plain("&nbsp;"); width - 1]));
    true
}

/// `5th` is in one cell for all its rows, whose labels lack it.
fn grouped_fifth(page: &mut Page, _: &mut Random) -> bool {
    if (page.month.year(), page.month.number()) < (2022, 6) {
        return false;
    }
    for table in &mut page.charts {
        let is_fifth = |row: &Row| {
            row.category()
                .is_some_and(|category| category.code().starts_with("EB5"))
        };
        let count = table.rows.iter().filter(|row| is_fifth(row)).count();
        let mut is_first = true;
        for row in &mut table.rows {
            if row.cells.len() < 3 {
                continue;
            }
            if is_fifth(row) {
                row.cells[0].inner = row.cells[0].inner.replacen("5th", "", 1);
                if std::mem::take(&mut is_first) {
                    let mut group = Cell::plain("5th");
                    group.set(&format!("rowspan={count}"));
                    row.cells.insert(0, group);
                }
            } else {
                row.cells[0].set("colspan=2");
            }
        }
    }
    true
}
