//! Formats text, tables, CSV and JSON for the terminal. Excludes pictures, see [`plot`](crate::plot). Start with
//! [`print()`] and [`table`].

use std::io::{BufRead as _, Write};

use bulletin::{CutOff, Movement};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
    presets,
};

use crate::progress::aside;
use crate::screen::{self, has_colour, visible, width};

/// Formats of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

/// Formats of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AlertsFormat {
    /// As text for people
    Table,
    /// One JSON object per line, for programs
    Json,
}

/// Only a line under the headings, so that many rows stay readable and easy to split with other tools.
const STYLE: TableStyle = presets::NOTHING.header_separator(LineStyle::new('─', '─', '─', '─'));

/// A table with these headings. [`fitted`] renders it.
pub(crate) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic);
    let coloured = has_colour();
    table.set_header(headings.iter().map(|heading| {
        let cell = Cell::new(heading);
        if coloured {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    }));
    // The program decides on colours and knows the width.
    table.force_no_tty();
    if coloured {
        table.enforce_styling();
    }
    if let Some(columns) = width() {
        table.set_width(u16::try_from(columns).unwrap_or(u16::MAX));
    }
    table
}

/// The width of a column in addition to its text.
pub(crate) const BETWEEN_COLUMNS: usize = 3;

/// Renders a table to fit the terminal: lines are wrapped between words, and never within a date or a name.
pub(crate) fn fitted(mut table: Table) -> String {
    let longest_word = |cells: &mut dyn Iterator<Item = &Cell>| {
        let words = cells.map(|cell| longest_word(&cell.content()));
        words.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table.column_count())
        .map(|index| {
            let header = table.header().and_then(|header| header.cell_iter().nth(index));
            let cells = table.row_iter().filter_map(|row| row.cell_iter().nth(index));
            longest_word(&mut header.into_iter().chain(cells))
        })
        .collect();
    for (column, width) in table.column_iter_mut().zip(widths) {
        let width = u16::try_from(width + BETWEEN_COLUMNS - 1).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| without_trailing_space(&line.replace(UNBROKEN_SPACE, " ")))
        .collect();
    lines.join("\n")
}

/// A line without the spaces at its end, also before the code that ends a coloured cell.
fn without_trailing_space(line: &str) -> String {
    let line = line.trim_end();
    match line.rsplit_once('\u{1b}') {
        Some((text, code)) if code.ends_with('m') && !code.contains(' ') => {
            format!("{}\u{1b}{code}", text.trim_end())
        }
        _ => line.to_owned(),
    }
}

/// A space at which a table does not wrap.
const UNBROKEN_SPACE: char = '\u{a0}';

/// Words that stay on one line of a table.
pub(crate) fn unbroken(words: &str) -> String {
    words.replace(' ', &UNBROKEN_SPACE.to_string())
}

/// The length of the longest word.
pub(crate) fn longest_word(text: &str) -> usize {
    text.split([' ', '\n'])
        .map(|word| word.chars().count())
        .max()
        .unwrap_or(0)
}

/// A code as a table shows it: `EL SALVADOR GUATEMALA HONDURAS`, which can be wrapped between words and is accepted
/// as a code.
pub(crate) fn spaced(code: &str) -> String {
    code.replace('_', " ")
}

/// A sentence, wrapped between words to fit the terminal.
pub(crate) fn wrapped(text: &str) -> String {
    hanging("", text)
}

