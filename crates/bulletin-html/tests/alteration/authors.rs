//! Changes that a page author or a script on the page could make next, beyond those of `layouts`.

use bulletin::{Area, Chart, Preference};

use crate::columns::{any_chart, any_country};
use crate::headings::{replace_heading, usual};
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::row_labels::any_row;
use crate::table::{Cell, ChartTable, Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("header without its corner cell", corner_missing),
    unclear("label of ALL blank or unknown", all_unlabelled),
    unclear("row span without room", span_without_room),
    unclear("both charts interleaved in one table", interleaved),
    unclear("column twice with other values", column_twice_differing),
    unclear("only the header of a column hidden", header_cell_hidden),
    unclear("lower-case c and u", lower_case),
    unclear("older value in a details element", older_value_collapsed),
    unclear("rows in two groups side by side", side_by_side),
    unclear("link named like the other chart's heading", misleading_link),
    clear("column twice with the same values", column_twice),
    clear("header in a table of its own", fixed_header),
    clear("all cells as th", all_th),
    clear("family rows by ordinal", family_by_ordinal),
    clear("last month's values below each row", last_month_below),
    clear("row of annual limits", annual_limits),
    clear("table of contents with the headings", contents),
    clear("link to the other chart under the heading", link_to_other),
    clear("charts grouped under two headings", grouped),
    clear("summary table between heading and chart", summary_between),
    clear("dashes as windows-1252 references", old_references),
    clear("icon with a title before the page's title", icon_title),
    clear("page without its end tags", no_end_tags),
    clear("end tags of the page in the middle", early_end_tags),
    clear("page inside another page's body", nested_page),
];

fn corner_missing(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let header = table.header();
    table.rows[header].cells.remove(0);
    true
}

fn all_unlabelled(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let Some(column) = table.column_of(Area::ALL) else {
        return false;
    };
    let label = random.one(["", "&nbsp;", "Areas", "TOTAL", "Listed"]);
    table.edit_column(column, |cell| {
        if cell.role != Role::Value {
            cell.inner = label.into();
        }
        cell.says.clear();
    });
    true
}

/// A cell spans two rows although the row below has all its cells.
fn span_without_room(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let row = body[random.below(body.len() - 1)];
    let cell = random.below(table.rows[row].cells.len());
    table.rows[row].cells[cell].set("rowspan=2");
    table.rows[row + 1].invalidate();
    true
}

/// Each row of Final Action is followed by that of Dates for Filing, in one table.
fn interleaved(page: &mut Page, random: &mut Random) -> bool {
    let preference = random.one(Preference::ALL);
    let (Some(action), Some(filing)) = (
        page.chart(Chart::FinalAction, preference),
        page.chart(Chart::DatesForFiling, preference),
    ) else {
        return false;
    };
    let second = page.charts.remove(filing);
    let below = page.texts.remove(filing + 1);
    page.texts[filing].push_str(&below);
    let table = &mut page.charts[action];
    for row in second.body().into_iter().rev() {
        let own = &second.rows[row];
        let place = own.category().and_then(|category| table.row_of(category));
        if let Some(place) = place {
            let row = Row {
                before: String::new(),
                ..own.clone()
            };
            table.rows.insert(place + 1, row);
        }
    }
    true
}

fn repeat_column(page: &mut Page, random: &mut Random, value: Option<&str>) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let Some(column) = table.column_of(area) else {
        return false;
    };
    let width = table.width();
    for row in table.rows.iter_mut().filter(|row| row.cells.len() == width) {
        let mut copy = row.cells[column].clone();
        if let Some(value) = value.filter(|_| copy.role == Role::Value) {
            value.clone_into(&mut copy.inner);
            copy.value = None;
            row.cells[column].value = None;
        }
        row.cells.push(copy);
    }
    true
}

fn column_twice(page: &mut Page, random: &mut Random) -> bool {
    repeat_column(page, random, None)
}

fn column_twice_differing(page: &mut Page, random: &mut Random) -> bool {
    repeat_column(page, random, Some("02FEB99"))
}

fn header_cell_hidden(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let header = table.header();
    let Some(column) = table.column_of(area) else {
        return false;
    };
    table.rows[header].cells[column].set("style=\"display:none\"");
    true
}

fn lower_case(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let cells = page.charts[table].rows.iter_mut().flat_map(|row| &mut row.cells);
    let mut is_altered = false;
    for cell in cells.filter(|cell| cell.role == Role::Value && visible(&cell.inner).len() == 1) {
        cell.inner = cell.inner.replace('C', "c").replace('U', "u");
        is_altered = true;
    }
    is_altered
}

fn older_value_collapsed(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    for cell in row.cells.iter_mut().filter(|cell| cell.role == Role::Value) {
        cell.inner = format!("<details><summary>{}</summary>02FEB99</details>", cell.inner);
    }
    true
}

/// The second half of the rows is to the right of the first.
fn side_by_side(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let half = body.len().div_ceil(2);
    let header = table.header();
    let labels = table.rows[header].cells.clone();
    table.rows[header].cells.extend(labels);
    for pair in (half..body.len()).rev() {
        let right = table.rows.remove(body[pair]);
        table.rows[body[pair - half]].cells.extend(right.cells);
    }
    true
}

/// The text of a link back from a chart is the heading of the other one.
fn misleading_link(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let other = match page.charts[table].chart {
        Chart::FinalAction => Chart::DatesForFiling,
        Chart::DatesForFiling => Chart::FinalAction,
    };
    let heading = usual(other, page.charts[table].preference);
    page.texts[table].push_str(&format!("<p><a href=\"#other\">{heading}</a></p>"));
    page.has_two_charts()
}

