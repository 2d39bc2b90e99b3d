//! Columns that are lost, added, moved or spread over other cells.

use bulletin::{Area, CutOff, RowKey};

use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::{Cell, ChartTable, Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("column dropped on one chart", dropped_on_one_chart),
    unclear("column dropped on every chart", dropped_on_every_chart),
    unclear("column ALL dropped", all_dropped),
    unclear("column without its header cell", header_cell_dropped),
    unclear("header row removed", header_removed),
    unclear("header below the rows", header_below),
    unclear("column blanked", blanked),
    unclear("two columns under one header cell", shared_header),
    clear("columns in another order", reordered),
    clear("spacer columns", spacers),
    clear("empty first column", empty_first_column),
    clear("empty last column", empty_last_column),
    clear("header in two rows with spans", header_in_two_rows),
    clear("numbered second header row", numbered_header),
    clear("title row above the header", title_row),
    clear("new country's column", new_country),
    clear("column of remarks", remarks),
    clear("header as th with scope", header_scope),
    clear("header in thead", header_in_thead),
    clear("row labels repeated on the right", labels_on_the_right),
];

/// A random chart.
pub(crate) fn any_chart(page: &Page, random: &mut Random) -> usize {
    random.below(page.charts.len())
}

/// A random chart and one of its columns other than that of all areas.
pub(crate) fn any_country(page: &Page, random: &mut Random) -> Option<(usize, Area)> {
    let table = any_chart(page, random);
    let mut areas = page.charts[table].areas();
    areas.retain(|area| *area != Area::ALL);
    Some((table, random.pick(&areas)?))
}

/// Allows the cells of a column to be missing without a finding.
pub(crate) fn allow_loss_of_column(page: &mut Page, table: usize, area: Area) {
    if page.misses_column(table, area) {
        return;
    }
    let own = page.charts[table].chart;
    let categories = page.charts[table].categories();
    let keys = categories.into_iter().map(|category| RowKey {
        chart: own,
        category,
        area,
    });
    page.may_go.extend(keys);
}

fn drop_column(page: &mut Page, table: usize, area: Area) -> bool {
    let Some(column) = page.charts[table].column_of(area) else {
        return false;
    };
    page.charts[table].remove_column(column);
    true
}

fn dropped_on_one_chart(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    allow_loss_of_column(page, table, area);
    drop_column(page, table, area)
}

fn dropped_on_every_chart(page: &mut Page, random: &mut Random) -> bool {
    let Some((_, area)) = any_country(page, random) else {
        return false;
    };
    let always = [Area::CHINA, Area::INDIA, Area::MEXICO, Area::PHILIPPINES].contains(&area);
    if !always || (page.month.year(), page.month.number()) < (2005, 2) {
        let of_area: Vec<RowKey> = page
            .expected()
            .into_keys()
            .filter(|key| key.area == area)
            .collect();
        page.may_go.extend(of_area);
    }
    for table in 0..page.charts.len() {
        drop_column(page, table, area);
    }
    true
}

fn all_dropped(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    drop_column(page, table, Area::ALL)
}

/// The header is one cell short, so that the labels cannot be assigned to the values.
fn header_cell_dropped(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let header = table.header();
    let Some(column) = table.column_of(area) else {
        return false;
    };
    table.rows[header].cells.remove(column);
    true
}

fn header_removed(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let header = table.header();
    table.rows.remove(header);
    table.rows.iter_mut().for_each(Row::forget);
    true
}

fn header_below(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let header = table.header();
    let row = table.rows.remove(header);
    table.rows.push(row);
    true
}

fn blanked(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let Some(column) = page.charts[table].column_of(area) else {
        return false;
    };
    page.charts[table].edit_column(column, |cell| {
        if cell.role == Role::Value {
            cell.inner = "&nbsp;".into();
            cell.value = None;
        }
    });
    true
}

/// The labels of two columns are in one cell over both.
fn shared_header(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let header = table.header();
    let width = table.width();
    if width < 4 {
        return false;
    }
    let first = 2 + random.below(width - 3);
    let cells = &mut table.rows[header].cells;
    let second = cells.remove(first + 1);
    cells[first].inner = format!("{} and {}", cells[first].inner, second.inner);
    cells[first].second_role = Some(second.role);
    cells[first].set("colspan=\"2\"");
    let (Role::ColumnLabel(a), Role::ColumnLabel(b)) = (cells[first].role, second.role) else {
        return false;
    };
    // It is a guess that the columns are in the order of the names.
    for cell in table.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if cell.says.iter().any(|key| key.area == a || key.area == b) {
            cell.value = None;
        }
    }
    true
}

