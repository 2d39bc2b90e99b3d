//! The JSON Schema of each command's output, and the table of fields, both for `docs/schemas`. Start with [`files`].

use serde_json::{Map, Value, json};

use super::output::{ALL as OUTPUTS, Output};
use super::{ALL, Field, Kind};

/// The files with their names, such as `watch-list.schema.json`.
pub(crate) fn files() -> Vec<(String, String)> {
    let schemas = OUTPUTS
        .iter()
        .map(|output| (file_name(output), format!("{:#}\n", schema(output))));
    schemas.chain([("README.md".to_owned(), page())]).collect()
}

fn file_name(output: &Output) -> String {
    let words = output.command.split([' ', '-']).filter(|word| !word.is_empty());
    format!("{}.schema.json", words.collect::<Vec<_>>().join("-"))
}

fn schema(output: &Output) -> Value {
    let properties: Map<String, Value> = output
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), property(field)))
        .collect();
    let names: Vec<&str> = output.fields.iter().map(|field| field.name).collect();
    let record = json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    });
    let mut schema = if output.is_single {
        record
    } else {
        json!({ "type": "array", "items": record })
    };
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = format!("The output of `bulletin {} --format json`", output.command).into();
    schema
}

fn property(field: &Field) -> Value {
    let (kind, mut property) = match field.kind {
        Kind::Text => ("string", json!({})),
        Kind::Texts => ("array", json!({ "items": { "type": "string" } })),
        Kind::Word(words) => ("string", json!({ "enum": words })),
        Kind::Number => ("integer", json!({})),
        Kind::Boolean => ("boolean", json!({})),
        Kind::Month => ("string", json!({ "pattern": "^[0-9]{4}-[0-9]{2}$" })),
        Kind::Day => ("string", json!({ "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })),
        Kind::Instant => (
            "string",
            json!({ "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$" }),
        ),
        Kind::CutOff => (
            "string",
            json!({ "pattern": "^(C|U|[0-9]{4}-[0-9]{2}-[0-9]{2})$" }),
        ),
    };
    if field.is_optional {
        property["type"] = json!([kind, "null"]);
        if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
    } else {
        property["type"] = kind.into();
    }
    property["description"] = field.meaning.into();
    property
}

/// The table of all fields as Markdown, with the commands that print them.
fn page() -> String {
    let mut page = String::from(
        "# Fields of CSV and JSON

A test generates this page and the schemas in this folder from `crates/cli/src/field.rs`.

A command prints the same fields with `--format csv` and `--format json`. A missing value is empty
in CSV and `null` in JSON. A list is an array in JSON, and joined by `; ` in CSV. Times are UTC.

`run`, `ingest`, `confirm-missing` and `preview` print alerts, which have a
[separate schema](../alert.schema.json). `table scan` prints the items of a table, and
`table export` writes the format that [DATA-MODEL.md](../DATA-MODEL.md) describes.

The schema of a command is in the file of its name, such as
[watch-list.schema.json](watch-list.schema.json).

| field | meaning | commands |
|---|---|---|
",
    );
    for field in ALL {
        let commands: Vec<String> = OUTPUTS
            .iter()
            .filter(|output| output.fields.iter().any(|other| other.name == field.name))
            .map(|output| format!("`{}`", output.command))
            .collect();
        page.push_str(&format!(
            "| `{}` | {} | {} |\n",
            field.name,
            field.meaning,
            commands.join(", ")
        ));
    }
    page
}
