//! `bulletin confirm-missing`: an operator confirms that missing rows and columns are gone.

use std::process::ExitCode;

use anyhow::bail;
use pipeline::Parser;
use pipeline::port::{BulletinStore, LinkTable};

use crate::args::ConfirmMissingArgs;
use crate::clock::RunClock;
use crate::command::ingest::{NoSource, send_alerts};
use crate::command::{aws, block_on, open_existing};
use crate::output::{complain, counted};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &ConfirmMissingArgs) -> anyhow::Result<ExitCode> {
    let clock = RunClock::new(args.as_of);
    let well = block_on(async {
        let Some(deployment) = &args.place.stage else {
            let store = open_existing(settings)?;
            confirm(&store, clock, args).await?;
            return send_alerts(&store, settings, clock, args.format).await;
        };
        aws::on_store(deployment, &args.place, async |store| {
            confirm(store, clock, args).await?;
            Ok(true)
        })
        .await
    })?;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn confirm(
    store: &(impl BulletinStore + LinkTable),
    clock: RunClock,
    args: &ConfirmMissingArgs,
) -> anyhow::Result<()> {
    let parser = Parser {
        source: &NoSource,
        store,
        clock: &clock,
    };
    let title = args.month.title();
    match parser.confirm_missing(args.month).await? {
        None => {
            bail!("the bulletin of {title} is not stored. `bulletin latest` shows the newest stored bulletin")
        }
        Some(0) => bail!("no cell is missing from the stored bulletin of {title}; nothing to confirm"),
        Some(cells) => complain(
            "note",
            &format!(
                "{title}: confirmed that {} are gone",
                counted(cells, "missing cell")
            ),
        ),
    }
    Ok(())
}
