use std::process::ExitCode;

use operations::table::{Created, create};

use super::{kinds, with_client};
use crate::args::TableCreateArgs;
use crate::output::{self, complain};

pub(super) fn create_tables(args: &TableCreateArgs) -> anyhow::Result<ExitCode> {
    with_client(&args.place, async |client| {
        for kind in kinds(args.table) {
            let created = create(client, &args.place.stage, kind, !args.removable).await?;
            tell(&created)?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Says what was done, and what the service lacks.
pub(super) fn tell(created: &Created) -> anyhow::Result<()> {
    let table = &created.table;
    for what in &created.lacks {
        complain(
            "warning",
            &format!("this service does not offer {what}: {table} is without it"),
        );
    }
    output::print(&match (created.made, created.completed.as_slice()) {
        (true, _) => format!("{table} was made and can be used"),
        (false, []) => format!("{table} was there as it should be"),
        (false, completed) => format!("{table} was there, and has {} now", completed.join(" and ")),
    })
}
