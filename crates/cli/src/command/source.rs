//! Opens the source of pages that the options choose.

use anyhow::bail;
use web_source::{ConfigError, FolderSource, Source, WebConfig, WebSource};

use crate::args::SourceArgs;
use crate::clock::RunClock;
use crate::settings::Settings;

/// The chosen folder, or the hosts.
pub(crate) fn source(
    args: &SourceArgs,
    settings: &Settings,
    clock: RunClock,
) -> anyhow::Result<Source<RunClock>> {
    if let Some(folder) = &args.source {
        return Ok(FolderSource::open(folder, clock)?.into());
    }
    let config = WebConfig {
        hosts: settings.hosts.clone(),
        allow_other_hosts: settings.allow_other_hosts,
        contact: settings.contact.clone(),
        ..WebConfig::default()
    };
    match WebSource::new(config, clock) {
        Ok(source) => Ok(source.into()),
        Err(error @ ConfigError::OtherHost { .. }) => {
            bail!("{error}. --allow-other-hosts allows them")
        }
        Err(error) => Err(error.into()),
    }
}
