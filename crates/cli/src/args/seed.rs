//! The option that starts a database empty.

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
pub(crate) struct SeedArgs {
    /// Start a new database without the history that is shipped with this version [env: VISA_BULLETIN_NO_HISTORY]
    #[arg(long)]
    pub(crate) no_history: bool,
}