/// The visible header is a separate table; the chart keeps one without height, as scrolling tables do.
fn fixed_header(page: &mut Page, _: &mut Random) -> bool {
    for (table, text) in page.charts.iter_mut().zip(&mut page.texts) {
        let header = table.header();
        let mut visible_header = ChartTable {
            rows: vec![Row {
                before: String::new(),
                ..table.rows[header].clone()
            }],
            ..table.clone()
        };
        visible_header.open = "<div class=\"dataTables_scrollHead\"><table><thead>".into();
        visible_header.close = "</thead></table></div>".into();
        visible_header.write(text);
        table.rows[header].open = "<tr style=\"height: 0px;\">".into();
        for cell in &mut table.rows[header].cells {
            cell.inner = format!(
                "<div class=\"dataTables_sizing\" style=\"height: 0px; overflow: hidden;\">{}</div>",
                cell.inner
            );
            cell.set("style=\"padding-top: 0px; border-top-width: 0px; height: 0px;\"");
        }
    }
    true
}

fn all_th(page: &mut Page, _: &mut Random) -> bool {
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        row.cells.iter_mut().for_each(Cell::make_header);
    }
    true
}

fn family_by_ordinal(page: &mut Page, _: &mut Random) -> bool {
    for table in page
        .charts
        .iter_mut()
        .filter(|table| table.preference == Preference::Family)
    {
        for row in &mut table.rows {
            if let Some(cell) = row.label_mut() {
                let label = match visible(&cell.inner).as_str() {
                    "F1" => "1st",
                    "F2A" => "2A",
                    "F2B" => "2B",
                    "F3" => "3rd",
                    "F4" => "4th",
                    _ => continue,
                };
                cell.inner = label.into();
            }
        }
    }
    page.month.year() > 2011
}

fn last_month_below(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let label = format!("({})", page.month.previous().title());
    let table = &mut page.charts[table];
    for row in table.body().into_iter().rev() {
        let mut below = Row {
            before: String::new(),
            ..table.rows[row].clone()
        };
        below.cells = below.cells.iter().map(|_| Cell::plain("02FEB99")).collect();
        below.cells[0].inner = label.clone();
        table.rows.insert(row + 1, below);
    }
    true
}

fn annual_limits(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let mut cells = vec![Cell::plain("23,400"); table.width()];
    cells[0].inner = "Annual limit".into();
    table.rows.push(Row::new(cells));
    true
}

/// Links to the charts at the top of the page.
fn contents(page: &mut Page, random: &mut Random) -> bool {
    let (open, close) = random.one([("<li>", "</li>"), ("<p>", "</p>"), ("<h4>", "</h4>")]);
    let mut contents = String::new();
    for table in &page.charts {
        contents.push_str(&format!(
            "{open}<a href=\"#c\">{}</a>{close}",
            usual(table.chart, table.preference)
        ));
    }
    let at = page.texts[0]
        .find("</h1>\n</div>")
        .or_else(|| page.texts[0].rfind("</h1>"));
    page.texts[0].insert_str(at.map_or(0, |at| at + 5), &contents);
    page.has_two_charts()
}

fn link_to_other(page: &mut Page, _: &mut Random) -> bool {
    for (table, text) in page.charts.iter().zip(&mut page.texts) {
        let other = match table.chart {
            Chart::FinalAction => "Dates for Filing",
            Chart::DatesForFiling => "Final Action Dates",
        };
        text.push_str(&format!(
            "<p>See also <a href=\"#o\">{other}</a></p><p><a href=\"#o\">Go to {other}</a></p>"
        ));
    }
    page.has_two_charts()
}

/// Both preferences under one heading for each kind of chart.
fn grouped(page: &mut Page, _: &mut Random) -> bool {
    for table in 0..page.charts.len() {
        if !replace_heading(page, table, "") {
            return false;
        }
    }
    page.charts.swap(1, 2);
    page.texts[0].push_str("<h3>A. FINAL ACTION DATES</h3>");
    page.texts[2].push_str("<h3>B. DATES FOR FILING</h3>");
    true
}

fn summary_between(page: &mut Page, random: &mut Random) -> bool {
    let summary = random.one([
        "<table><tr><td>What changed</td><td>INDIA</td></tr><tr><td>EB-2</td><td>advances one month</td></tr></table>",
        "<table><tr><th>Movement</th></tr><tr><td>none</td></tr></table>",
        "<table><tr><td><img src=new.gif></td><td>These dates are new.</td></tr></table>",
    ]);
    let index = any_chart(page, random);
    page.texts[index].push_str(summary);
    true
}

fn old_references(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| {
        html.replace("CHINA-", "CHINA&#150;")
            .replace("Non-Regional", "Non&#150;Regional")
            .replace("Family-<br", "Family&#151;<br")
    });
    true
}

fn icon_title(page: &mut Page, random: &mut Random) -> bool {
    let icon = random.one([
        "<svg><title>Menu</title><path d=''/></svg>",
        "<svg style=\"display:none\"><symbol id=a><title>Close</title></symbol></svg>",
    ]);
    page.rewrite(move |html| format!("{icon}{html}"));
    true
}

fn no_end_tags(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| html.replace("</body>", "").replace("</html>", ""));
    true
}

fn early_end_tags(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    page.texts[index + 1].insert_str(0, "</body></html>");
    true
}

fn nested_page(page: &mut Page, _: &mut Random) -> bool {
    page.rewrite(|html| {
        format!("<html><head><meta charset=utf-8></head><body><div>{html}</div></body></html>")
    });
    true
}