fn reordered(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let width = page.charts[table].width();
    let mut order: Vec<usize> = (1..width).collect();
    random.shuffle(&mut order);
    for row in &mut page.charts[table].rows {
        if row.cells.len() == width {
            let cells = std::mem::take(&mut row.cells);
            row.cells.push(cells[0].clone());
            row.cells
                .extend(order.iter().map(|column| cells[*column].clone()));
        }
    }
    true
}

fn spacers(page: &mut Page, random: &mut Random) -> bool {
    let blank = random.one(["", "&nbsp;", " "]);
    for table in &mut page.charts {
        for column in (1..table.width()).rev() {
            table.insert_column(column, |_| Cell::plain(blank));
        }
    }
    true
}

fn empty_first_column(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    page.charts[table].insert_column(0, |_| Cell::plain("&nbsp;"));
    true
}

fn empty_last_column(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let width = page.charts[table].width();
    page.charts[table].insert_column(width, |_| Cell::plain("&nbsp;"));
    true
}

/// The corner and the label of all areas span two rows; the countries are under a common title.
fn header_in_two_rows(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let header = table.header();
        let mut cells = std::mem::take(&mut table.rows[header].cells);
        let countries = cells.split_off(2);
        cells.iter_mut().for_each(|cell| cell.set("rowspan=\"2\""));
        let mut title = Cell::plain("Chargeability areas listed separately");
        title.set(&format!("colspan=\"{}\"", countries.len()));
        cells.push(title);
        table.rows[header].cells = cells;
        table.rows.insert(header + 1, Row::new(countries));
    }
    true
}

fn numbered_header(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let header = table.header();
        let numbers = (0..table.width()).map(|number| Cell::plain(&format!("({})", number + 1)));
        table.rows.insert(header + 1, Row::new(numbers.collect()));
    }
    true
}

fn title_row(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        let mut title =
            Cell::plain(random.one(["<b>Cut-off dates</b>", "Priority dates, by area of chargeability"]));
        title.set(&format!("colspan=\"{}\"", table.width()));
        let header = table.header();
        table.rows.insert(header, Row::new(vec![title]));
    }
    true
}

fn new_country(page: &mut Page, random: &mut Random) -> bool {
    let country: Area = random
        .one(["BRAZIL", "NEPAL", "ECUADOR", "PAKISTAN"])
        .parse()
        .unwrap();
    let preference = page.charts[any_chart(page, random)].preference;
    for table in page
        .charts
        .iter_mut()
        .filter(|table| table.preference == preference)
    {
        let (chart, width) = (table.chart, table.width());
        table.insert_column(width, |category| match category {
            None => Cell::label(country, &country.name().to_uppercase()),
            Some(category) => Cell {
                role: Role::Value,
                says: vec![RowKey {
                    chart,
                    category,
                    area: country,
                }],
                value: Some(CutOff::Current),
                ..Cell::plain("C")
            },
        });
    }
    true
}

fn remarks(page: &mut Page, random: &mut Random) -> bool {
    let title = random.one(["Remarks", "Notes", "See paragraph"]);
    let text = random.one(["see D", "&nbsp;", "no change"]);
    for table in &mut page.charts {
        let width = table.width();
        table.insert_column(width, |category| {
            Cell::plain(if category.is_none() { title } else { text })
        });
    }
    true
}

fn header_scope(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let header = table.header();
        for cell in &mut table.rows[header].cells {
            cell.make_header();
            cell.set("scope=\"col\" abbr=\"C\" id='c1'");
        }
    }
    true
}

fn header_in_thead(page: &mut Page, _: &mut Random) -> bool {
    page.charts.iter_mut().for_each(split_off_thead);
    true
}

/// Moves the rows up to the header into a `thead`.
fn split_off_thead(table: &mut ChartTable) {
    let header = table.header();
    table.open = table.open.replace("<tbody>", "").replace("<TBODY>", "") + "<thead>";
    table.rows[header + 1].before.push_str("</thead><tbody>");
}

fn labels_on_the_right(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let width = table.width();
        let header = table.header();
        for (index, row) in table.rows.iter_mut().enumerate() {
            if row.cells.len() == width && index >= header {
                let label = visible(&row.cells[0].inner);
                row.cells.push(Cell::plain(&label.replace('&', "&amp;")));
            }
        }
    }
    true
}
