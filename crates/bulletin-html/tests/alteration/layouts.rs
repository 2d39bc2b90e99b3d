//! Layouts that a page author might use next.

use bulletin::{Category, Preference};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::row_labels::any_row;
use crate::table::{Cell, ChartTable, Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("struck table replaced by one below", corrected_below),
    unclear("value broken over two lines", broken_value),
    unclear("label and values in separate rows", label_above_values),
    unclear("one table per country", table_per_country),
    unclear("values of two months side by side", two_months),
    clear("column of changes beside each country", changes_beside),
    clear("fifth preference in a table of its own", fifth_apart),
    clear("every table twice with the same values", every_table_twice),
    clear("equal cells merged over a whole column", merged_column),
    clear("row label in two cells", label_in_two_cells),
    clear("page hidden until its script runs", hidden_until_script),
    clear("caption for screen readers", caption),
    clear("summary table above", summary_above),
    clear("tables in a form", in_form),
    clear("spans of one", spans_of_one),
    clear("downlevel-revealed conditional comments", conditional_comments),
];

/// The wrong table is struck through, and the corrected one is below it.
fn corrected_below(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let right = page.charts[index].clone();
    let wrong = &mut page.charts[index];
    wrong.open.insert_str(0, "<del>");
    wrong.close.push_str("</del>");
    for cell in wrong.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if cell.role == Role::Value {
            cell.inner = "02FEB99".into();
            cell.says.clear();
        }
    }
    page.charts.insert(index + 1, right);
    page.texts.insert(index + 1, "<p><b>Corrected:</b></p>".into());
    true
}

fn broken_value(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    let break_ = random.one(["<br>", "</p><p>", "<br/>\n"]);
    for cell in row.cells.iter_mut().filter(|cell| cell.role == Role::Value) {
        let text = visible(&cell.inner);
        if text.len() == 7 {
            cell.inner = format!("{}{break_}{}", &text[..5], &text[5..]);
        }
    }
    true
}

/// The label is in a separate row, over all columns; the values follow in a row without a label.
fn label_above_values(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let width = table.width();
    for row in table.body().into_iter().rev() {
        let mut label = table.rows[row].cells[0].clone();
        label.set(&format!("colspan={width}"));
        table.rows[row].cells[0] = Cell::plain("&nbsp;");
        table.rows.insert(row, Row::new(vec![label]));
    }
    true
}

fn table_per_country(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let whole = page.charts[index].clone();
    let width = whole.width();
    let narrow = |column: usize| {
        let mut table = whole.clone();
        table.rows.retain(|row| row.cells.len() == width);
        for row in &mut table.rows {
            row.before.clear();
            row.cells = vec![row.cells[0].clone(), row.cells[column].clone()];
        }
        table
    };
    page.charts[index] = narrow(1);
    for column in (2..width).rev() {
        page.charts.insert(index + 1, narrow(column));
        page.texts.insert(index + 1, "<br>".into());
    }
    true
}

/// The month before is to the left of each value, under a label that repeats the country.
fn two_months(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let month = page.month;
    let table = &mut page.charts[index];
    for column in (1..table.width()).rev() {
        let label = table.rows[table.header()].cells[column].clone();
        table.insert_column(column, |category| match category {
            None => Cell::plain(&format!("{} ({})", label.inner, month.previous().title())),
            Some(_) => Cell::plain("02FEB99"),
        });
        let header = table.header();
        let cell = &mut table.rows[header].cells[column + 1];
        cell.inner = format!("{} ({})", cell.inner, month.title());
    }
    true
}

/// The movement is next to each value; a second header row says so.
fn changes_beside(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let header = table.header();
        let width = table.width();
        for column in (2..=width).rev() {
            table.insert_column(column, |_| Cell::plain("+ 2 weeks"));
        }
        let cells = &mut table.rows[header].cells;
        let mut below = Vec::new();
        cells.retain(|cell| matches!(cell.role, Role::ColumnLabel(_)) || !cell.inner.contains('+'));
        cells[0].set("rowspan=2");
        for cell in &mut cells[1..] {
            cell.set("colspan=2");
            below.extend([Cell::plain("Date"), Cell::plain("Change")]);
        }
        table.rows.insert(header + 1, Row::new(below));
    }
    true
}

