use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Where pages come from.
#[derive(Debug, ClapArgs)]
pub(crate) struct SourceArgs {
    /// A folder of saved pages to read instead of the department's hosts
    #[arg(long, value_name = "DIR")]
    pub(crate) source: Option<PathBuf>,
    /// A host to ask, in place of the department's usual ones; may be repeated, asked in this order
    #[arg(long = "host", value_name = "URL", conflicts_with = "source")]
    pub(crate) hosts: Vec<String>,
    /// Take hosts outside state.gov
    #[arg(long, requires = "hosts")]
    pub(crate) allow_other_hosts: bool,
    /// Who runs this, for the hosts to know: an e-mail or web address, sent as part of the User-Agent
    #[arg(long, value_name = "CONTACT", env = "VISA_BULLETIN_CONTACT")]
    pub(crate) contact: Option<String>,
}
