//! What goes to the terminal, and in which form.

use std::io::{IsTerminal, Write};

use bulletin::{CutOff, Movement};
use clap::ValueEnum;
use comfy_table::{Attribute, Cell, Color, ContentArrangement, LineStyle, Table, TableStyle, presets};

/// How data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// For programs
    Json,
}

/// Whether standard output shows colours: a terminal that was not told to do without (`NO_COLOR`).
pub(crate) fn has_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Nothing but a line under the headings, so that many rows stay readable and can be cut apart with other tools.
const STYLE: TableStyle = presets::NOTHING.header_separator(LineStyle::new('─', '─', '─', '─'));

/// A table that fits the terminal, with these headings.
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
    if !std::io::stdout().is_terminal() {
        table.force_no_tty();
    }
    table
}

/// A table's cell for a movement: better news green, worse red, where there are colours.
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

/// A cut-off as a table shows it: the ISO date, `C` or `U`; `?` where it cannot be read.
pub(crate) fn cut_off_text(cut_off: Option<CutOff>) -> String {
    cut_off.map_or_else(|| "?".into(), |cut_off| cut_off.to_string())
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

/// Prints rows as CSV.
pub(crate) fn print_csv<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    writer.write_record(headings)?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}

/// A line on standard error, of this kind: `error`, `warning`, `note`.
pub(crate) fn complain(kind: &str, what: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{kind}: {what}");
}
