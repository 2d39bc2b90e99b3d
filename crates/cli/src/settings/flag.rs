//! The layer of settings that the options of the command line choose.

use figment::value::{Dict, Value};

use super::{Layer, Origin};
use crate::args::subscribe::AwsArgs;
use crate::args::{Args, Command, DeploymentTableCommand, SeedArgs, SourceArgs, TableCommand};

pub(super) fn layer(args: &Args) -> Layer {
    let mut layer = Layer::new(Origin::Flag, Dict::new());
    if let Some(db) = &args.store.db {
        layer.set("database", db.to_string_lossy().into_owned());
    }
    match &args.command {
        Command::Run(run) => {
            source(&mut layer, &run.pages);
            seed(&mut layer, &run.seed);
            if let Some(url) = &run.ping {
                layer.set("ping", url.as_str());
            }
        }
        Command::Ingest(ingest) => seed(&mut layer, &ingest.seed),
        Command::Doctor(doctor) => source(&mut layer, &doctor.pages),
        Command::Table(TableCommand::Deployment(DeploymentTableCommand::Migrate(migrate))) => {
            source(&mut layer, &migrate.pages);
        }
        Command::Subscribe(subscribe) => topics(&mut layer, &subscribe.aws),
        Command::Unsubscribe(unsubscribe) => topics(&mut layer, &unsubscribe.aws),
        Command::Subscriptions(subscriptions) => topics(&mut layer, &subscriptions.aws),
        _ => {}
    }
    layer
}

fn source(layer: &mut Layer, args: &SourceArgs) {
    if !args.hosts.is_empty() {
        let hosts: Vec<Value> = args.hosts.iter().map(|host| host.as_str().into()).collect();
        layer.set("hosts", hosts);
    }
    if args.allow_other_hosts {
        layer.set("allow_other_hosts", true);
    }
    if let Some(contact) = &args.contact {
        layer.set("contact", contact.as_str());
    }
}

fn seed(layer: &mut Layer, args: &SeedArgs) {
    if args.no_history {
        layer.set("no_history", true);
    }
}

fn topics(layer: &mut Layer, args: &AwsArgs) {
    if let Some(prefix) = &args.topic_prefix {
        layer.set("topic_prefix", prefix.as_str());
    }
}
