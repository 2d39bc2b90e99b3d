//! Opens the source of pages that the options choose.

use anyhow::bail;
use web_source::{ConfigError, FolderSource, Source, WebConfig, WebSource};

use crate::args::SourceArgs;
use crate::clock::RunClock;

/// The chosen folder, or the hosts.
pub(crate) fn source(args: &SourceArgs, clock: RunClock) -> anyhow::Result<Source<RunClock>> {
    if let Some(folder) = &args.source {
        return Ok(FolderSource::open(folder, clock)?.into());
    }
    let mut config = WebConfig {
        allow_other_hosts: args.allow_other_hosts,
        ..WebConfig::default()
    };
    if !args.hosts.is_empty() {
        config.hosts.clone_from(&args.hosts);
    }
    if let Some(contact) = &args.contact {
        config.contact.clone_from(contact);
    }
    match WebSource::new(config, clock) {
        Ok(source) => Ok(source.into()),
        Err(error @ ConfigError::OtherHost { .. }) => {
            bail!("{error}. --allow-other-hosts allows them")
        }
        Err(error) => Err(error.into()),
    }
}
