use std::process::ExitCode;

use operations::table::{
    PRICE_OF_A_WRITE_UNIT, Removal, TableError, create, drop_table, refuse_protected, removal, truncate,
};

use super::{kinds, make, progress_bar, show, with_client};
use crate::args::{TableDropArgs, TableTruncateArgs};
use crate::output::{self, counted};

pub(super) fn truncate_table(args: &TableTruncateArgs) -> anyhow::Result<ExitCode> {
    let kind = args.table.kind();
    let name = kind.name(&args.place.stage);
    let bar = progress_bar("items");
    let done = with_client(&args.place, async |client| {
        let removal = match removal(client, &name, kind).await {
            // A drop that died before it made the table anew is completed.
            Err(TableError::Absent(_)) if args.drop_and_create => Removal::default(),
            other => other?,
        };
        output::print(&plan(&name, &removal))?;
        if !args.yes {
            output::print(
                "Nothing was done. With --yes they are deleted item by item; with --drop-and-create --yes the table is dropped and \
                 made anew, which costs nothing and gives it another stream.",
            )?;
            return Ok(());
        }
        if args.drop_and_create {
            drop_table(client, &name).await?;
            make::tell(&create(client, &args.place.stage, kind, false).await?)?;
            return output::print(
                "Its stream is another one: `make deploy` ties the notifier to it, and sets the protections of the template.",
            );
        }
        let count = removal.count();
        let deleted = truncate(client, &name, kind, |deleted| {
            show(&bar, deleted, count.max(deleted))
        })
        .await?;
        output::print(&format!("{} deleted", counted(deleted, "item")))
    });
    bar.finish_and_clear();
    done?;
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
        "{name} has {}{of}. DynamoDB has no call that empties a table: deleting them one by one consumes {} write units, \
         {:.2} dollars where a million costs 0.625.",
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
                Err(TableError::Absent(_)) => output::print(&format!("{name} is not there"))?,
                Err(error) => return Err(error.into()),
            }
        }
        for name in there {
            if args.yes {
                drop_table(client, name).await?;
                output::print(&format!("{name} was dropped"))?;
            } else {
                output::print(&format!(
                    "{name} would be dropped with everything in it. --yes does it"
                ))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
