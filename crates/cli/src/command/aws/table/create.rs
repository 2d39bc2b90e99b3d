//! `bulletin table create`.

use std::process::ExitCode;

use operations::table::{Created, create};

use super::{kinds, with_client};
use crate::args::table::TableCreateArgs;
use crate::output::{self, complain};

pub(super) fn create_tables(args: &TableCreateArgs) -> anyhow::Result<ExitCode> {
    with_client(&args.place, async |client| {
        for kind in kinds(args.table) {
            let created = create(client, &args.place.stage, kind, !args.removable).await?;
            print_created(&created)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints what was created, and which features the service lacks.
pub(super) fn print_created(created: &Created) -> anyhow::Result<()> {
    let table = &created.table;
    for what in &created.lacks {
        complain(
            "warning",
            &format!("this service does not support {what}: {table} does not have it"),
        );
    }
    output::print(&match (created.made, created.completed.as_slice()) {
        (true, _) => format!("{table} created"),
        (false, []) => format!("{table} already exists with all settings"),
        (false, completed) => format!("{table} already exists; added {}", completed.join(" and ")),
    })
}
