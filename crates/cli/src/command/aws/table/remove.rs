//! The `table` commands that delete: `truncate` and `drop`.

use std::process::ExitCode;

use operations::table::{
    PRICE_OF_A_WRITE_UNIT, Removal, TableError, create, drop_table, refuse_protected, removal, truncate,
};

use super::{create::print_created, kind, kinds, with_client};
use crate::args::table::{TableDropArgs, TableTruncateArgs};
use crate::output::{self, counted};
use crate::progress::Progress;

pub(super) fn truncate_table(args: &TableTruncateArgs) -> anyhow::Result<ExitCode> {
    let kind = kind(args.table);
    let name = kind.name(&args.place.stage);
    with_client(&args.place, async |client| {
        let removal = match removal(client, &name, kind).await {
            // Completes an earlier run that was interrupted between drop and create.
            Err(TableError::Absent(_)) if args.drop_and_create => Removal::default(),
            other => other?,
        };
        output::print(&plan(&name, &removal))?;
        if !args.yes {
            output::print(
                "Nothing was done. --yes deletes the items one by one. --drop-and-create --yes drops the table and creates it \
                 again, which is free but gives it a new stream.",
            )?;
            return Ok(());
        }
        if args.drop_and_create {
            drop_table(client, &name).await?;
            print_created(&create(client, &args.place.stage, kind, false).await?)?;
            return output::print(
                "The table has a new stream: run `make deploy` to connect the notifier to it and to set the protections of \
                 the template.",
            );
        }
        let count = removal.count();
        let bar = Progress::counting("items");
        let deleted = truncate(client, &name, kind, |deleted| {
            bar.show(deleted, count.max(deleted))
        })
        .await?;
        drop(bar);
        output::print(&format!("{} deleted", counted(deleted, "item")))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn plan(name: &str, removal: &Removal) -> String {
    let kinds: Vec<String> = removal
        .items
        .iter()
        .map(|(kind, number)| format!("{number} of kind {kind}"))
        .collect();
    let of = match kinds.as_slice() {
        [] => String::new(),
        kinds => format!(" ({})", kinds.join(", ")),
    };
    format!(
        "{name} has {}{of}. Deleting them one by one consumes {} write units, {:.2} US dollars at 0.625 per million.",
        counted(removal.count(), "item"),
        removal.units,
        removal.units as f64 * PRICE_OF_A_WRITE_UNIT
    )
}

pub(super) fn drop_tables(args: &TableDropArgs) -> anyhow::Result<ExitCode> {
    let names: Vec<String> = kinds(args.table)
        .into_iter()
        .map(|kind| kind.name(&args.place.stage))
        .collect();
    with_client(&args.place, async |client| {
        let mut there = Vec::new();
        for name in &names {
            match refuse_protected(client, name).await {
                Ok(()) => there.push(name),
                Err(TableError::Absent(_)) => output::print(&format!("{name} does not exist"))?,
                Err(error) => return Err(error.into()),
            }
        }
        for name in there {
            if args.yes {
                drop_table(client, name).await?;
                output::print(&format!("{name} dropped"))?;
            } else {
                output::print(&format!(
                    "{name} would be dropped with all its data. Pass --yes to drop it"
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
