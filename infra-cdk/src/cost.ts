/** The monthly cost in us-east-1, on demand, without the free tier: the figures of docs/COST.md, in US dollars. */

/** List prices in us-east-1. AWS changes them from time to time. */
export const PRICES = {
  /** A request to Lambda. */
  lambdaRequest: 0.2e-6,
  /** A gigabyte-second of Lambda on x86_64. */
  lambdaGigabyteSecond: 16.6667e-6,
  /** A write request unit of DynamoDB on demand. */
  writeUnit: 0.625e-6,
  /** A read request unit. */
  readUnit: 0.125e-6,
  /** A gigabyte stored in DynamoDB for a month. */
  tableGigabyte: 0.25,
  /** A gigabyte backed up continuously for a month. */
  backupGigabyte: 0.2,
  /** A request to SQS. */
  queueRequest: 0.4e-6,
  /** A publication to SNS. */
  publication: 0.5e-6,
  /** An e-mail delivered by SNS. */
  email: 20e-6,
  /** An invocation by EventBridge Scheduler. */
  scheduled: 1e-6,
  /** A gigabyte of logs ingested by CloudWatch. */
  logGigabyte: 0.5,
  /** An alarm on one metric. */
  alarm: 0.1,
  /** A custom metric, per month. */
  metric: 0.3,
  /** A dashboard beyond the third. */
  dashboard: 3,
} as const;

/** The usage in a month. */
export const MONTH = {
  /** Polls of the source: one every 30 minutes is 1,460 a month. */
  polls: 1500,
  /** The average duration of a poll in seconds, mostly waiting for the source. */
  pollSeconds: 2,
  /** Pages parsed: at most two bulletins that may still be corrected, each fetched again every four hours. */
  pages: 2 * 6 * 30,
  /** The average duration of parsing a page, in seconds. */
  pageSeconds: 3,
  /** Write units of one bulletin of about 170 cells: `tests/aws/tests/store.rs` allows 800 for 150, with the index. */
  bulletinWriteUnits: 1000,
  /** Write units of a poll (its state, and sometimes a claim). */
  pollWriteUnits: 2,
  /** Write units of a page that is fetched again (its claim, its link). */
  pageWriteUnits: 2,
  /** Read units of a poll (catalogue, last poll, links), strongly consistent. */
  pollReadUnits: 6,
  /** Read units of a page that is fetched again. */
  pageReadUnits: 6,
  /** Read units of storing a new bulletin: rows, standings twice. */
  bulletinReadUnits: 4000,
  /** Alerts of one bulletin: one per case that has a row, and the summary. */
  alerts: 90,
  /** Write units of an alert's mark: in progress, then sent. */
  markWriteUnits: 2,
  /** E-mail subscribers, each of whom receives one alert. */
  emails: 10,
  /** Requests to queues: messages sent, received and deleted, and Lambda's continuous polling. */
  queueRequests: 700_000,
  /** Kilobytes of logs of an invocation. */
  pollLogKilobytes: 2,
  /** Gigabytes stored after ten years. */
  storedGigabytes: 0.1,
  /** The Lambdas' memory, in gigabytes. */
  memoryGigabytes: 0.25,
  /** Custom metrics. */
  metrics: 10,
} as const;

/** One line of the table. */
export interface Cost {
  readonly item: string;
  readonly usage: string;
  readonly dollars: number;
}

/** All lines of the table, for the given number of alarms. */
export function costs(alarms: number): readonly Cost[] {
  const m = MONTH;
  const p = PRICES;
  const seconds = m.polls * m.pollSeconds + m.pages * m.pageSeconds;
  const writes =
    m.bulletinWriteUnits + m.polls * m.pollWriteUnits + m.pages * m.pageWriteUnits + m.alerts * m.markWriteUnits;
  const reads = m.bulletinReadUnits + m.polls * m.pollReadUnits + m.pages * m.pageReadUnits;
  const logs = ((m.polls + m.pages) * m.pollLogKilobytes) / 1e6;
  return [
    {
      item: 'Lambda',
      usage: `${seconds} s at ${m.memoryGigabytes} GB, ${m.polls + m.pages} requests`,
      dollars: seconds * m.memoryGigabytes * p.lambdaGigabyteSecond + (m.polls + m.pages) * p.lambdaRequest,
    },
    {
      item: 'DynamoDB',
      usage: `${writes} write units, ${reads} read units, ${m.storedGigabytes} GB with backups`,
      dollars: writes * p.writeUnit + reads * p.readUnit + m.storedGigabytes * (p.tableGigabyte + p.backupGigabyte),
    },
    { item: 'SQS', usage: `${m.queueRequests} requests`, dollars: m.queueRequests * p.queueRequest },
    {
      item: 'SNS',
      usage: `${m.alerts} publications, ${m.emails} e-mails`,
      dollars: m.alerts * p.publication + m.emails * p.email,
    },
    { item: 'Scheduler', usage: `${m.polls} invocations`, dollars: m.polls * p.scheduled },
    { item: 'Logs', usage: `${logs} GB`, dollars: logs * p.logGigabyte },
    { item: 'Metrics', usage: `${m.metrics} custom metrics`, dollars: m.metrics * p.metric },
    { item: 'Alarms', usage: `${alarms}`, dollars: alarms * p.alarm },
  ];
}

/** The lines as a Markdown table with their total. */
export function table(alarms: number): string {
  const lines = costs(alarms);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const total = lines.reduce((sum, line) => sum + line.dollars, 0);
  return [
    row(['item', 'usage per month', 'US dollars']),
    row(['---', '---', '---:']),
    ...lines.map((line) => row([line.item, line.usage, line.dollars.toFixed(3)])),
    row(['**total**', '', `**${total.toFixed(2)}**`]),
  ].join('\n');
}
