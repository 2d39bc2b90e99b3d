//! An alert as one line of JSON, in the format of `docs/alert.schema.json`: the output of `run --format json`, and the
//! input of commands.

use bulletin::Alert;
use sqlite::Watch;

pub(crate) fn alert_json(alert: &Alert, watch: Option<&Watch>) -> String {
    let mut json = match watch.and_then(|watch| watch.kind.subscription()) {
        Some(subscription) => alert.json_for(subscription),
        None => alert.json(),
    };
    json["watch"] = watch.map(|watch| watch.id).into();
    format!("{json}\n")
}
