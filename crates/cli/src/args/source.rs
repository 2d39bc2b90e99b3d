//! Options that choose where pages come from.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// The source of pages.
#[derive(Debug, ClapArgs)]
pub(crate) struct SourceArgs {
    /// Read pages from this folder instead of the department's hosts
    #[arg(long, value_name = "DIR")]
    pub(crate) source: Option<PathBuf>,
    /// Fetch from this host instead of the department's; repeat to try several in order
    #[arg(long = "host", value_name = "URL", conflicts_with = "source")]
    pub(crate) hosts: Vec<String>,
    /// Allow hosts outside state.gov
    #[arg(long, requires = "hosts")]
    pub(crate) allow_other_hosts: bool,
    /// Add this e-mail or web address to the User-Agent, so that the hosts know whom to contact
    /// [env: VISA_BULLETIN_CONTACT]
    #[arg(long, value_name = "CONTACT")]
    pub(crate) contact: Option<String>,
}
