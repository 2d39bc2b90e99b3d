//! The settings of this machine, from flags, the environment and `config.toml`, in this order of precedence. Excludes
//! options that concern one run only, see [`args`](crate::args). Start with [`Settings::load`].

mod error;
mod file;
mod flag;
mod layer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use figment::Figment;
use mail::{Mailer, Secret, SmtpConfig, SmtpSettings};
use serde::Deserialize;
use web_source::{Ping, WebConfig};

use crate::args::Args;
use crate::args::subscribe::parse_prefix;

pub(crate) use file::{FOLDER, TEMPLATE, location};
use layer::Layer;

/// The effective settings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The SQLite database; `None` for the default place.
    pub(crate) database: Option<PathBuf>,
    /// The e-mail or web address in the User-Agent.
    #[serde(default = "default_contact")]
    pub(crate) contact: String,
    /// The hosts in the order in which they are tried.
    #[serde(default = "default_hosts")]
    pub(crate) hosts: Vec<String>,
    /// True if hosts outside state.gov are allowed.
    #[serde(default)]
    pub(crate) allow_other_hosts: bool,
    /// True if a new database starts without the shipped history.
    #[serde(default)]
    pub(crate) no_history: bool,
    /// The URL of a dead man's switch.
    ping: Option<Secret>,
    /// The prefix of the ARNs of a deployment's topics.
    pub(crate) topic_prefix: Option<String>,
    /// The server and the sender of e-mail.
    #[serde(default)]
    smtp: SmtpSettings,
    /// A warning if other users can read a secret in the file.
    #[serde(skip)]
    pub(crate) exposed: Option<String>,
    /// The configuration file. It may not exist.
    #[serde(skip)]
    file: PathBuf,
    /// The value of each setting as text, and its origin. Secrets are masked.
    #[serde(skip)]
    shown: BTreeMap<&'static str, (String, Origin)>,
}

/// The origin of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option of the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// The configuration file.
    File,
    /// The program.
    Default,
}

/// A setting, and where it can be set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The key in the file.
    pub(crate) key: &'static str,
    /// The environment variable, if there is one.
    pub(crate) variable: Option<&'static str>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Switch,
    /// A file name. In the configuration file it is relative to the folder of that file.
    Path,
    Secret,
}

const fn setting(key: &'static str, variable: &'static str, kind: Kind) -> Setting {
    Setting {
        key,
        variable: Some(variable),
        kind,
    }
}

const fn without_variable(key: &'static str, kind: Kind) -> Setting {
    Setting {
        key,
        variable: None,
        kind,
    }
}

/// Every setting.
pub(crate) const SETTINGS: [Setting; 16] = [
    setting("database", "VISA_BULLETIN_DB", Kind::Path),
    setting("contact", "VISA_BULLETIN_CONTACT", Kind::Text),
    without_variable("hosts", Kind::Text),
    without_variable("allow_other_hosts", Kind::Switch),
    setting("no_history", "VISA_BULLETIN_NO_HISTORY", Kind::Switch),
    setting("ping", "VISA_BULLETIN_PING", Kind::Secret),
    setting("topic_prefix", "VISA_BULLETIN_TOPIC_PREFIX", Kind::Text),
    setting("smtp.host", "SMTP_HOST", Kind::Text),
    setting("smtp.port", "SMTP_PORT", Kind::Text),
    setting("smtp.tls", "SMTP_TLS", Kind::Text),
    setting("smtp.user", "SMTP_USER", Kind::Text),
    setting("smtp.password", "SMTP_PASSWORD", Kind::Secret),
    setting("smtp.password_file", "SMTP_PASSWORD_FILE", Kind::Path),
    setting("smtp.ca_file", "SMTP_CA_FILE", Kind::Path),
    setting("smtp.ehlo_name", "SMTP_EHLO_NAME", Kind::Text),
    setting("smtp.from", "MAIL_FROM", Kind::Text),
];

fn default_contact() -> String {
    WebConfig::default().contact
}

fn default_hosts() -> Vec<String> {
    WebConfig::default().hosts
}

