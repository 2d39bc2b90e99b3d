//! The commands of `service`.

use clap::{Args as ClapArgs, Subcommand};

use super::Every;

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Poll regularly on this machine, with systemd or cron
    Install(ServiceInstallArgs),
    /// Show whether the service is installed, and when it last polled
    Status,
    /// Stop polling regularly
    Remove {
        /// Print the changes without making them
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin service install                poll often while a bulletin is due
  bulletin service install --every 1h     poll every hour
  bulletin service install --dry-run      print what would be installed

Writes a systemd user unit if `systemctl --user` works, and a marked block of
your crontab otherwise, with the absolute paths of the program, the database and
the configuration file. Your other units and crontab lines are unchanged.
Run it again to update the interval and the paths.

The service does not have the environment of your shell: put the settings into
config.toml (`bulletin config init`).")]
pub(crate) struct ServiceInstallArgs {
    /// The interval (30m, 4h), or `auto`: 30 minutes while a bulletin is due, 6 hours otherwise. With cron, `auto` is every
    /// 30 minutes
    #[arg(long, value_name = "TIME", default_value = "auto")]
    pub(crate) every: Every,
    /// Print the changes without making them
    #[arg(long)]
    pub(crate) dry_run: bool,
}