/// The rows of the fifth preference follow in a second table with its own header and heading.
fn fifth_apart(page: &mut Page, _: &mut Random) -> bool {
    let is_fifth = |category: Category| category.code().starts_with("EB5");
    for index in (0..page.charts.len()).rev() {
        let table = &mut page.charts[index];
        let first = table
            .body()
            .into_iter()
            .find(|row| table.rows[*row].category().is_some_and(is_fifth));
        let Some(first) = first.filter(|_| table.preference == Preference::Employment) else {
            continue;
        };
        let header = Row {
            before: String::new(),
            ..table.rows[table.header()].clone()
        };
        let mut fifth = ChartTable {
            rows: table.rows.split_off(first),
            ..table.clone()
        };
        fifth.rows.insert(0, header);
        page.charts.insert(index + 1, fifth);
        page.texts.insert(
            index + 1,
            "<p><b>Fifth preference (employment creation)</b></p>".into(),
        );
    }
    true
}

fn every_table_twice(page: &mut Page, random: &mut Random) -> bool {
    let class = random.one(["visible-print", "hidden-xs", "d-none d-md-block"]);
    for table in &mut page.charts {
        let mut copy = String::new();
        table.write(&mut copy);
        table
            .close
            .push_str(&format!("<div class=\"{class}\">{copy}</div>"));
    }
    true
}

/// A column whose cells are all equal becomes one tall cell.
fn merged_column(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let width = table.width();
    let body = table.body();
    if body.iter().any(|row| table.rows[*row].cells.len() != width)
        || body.windows(2).any(|pair| pair[1] != pair[0] + 1)
    {
        return false;
    }
    for column in (1..width).rev() {
        let mut start = 0;
        while start < body.len() {
            let value = table.rows[body[start]].cells[column].value;
            let equal = |row: &&usize| table.rows[**row].cells[column].value == value && value.is_some();
            let length = body[start..].iter().take_while(equal).count();
            if length > 2 {
                // One run only, so that the indices of the other cells are unchanged.
                return merge_run(table, &body[start..start + length], column);
            }
            start += length.max(1);
        }
    }
    false
}

fn merge_run(table: &mut ChartTable, rows: &[usize], column: usize) -> bool {
    let mut says = Vec::new();
    for row in &rows[1..] {
        says.extend(table.rows[*row].cells.remove(column).says);
    }
    let cell = &mut table.rows[rows[0]].cells[column];
    cell.says.extend(says);
    cell.set(&format!("rowspan=\"{}\"", rows.len()));
    true
}

/// A number precedes each label in a separate cell.
fn label_in_two_cells(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let mut number = 0;
    page.charts[index].insert_column(0, |category| {
        number += usize::from(category.is_some());
        Cell::plain(&category.map_or_else(|| "No.".to_owned(), |_| format!("({number})")))
    });
    true
}

fn hidden_until_script(page: &mut Page, random: &mut Random) -> bool {
    let style = random.one(["opacity:0", "visibility:hidden", "display:none"]);
    page.rewrite(move |html| html.replacen("<body>", &format!("<body style=\"{style}\">"), 1));
    true
}

fn caption(page: &mut Page, random: &mut Random) -> bool {
    let style = random.one([
        "position:absolute; left:-9999px",
        "clip: rect(0 0 0 0)",
        "display:none",
    ]);
    for table in &mut page.charts {
        let at = table.open.find('>').map_or(0, |at| at + 1);
        table.open.insert_str(
            at,
            &format!("<caption style=\"{style}\">Cut-off dates, by class and country</caption>"),
        );
    }
    true
}

/// A short table of the changes, with the words of the charts.
fn summary_above(page: &mut Page, random: &mut Random) -> bool {
    let summary = random.one([
        "<table><tr><td>What changed</td><td>INDIA</td><td>CHINA</td></tr><tr><td>EB-2</td><td>advances one month</td><td>no change</td></tr></table>",
        "<table><tr><th>Category</th><th>Movement</th></tr><tr><td>F2A</td><td>+ 3 months</td></tr><tr><td>F3</td><td>none</td></tr></table>",
    ]);
    page.texts[0].push_str(summary);
    true
}

fn in_form(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        table.open.insert_str(0, "<form action=\"#\"><fieldset><input type=hidden name=C value=01JAN99><select><option>C<option>U</select>");
        table.close.push_str("</fieldset></form>");
    }
    true
}

fn spans_of_one(page: &mut Page, random: &mut Random) -> bool {
    let spans = random.one([
        "colspan=1 rowspan=1",
        "colspan=\"\" rowspan=\"\"",
        "colspan=0",
        "colspan=\"1 \"",
        "colspan=-1",
    ]);
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        if row.category().is_some() {
            row.cells.iter_mut().for_each(|cell| cell.set(spans));
        }
    }
    true
}

fn conditional_comments(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        table.open.insert_str(0, "<!--[if !IE]><!-->");
        table.close.push_str("<!--<![endif]--><![if !vml]><![endif]>");
    }
    true
}
