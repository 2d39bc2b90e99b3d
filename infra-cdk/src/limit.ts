import { Duration } from 'aws-cdk-lib';

/** How long one host is given for a page or the index, as in `WebConfig::impatient`. */
const HOST = Duration.seconds(15);
/** What a function is given beside the hosts' time: its start, the tables, and the answer. */
const REST = Duration.seconds(30);
/** How often a page's message is received before it is put among the dead letters. */
export const MAX_RECEIVES = 3;
/** How many times the parser's time a message stays hidden, so that it never comes again while it is being read. */
const VISIBILITY_FACTOR = 6;
/** After this a queued page is queued anew, as `QUEUED_FOR` in `crates/pipeline/src/fetch.rs` says; until then every
 * attempt at its message must be over. */
export const QUEUED_FOR = Duration.minutes(60);
/** How long a record of the stream is tried. The stream itself keeps it for a day. */
export const RECORD_AGE = Duration.hours(6);
/** How long the notifier may take: less than the five minutes for which an alert's mark is held. */
export const NOTIFIER_TIMEOUT = Duration.seconds(120);
/** How long dead letters are kept: as long as SQS can. */
export const DEAD_LETTERS_KEPT = Duration.days(14);

/** How long the fetcher may take: the index from every host. */
export function fetcherTimeout(hosts: number): Duration {
  return Duration.seconds(REST.toSeconds() + HOST.toSeconds() * hosts);
}

/** How long the parser may take: a page from every host, and a second opinion from every host. */
export function parserTimeout(hosts: number): Duration {
  return Duration.seconds(REST.toSeconds() + 2 * HOST.toSeconds() * hosts);
}

/** How long a page's message stays hidden once it is received. */
export function pageVisibility(hosts: number): Duration {
  return Duration.seconds(VISIBILITY_FACTOR * parserTimeout(hosts).toSeconds());
}
