//! Logs as JSON, one object per line, which CloudWatch parses without configuration.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Environment;

/// Starts logging to standard output. `LOG_LEVEL` sets a level, or levels by target such as
/// `info,aws_smithy_runtime=debug`; the default is `info`.
pub fn init(environment: &Environment) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false);
    // In tests, a second call fails and is harmless.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(filter(environment))
        .try_init();
}

/// Not the usual `EnvFilter`: its regular expressions are a twentieth of a Lambda's size.
fn filter(environment: &Environment) -> Targets {
    let level = environment.optional("LOG_LEVEL").unwrap_or("info");
    level
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_told_by_target() {
        let of = |level: &str| filter(&Environment::of([("LOG_LEVEL", level)]));
        let quiet = of("warn,pipeline=debug");
        assert!(quiet.would_enable("pipeline::ingest", &Level::DEBUG));
        assert!(!quiet.would_enable("aws_smithy_runtime", &Level::INFO));
        for usual in [of(""), of("pipeline=loud"), of("info")] {
            assert!(usual.would_enable("pipeline", &Level::INFO));
            assert!(!usual.would_enable("pipeline", &Level::DEBUG));
        }
    }
}