impl Settings {
    /// Reads the file and the environment.
    ///
    /// # Errors
    /// An invalid setting, with its place and the remedy.
    pub(crate) fn load(args: &Args) -> anyhow::Result<Self> {
        let file = location(&args.config)?;
        let mut layers = Figment::new();
        let mut exposed = None;
        if let Some(read) = file::read(&file)? {
            layers = layers.merge(read.layer);
            exposed = read.exposed;
        }
        layers = layers.merge(layer::environment()?).merge(flag::layer(args));
        let mut settings: Self = layers
            .extract()
            .map_err(|error| error::of_layers(&file.path, error))?;
        for setting in SETTINGS {
            if let Ok(value) = layers.find_value(setting.key) {
                let origin = layers.find_metadata(setting.key).and_then(Layer::origin_of);
                let text = setting.shown(&value);
                settings
                    .shown
                    .insert(setting.key, (text, origin.unwrap_or(Origin::Default)));
            }
        }
        // The text of a layer is lossy for a name that is not UTF-8.
        if let Some(db) = &args.store.db {
            settings.database = Some(db.clone());
        }
        settings.file = file.path;
        settings.exposed = exposed;
        settings.check_prefix()?;
        Ok(settings)
    }

    /// The configuration file. It may not exist.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The origin of the value of a setting.
    pub(crate) fn origin(&self, key: &str) -> Origin {
        self.shown.get(key).map_or(Origin::Default, |(_, origin)| *origin)
    }

    /// The effective value of a setting as text, with its origin; `None` if it has none. Secrets are masked.
    pub(crate) fn shown(&self, key: &str) -> (Option<String>, Origin) {
        let default = || match key {
            "contact" => Some(self.contact.clone()),
            "hosts" => Some(self.hosts.join(" ")),
            "allow_other_hosts" | "no_history" => Some("false".into()),
            _ => None,
        };
        match self.shown.get(key) {
            Some((text, origin)) => (Some(text.clone()), *origin),
            None => (default(), Origin::Default),
        }
    }

    /// The dead man's switch, if one is configured.
    ///
    /// # Errors
    /// An invalid URL, with its place.
    pub(crate) fn ping(&self) -> anyhow::Result<Option<Ping>> {
        let Some(url) = &self.ping else {
            return Ok(None);
        };
        match Ping::new(url.revealed()) {
            Ok(ping) => Ok(Some(ping)),
            Err(error) => bail!("{}: {error}", self.place("ping")),
        }
    }

    /// The mailer that the settings configure.
    ///
    /// # Errors
    /// A sentence about the missing or invalid setting.
    pub(crate) fn mailer(&self) -> Result<Mailer, String> {
        Mailer::new(self.smtp()?).map_err(|error| self.explain(&error))
    }

    /// The server and the sender of e-mail.
    ///
    /// # Errors
    /// A sentence about the missing or invalid setting.
    pub(crate) fn smtp(&self) -> Result<SmtpConfig, String> {
        SmtpConfig::new(&self.smtp).map_err(|error| self.explain(&error))
    }

    /// Names the key in the file in place of the variable, if the value is from there.
    fn explain(&self, error: &mail::ConfigError) -> String {
        let variable = error.variable();
        let setting = SETTINGS.iter().find(|setting| setting.variable == Some(variable));
        match setting {
            Some(setting) if self.origin(setting.key) == Origin::File => format!(
                "{}: {}",
                self.file.display(),
                error.to_string().replacen(variable, setting.key, 1)
            ),
            _ => error.to_string(),
        }
    }

    /// The place of a setting, for an error: its option, variable, or key in the file.
    fn place(&self, key: &str) -> String {
        let variable = SETTINGS.iter().find(|setting| setting.key == key);
        match (self.origin(key), variable.and_then(|setting| setting.variable)) {
            (Origin::File, _) => format!("{}: {key}", self.file.display()),
            (Origin::Environment, Some(variable)) => variable.to_owned(),
            _ => format!("--{}", key.replace('_', "-")),
        }
    }

    fn check_prefix(&mut self) -> anyhow::Result<()> {
        let Some(prefix) = &self.topic_prefix else {
            return Ok(());
        };
        match parse_prefix(prefix) {
            Ok(prefix) => {
                self.topic_prefix = Some(prefix);
                Ok(())
            }
            Err(error) => bail!("{}: {error}", self.place("topic_prefix")),
        }
    }
}

impl Origin {
    /// The word for people and programs.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}