/// A sentence after a prefix, wrapped to fit the terminal and indented by the length of the prefix.
pub(crate) fn hanging(first: &str, text: &str) -> String {
    let Some(width) = width().map(|width| width.saturating_sub(first.len()).max(20)) else {
        return format!("{first}{text}");
    };
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if visible(line) + 1 + visible(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    format!("{first}{}", lines.join(&format!("\n{}", " ".repeat(first.len()))))
}

/// A number with its noun: `1 bulletin`, `2 bulletins`.
pub(crate) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A table cell for a movement: better news green, worse red, if there are colours.
pub(crate) fn movement_cell(movement: Option<Movement>) -> Cell {
    let words = movement.map_or_else(|| "cannot be read".into(), Movement::words);
    let cell = Cell::new(words);
    if !has_colour() {
        return cell;
    }
    match movement {
        Some(Movement::Advanced { .. } | Movement::BecameCurrent | Movement::BecameAvailable) => {
            cell.fg(Color::Green)
        }
        Some(Movement::Retrogressed { .. } | Movement::BecameUnavailable | Movement::LeftCurrent) | None => {
            cell.fg(Color::Red)
        }
        Some(Movement::Unchanged | Movement::FirstSeen | Movement::Withdrawn) => cell,
    }
}

/// A cut-off as a table shows it: the ISO date, `C` or `U`; `?` if it cannot be read.
pub(crate) fn cut_off_text(cut_off: Option<CutOff>) -> String {
    cut_off.map_or_else(|| "?".into(), |cut_off| cut_off.to_string())
}

/// An instant for people: `2026-08-14 09:30 UTC`.
pub(crate) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Prints a table, in a pager if it is too long for the terminal.
pub(crate) fn print_table(table: Table) -> anyhow::Result<()> {
    page(&fitted(table))
}

/// Prints a text for people, in a pager if it is too long for the terminal.
pub(crate) fn page(text: &str) -> anyhow::Result<()> {
    match aside(|| screen::page(text))? {
        true => Ok(()),
        false => print(text),
    }
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    screen::note_printed(text);
    aside(|| {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        Ok(out.flush()?)
    })
}

/// Prints rows as CSV. Cells that a spreadsheet would take for formulas are escaped.
pub(crate) fn print_csv(
    headings: &[&str],
    rows: impl IntoIterator<Item = impl IntoIterator<Item = String>>,
) -> anyhow::Result<()> {
    print(&String::from_utf8(csv_of(headings, rows)?)?)
}

/// Rows as CSV, with any number of columns. Cells that a spreadsheet would take for formulas are escaped.
pub(crate) fn csv_of(
    headings: &[&str],
    rows: impl IntoIterator<Item = impl IntoIterator<Item = String>>,
) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row.into_iter().map(inert))?;
    }
    Ok(writer.into_inner()?)
}

/// Escapes a cell that a spreadsheet would take for a formula, which a page may contain, with a leading apostrophe.
/// Numbers are unchanged.
fn inert(cell: String) -> String {
    let is_formula =
        cell.starts_with(['=', '@', '\t', '\r']) || cell.starts_with(['+', '-']) && !is_number(&cell);
    if is_formula { format!("'{cell}") } else { cell }
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok() && cell[1..].chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Prints a line on standard error, of this kind: `error`, `warning`, `note`.
pub(crate) fn complain(kind: &str, what: &str) {
    screen::note_printed(&format!("{kind}: {what}"));
    aside(|| {
        // If standard error is closed, there is nobody to notify.
        let _ = writeln!(std::io::stderr().lock(), "{kind}: {what}");
    });
}

/// Asks for confirmation on the terminal.
pub(crate) fn is_confirmed() -> anyhow::Result<bool> {
    let mut answer = String::new();
    aside(|| {
        let mut out = std::io::stdout().lock();
        out.write_all(b"Continue? [y/N] ")?;
        out.flush()?;
        std::io::stdin().lock().read_line(&mut answer)
    })?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, printed) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+1+cmd", "'+1+cmd"),
            ("-2+3", "'-2+3"),
            ("-inf", "'-inf"),
            ("-", "'-"),
            ("\t=1", "'\t=1"),
            ("-31", "-31"),
            ("+15.5", "+15.5"),
            ("01SEP20", "01SEP20"),
            ("", ""),
        ] {
            assert_eq!(inert(cell.into()), printed);
        }
    }
}
