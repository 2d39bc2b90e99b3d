use bulletin::Alert;

use crate::watch::Watch;

/// An alert as one line of JSON, in the form of `docs/alert.schema.json`: what `run --format json` prints, and what
/// commands read.
pub(crate) fn alert_json(alert: &Alert, watch: Option<&Watch>) -> String {
    let mut json = match watch.and_then(|watch| watch.kind.subscription()) {
        Some(subscription) => alert.json_for(subscription),
        None => alert.json(),
    };
    json["watch"] = watch.map(|watch| watch.id).into();
    format!("{json}\n")
}
