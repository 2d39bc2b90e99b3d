//! Logs as JSON, one object a line, which CloudWatch reads by itself.

use tracing_subscriber::EnvFilter;

use crate::config::Environment;

/// Begins to write logs to standard output. `LOG_LEVEL` says which, `info` where it is not set.
pub fn init(environment: &Environment) {
    let level = environment.optional("LOG_LEVEL").unwrap_or("info");
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call, in a test, is as good as the first.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .try_init();
}
