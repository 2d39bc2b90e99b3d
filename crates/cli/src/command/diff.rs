//! `bulletin diff`: the differences between two stored bulletins.

use std::process::ExitCode;

use bulletin::{Bulletin, Chart, CutOff, Month, Movement, Reading, RowKey};
use serde_json::json;

use crate::args::DiffArgs;
use crate::command::place::on_bulletins;
use crate::command::shipped::Lead;
use crate::command::{block_on, month_of, stored_bulletin};
use crate::field::output::DIFF;
use crate::output::{self, Format};
use crate::settings::Settings;

/// One cell in both bulletins.
struct Difference {
    key: RowKey,
    from: Option<Reading>,
    to: Option<Reading>,
}

impl Difference {
    /// `None` if one of the two cells is unreadable.
    fn movement(&self) -> Option<Movement> {
        let unreadable = |reading: Option<Reading>| reading == Some(Reading::Unreadable);
        let cut_off = |reading: Option<Reading>| reading.and_then(Reading::cut_off);
        (!unreadable(self.from) && !unreadable(self.to))
            .then(|| Movement::between(cut_off(self.from), cut_off(self.to)))
    }
}

pub(crate) fn run(settings: &Settings, args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let lead = Lead {
        format: args.format,
        is_about_newest: false,
    };
    let (from, to) = block_on(on_bulletins(settings, &args.place, lead, async |store| {
        Ok((
            stored_bulletin(store, args.from).await?,
            stored_bulletin(store, month_of(store, args.to).await?).await?,
        ))
    }))?;
    let differences: Vec<Difference> = differences(&from, &to)
        .into_iter()
        .filter(|difference| args.all || difference.movement() != Some(Movement::Unchanged))
        .collect();
    print(args, [from.month(), to.month()], &differences)?;
    Ok(ExitCode::SUCCESS)
}

fn differences(from: &Bulletin, to: &Bulletin) -> Vec<Difference> {
    let mut keys: Vec<RowKey> = from.rows().chain(to.rows()).map(|row| row.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let reading = |bulletin: &Bulletin, key| bulletin.row(key).map(|row| row.reading);
    keys.into_iter()
        .map(|key| Difference {
            key,
            from: reading(from, key),
            to: reading(to, key),
        })
        .collect()
}

fn print(args: &DiffArgs, [from, to]: [Month; 2], differences: &[Difference]) -> anyhow::Result<()> {
    let shown = |reading: Option<Reading>| match reading {
        Some(reading) => output::cut_off_text(reading.cut_off()),
        None => String::new(),
    };
    let value = |reading: Option<Reading>| -> Option<CutOff> { reading.and_then(Reading::cut_off) };
    match args.format {
        Format::Table => {
            if differences.is_empty() {
                return output::print(&format!(
                    "Nothing moved between {} and {}.",
                    from.title(),
                    to.title()
                ));
            }
            let (from, to) = (from.to_string(), to.to_string());
            let mut tables = Vec::new();
            for chart in Chart::ALL {
                let mut table = output::table(&["category", "area", &from, &to, "movement"]);
                for difference in differences
                    .iter()
                    .filter(|difference| difference.key.chart == chart)
                {
                    table.add_row([
                        comfy_table::Cell::new(output::spaced(difference.key.category.code())),
                        comfy_table::Cell::new(output::spaced(difference.key.area.code())),
                        comfy_table::Cell::new(shown(difference.from)),
                        comfy_table::Cell::new(shown(difference.to)),
                        output::movement_cell(difference.movement()),
                    ]);
                }
                if !table.is_empty() {
                    tables.push(format!("{}\n{}\n", chart.name(), output::fitted(table)));
                }
            }
            output::page(&tables.join("\n"))
        }
        format => DIFF.print(
            format,
            differences
                .iter()
                .map(|difference| {
                    json!({
                        "from_month": from,
                        "to_month": to,
                        "chart": difference.key.chart,
                        "category": difference.key.category,
                        "area": difference.key.area,
                        "from_cutoff": value(difference.from),
                        "to_cutoff": value(difference.to),
                        "movement": difference.movement().map_or("unreadable", Movement::code),
                        "days": difference.movement().and_then(Movement::signed_days),
                    })
                })
                .collect(),
        ),
    }
}
