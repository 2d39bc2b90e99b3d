//! `bulletin replay`: retries dead letters, parses pages again, and resends alerts. [`aws`] has
//! the replay of a deployment, [`here`] that of this machine.

mod here;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use bulletin::UnknownSpelling;

use crate::args::ReplayArgs;
use crate::command::{aws, block_on};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    if args.announce.is_some() && !args.yes && !args.dry_run && !std::io::stdin().is_terminal() {
        return Err(UnknownSpelling::new("answer", "", ["--yes".into()])
            .because("Standard input is not a terminal, so the command cannot ask for confirmation.")
            .into());
    }
    let well = block_on(async {
        match &args.place.stage {
            Some(deployment) => aws::replay(deployment, args).await,
            None => here::replay(settings, args).await,
        }
    })?;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
