/** Timeouts, visibility and retention, which depend on each other. */
import { Duration } from 'aws-cdk-lib';

/** The timeout of one request to one host, as in `WebConfig::impatient`. */
const HOST = Duration.seconds(15);
/** The time of a function apart from requests to hosts: start, tables, response. */
const REST = Duration.seconds(30);
/** The number of times that a page's message is received before it is dead-lettered. */
export const MAX_RECEIVES = 3;
/** The visibility timeout of a message as a multiple of the parser's timeout: AWS recommends 6, so that a message is not
 * redelivered while it is handled. */
const VISIBILITY_FACTOR = 6;
/** The time after which a queued page is queued again: `QUEUED_FOR` in `crates/pipeline/src/fetch.rs`. All attempts at
 * the first message must have ended by then. */
export const QUEUED_FOR = Duration.minutes(60);
/** The time for which a stream record is retried. The stream itself keeps records for 24 hours. */
export const RECORD_AGE = Duration.hours(6);
/** The timeout of the notifier: less than the five minutes for which it holds an alert's mark. */
export const NOTIFIER_TIMEOUT = Duration.seconds(120);
/** The retention of dead letters: the maximum of SQS. */
export const DEAD_LETTERS_KEPT = Duration.days(14);

/** The timeout of the fetcher: one request for the index to every host. */
export function fetcherTimeout(hosts: number): Duration {
  return Duration.seconds(REST.toSeconds() + HOST.toSeconds() * hosts);
}

/** The timeout of the parser: one request for a page and one for its confirmation to every host. */
export function parserTimeout(hosts: number): Duration {
  return Duration.seconds(REST.toSeconds() + 2 * HOST.toSeconds() * hosts);
}

/** The visibility timeout of the queue of pages. */
export function pageVisibility(hosts: number): Duration {
  return Duration.seconds(VISIBILITY_FACTOR * parserTimeout(hosts).toSeconds());
}
