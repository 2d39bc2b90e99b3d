//! Validates values against the part of JSON Schema that the schemas in `docs` use. An unknown keyword is an error, so
//! that no rule of a schema is skipped. Start with [`Schema::read`].

use std::path::Path;

use serde_json::Value;

/// A schema in a file.
pub(crate) struct Schema {
    root: Value,
}

impl Schema {
    /// Reads the schema in this file of `docs`.
    pub(crate) fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("docs").join(name))
            .find(|path| path.is_file())
            .unwrap_or_else(|| panic!("docs has no {name}"));
        Self {
            root: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
        }
    }

    /// The faults of the value with their places; empty if it conforms.
    pub(crate) fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.root, value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let note = |faults: &mut Vec<String>, what: String| faults.push(format!("{at}: {what}"));
        let empty = Vec::new();
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" => {}
                "$ref" => {
                    let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    let target = &self.root["$defs"][name];
                    assert!(target.is_object(), "the schema has no {name}");
                    self.check(target, value, at, faults);
                }
                "const" if rule != value => note(faults, format!("{value} is not {rule}")),
                "enum" if !rule.as_array().unwrap().contains(value) => {
                    note(faults, format!("{value} is none of {rule}"));
                }
                "type" => {
                    let is_fit = match rule {
                        Value::Array(types) => types.iter().any(|one| has_type(value, one)),
                        one => has_type(value, one),
                    };
                    if !is_fit {
                        note(faults, format!("{value} is no {rule}"));
                    }
                }
                "minimum" if value.as_i64() < rule.as_i64() => {
                    note(faults, format!("{value} is below {rule}"))
                }
                "maximum" if value.as_i64() > rule.as_i64() => {
                    note(faults, format!("{value} is above {rule}"))
                }
                "minItems" if (value.as_array().map_or(0, Vec::len) as u64) < rule.as_u64().unwrap() => {
                    note(faults, "too few items".into());
                }
                "pattern"
                    if value
                        .as_str()
                        .is_some_and(|text| !fits_pattern(text, rule.as_str().unwrap())) =>
                {
                    note(faults, format!("{value} is not of the form {rule}"));
                }
                "const" | "enum" | "minimum" | "maximum" | "minItems" | "pattern" => {}
                "required" => {
                    for key in rule.as_array().unwrap() {
                        if value.get(key.as_str().unwrap()).is_none() {
                            note(faults, format!("{key} is missing"));
                        }
                    }
                }
                "properties" => {
                    for (key, rule) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(key) {
                            self.check(rule, value, &format!("{at}/{key}"), faults);
                        }
                    }
                }
                "additionalProperties" => {
                    assert_eq!(*rule, Value::Bool(false), "only false is known here");
                    for (key, _) in value.as_object().into_iter().flatten() {
                        if schema["properties"].get(key).is_none() {
                            note(faults, format!("{key} is not in the schema"));
                        }
                    }
                }
                "items" => {
                    for (index, value) in value.as_array().unwrap_or(&empty).iter().enumerate() {
                        self.check(rule, value, &format!("{at}/{index}"), faults);
                    }
                }
                "oneOf" => {
                    let found: Vec<Vec<String>> = rule
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|rule| {
                            let mut found = Vec::new();
                            self.check(rule, value, at, &mut found);
                            found
                        })
                        .collect();
                    let fitting = found.iter().filter(|found| found.is_empty()).count();
                    if fitting != 1 {
                        note(faults, format!("{fitting} of its forms fit, not one: {found:?}"));
                    }
                }
                other => panic!("this check does not know the keyword {other}"),
            }
        }
    }
}

fn has_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this check does not know the type {other}"),
    }
}

/// The few patterns of the schema, implemented manually.
fn fits_pattern(text: &str, pattern: &str) -> bool {
    let digits = |form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| {
                if form == b'0' {
                    byte.is_ascii_digit()
                } else {
                    byte == form
                }
            })
    };
    match pattern {
        "^[0-9]{4}-[0-9]{2}$" => digits("0000-00"),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => digits("0000-00-00"),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" => digits("0000-00-00T00:00:00Z"),
        "^(C|U|[0-9]{4}-[0-9]{2}-[0-9]{2})$" => matches!(text, "C" | "U") || digits("0000-00-00"),
        "^[ -~]+$" => !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "^https://" => text.starts_with("https://"),
        other => panic!("this check does not know the pattern {other}"),
    }
}
