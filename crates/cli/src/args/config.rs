//! The option that chooses the configuration file, and the commands of `config`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::output::Format;

#[derive(Debug, ClapArgs)]
pub(crate) struct ConfigArgs {
    /// The configuration file; `bulletin config path` prints the default
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "VISA_BULLETIN_CONFIG",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  bulletin config init        write a file with all settings as comments
  bulletin config show        print the settings and where each comes from
  bulletin config show --format json

Options override environment variables, and those override the file. An unknown
or invalid setting in the file stops every command. A password may be in the
file, which `init` writes so that only you can read it.")]
pub(crate) enum ConfigCommand {
    /// Print the effective settings and where each comes from; secrets are masked
    Show {
        /// The output format
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Print the path of the configuration file
    Path,
    /// Write a configuration file with every setting commented out
    Init {
        /// Print the file instead of writing it
        #[arg(long)]
        print: bool,
    },
}
