//! `bulletin export`: the printed cells of stored bulletins as one table. Excludes backups, see `table export`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use operations::archive_file::stored_bulletins;
use pipeline::{ArchivedBulletin, CELL_COLUMNS, CellRow, keep_cells, missing_cells};

use crate::args::{CellForm, ExportArgs};
use crate::command::block_on;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::new_file::NewFile;
use crate::output::{self, Format, complain, counted};
use crate::progress::Progress;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    // Before the work of reading the bulletins.
    let file = match (&args.file, args.format) {
        (Some(path), _) => Some(NewFile::check(path, args.force)?),
        (None, CellForm::Sqlite) => bail!("a SQLite file needs a name: bulletin export sqlite FILE"),
        (None, CellForm::Csv | CellForm::Json) => None,
    };
    let bulletins = load(settings, args)?;
    let cells: Vec<CellRow> = bulletins.iter().flat_map(CellRow::of_bulletin).collect();
    if cells.is_empty() {
        bail!("there is nothing to export: no stored bulletin of these months has such a cell");
    }
    match file {
        Some(file) => {
            file.write(|path| write(path, args.format, &bulletins, &cells))?;
            output::print(&format!(
                "{} of {} written to {}",
                counted(cells.len(), "cell"),
                counted(bulletins.len(), "bulletin"),
                args.file.as_deref().unwrap_or(Path::new("")).display()
            ))?;
        }
        None if args.format == CellForm::Json => output::print(&json(&cells)?)?,
        None => output::print(&csv(&cells)?)?,
    }
    let missing = missing_cells(&bulletins);
    if missing > 0 {
        complain(
            "note",
            &format!("left out: {} missing from the page", counted(missing, "cell")),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads the chosen cells.
fn load(settings: &Settings, args: &ExportArgs) -> anyhow::Result<Vec<ArchivedBulletin>> {
    let lead = Lead {
        // Standard output is for data.
        format: Format::Csv,
        is_about_newest: false,
    };
    let mut bulletins = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        let bar = Progress::counting("bulletins");
        Ok(stored_bulletins(store, args.months, |done, of| bar.show(done, of)).await?)
    }))?;
    for bulletin in &mut bulletins {
        keep_cells(bulletin, args.category, args.country);
    }
    Ok(bulletins)
}

fn write(
    path: &Path,
    format: CellForm,
    bulletins: &[ArchivedBulletin],
    cells: &[CellRow],
) -> anyhow::Result<()> {
    match format {
        // As plain text: the error is not about the database that was read.
        CellForm::Sqlite => sqlite::write_cell_file(path, bulletins).map_err(|error| anyhow!("{error}")),
        CellForm::Csv => Ok(std::fs::write(path, csv(cells)?)?),
        CellForm::Json => Ok(std::fs::write(path, json(cells)?)?),
    }
}

fn csv(cells: &[CellRow]) -> anyhow::Result<String> {
    let csv = output::csv_of(&CELL_COLUMNS, cells.iter().map(CellRow::fields))?;
    Ok(String::from_utf8(csv)?)
}

fn json(cells: &[CellRow]) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(cells)? + "\n")
}
