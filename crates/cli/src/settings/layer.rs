//! A layer of settings: all values of one origin. The layers of the environment and of flags are made here and in
//! `flag.rs`, the layer of the file in `file.rs`.

use anyhow::bail;
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::{Kind, Origin, SETTINGS, Setting};

/// The values of one origin.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    origin: Origin,
    values: Dict,
}

const ORIGINS: [Origin; 3] = [Origin::Flag, Origin::Environment, Origin::File];

impl Layer {
    pub(super) fn new(origin: Origin, values: Dict) -> Self {
        Self { origin, values }
    }

    /// Sets the value of a key such as `smtp.host`.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        match key.split_once('.') {
            None => {
                self.values.insert(key.to_owned(), value.into());
            }
            Some((table, key)) => {
                let table = self.values.entry(table.to_owned());
                let table = table.or_insert_with(|| Value::from(Dict::new()));
                if let Value::Dict(_, values) = table {
                    values.insert(key.to_owned(), value.into());
                }
            }
        }
    }

    /// The value of a key such as `smtp.host`.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        match key.split_once('.') {
            None => self.values.get(key),
            Some((table, key)) => self.values.get(table)?.as_dict()?.get(key),
        }
    }

    /// The origin of a value.
    pub(super) fn origin_of(metadata: &Metadata) -> Option<Origin> {
        ORIGINS.into_iter().find(|origin| origin.word() == metadata.name)
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.word())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.values.clone())]))
    }
}

/// The layer of the environment. An empty variable counts as not set. Every value stays a text: a password of digits is
/// not a number.
///
/// # Errors
/// A variable that is not UTF-8.
pub(super) fn environment() -> anyhow::Result<Layer> {
    let mut layer = Layer::new(Origin::Environment, Dict::new());
    for setting in SETTINGS {
        let Some(variable) = setting.variable else {
            continue;
        };
        let text = match std::env::var(variable) {
            Ok(text) if !text.trim().is_empty() => text,
            Ok(_) | Err(std::env::VarError::NotPresent) => continue,
            Err(std::env::VarError::NotUnicode(_)) => bail!("{variable} is not valid UTF-8"),
        };
        match setting.kind {
            Kind::Switch => layer.set(setting.key, is_on(&text)),
            Kind::Text | Kind::Path | Kind::Secret => layer.set(setting.key, text),
        }
    }
    Ok(layer)
}

/// True unless a variable says no, as for other programs.
fn is_on(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    !matches!(text.as_str(), "0" | "f" | "false" | "n" | "no" | "off")
}

impl Setting {
    /// The value as `config show` prints it.
    pub(super) fn shown(&self, value: &Value) -> String {
        if self.kind == Kind::Secret {
            return "********".into();
        }
        match value {
            Value::String(_, text) => text.clone(),
            Value::Bool(_, is_on) => is_on.to_string(),
            Value::Num(_, number) => number.to_i128().unwrap_or_default().to_string(),
            Value::Array(_, values) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                texts.join(" ")
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_of_smtp_is_a_setting() {
        for variable in mail::VARIABLES {
            assert!(
                SETTINGS.iter().any(|setting| setting.variable == Some(variable)),
                "{variable}"
            );
        }
    }

    #[test]
    fn a_switch_is_off_if_its_variable_says_so() {
        for (text, on) in [
            ("1", true),
            ("yes", true),
            ("0", false),
            (" No ", false),
            ("FALSE", false),
        ] {
            assert_eq!(is_on(text), on, "{text}");
        }
    }
}
