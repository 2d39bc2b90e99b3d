//! The settings of SMTP as people write them, in the environment or in a file. Excludes their validation, see `config.rs`.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// The environment variables of the SMTP settings.
pub const VARIABLES: [&str; 9] = [
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_TLS",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_PASSWORD_FILE",
    "SMTP_CA_FILE",
    "SMTP_EHLO_NAME",
    "MAIL_FROM",
];

/// The settings of SMTP, not validated; `None` if not set.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The server.
    pub host: Option<String>,
    /// The port.
    #[serde(default, deserialize_with = "port")]
    pub port: Option<String>,
    /// The encryption: `starttls`, `tls`, `plain` or `insecure-plain`.
    pub tls: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// A file with the password.
    pub password_file: Option<String>,
    /// A PEM file with certificates to trust in addition to the public ones.
    pub ca_file: Option<String>,
    /// The name for `EHLO`.
    pub ehlo_name: Option<String>,
    /// The sender.
    pub from: Option<String>,
}

#[cfg(any(test, feature = "testing"))]
impl SmtpSettings {
    /// The settings of these environment variables.
    ///
    /// # Panics
    /// If a variable is not one of [`VARIABLES`].
    pub(crate) fn from_variables(variables: &[(&str, &str)]) -> Self {
        let mut settings = Self::default();
        for (name, value) in variables {
            let field = match *name {
                "SMTP_HOST" => &mut settings.host,
                "SMTP_PORT" => &mut settings.port,
                "SMTP_TLS" => &mut settings.tls,
                "SMTP_USER" => &mut settings.user,
                "SMTP_PASSWORD" => {
                    settings.password = Some(Secret((*value).to_owned()));
                    continue;
                }
                "SMTP_PASSWORD_FILE" => &mut settings.password_file,
                "SMTP_CA_FILE" => &mut settings.ca_file,
                "SMTP_EHLO_NAME" => &mut settings.ehlo_name,
                "MAIL_FROM" => &mut settings.from,
                other => panic!("{other} is not a variable"),
            };
            *field = Some((*value).to_owned());
        }
        settings
    }
}

/// A text that is neither printed nor repeated in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text.
    pub fn revealed(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecretVisitor)
    }
}

/// Reads a text. The errors of the other types would repeat the value.
struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in quotation marks")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
        Err(E::custom("expected a text in quotation marks"))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        Err(E::custom("expected a text in quotation marks"))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        Err(E::custom("expected a text in quotation marks"))
    }
}

/// Reads a port, a number or a text.
fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct PortVisitor;
    impl Visitor<'_> for PortVisitor {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a port such as 587")
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
    }
    deserializer.deserialize_any(PortVisitor).map(Some)
}
