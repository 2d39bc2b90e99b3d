//! The option that starts a database empty.

use clap::Args as ClapArgs;
use clap::builder::FalseyValueParser;

#[derive(Debug, ClapArgs)]
pub(crate) struct SeedArgs {
    /// Start a new database without the history that is shipped with this version
    #[arg(long, env = "VISA_BULLETIN_NO_HISTORY", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub(crate) no_history: bool,
}
