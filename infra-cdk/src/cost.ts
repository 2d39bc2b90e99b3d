/** What a month costs in us-east-1, on demand, without the free tier: the figures of docs/COST.md, in US dollars. */

/** The list prices that are reckoned with, for us-east-1; AWS changes them now and then. */
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
  /** A gigabyte of logs taken in by CloudWatch. */
  logGigabyte: 0.5,
  /** An alarm on one metric. */
  alarm: 0.1,
  /** A metric of one's own, a month. */
  metric: 0.3,
  /** A dashboard beyond the third. */
  dashboard: 3,
} as const;

/** What a month is made of. */
export const MONTH = {
  /** Looks at the source: one in 30 minutes is 1,460 in a month. */
  checks: 1500,
  /** How long a look takes on average, in seconds: mostly waiting for the source. */
  checkSeconds: 2,
  /** Pages read: the new bulletin, and those that are read again every four hours, two at most. */
  pages: 2 * 6 * 30,
  /** How long a page takes, in seconds. */
  pageSeconds: 3,
  /** Write units of one bulletin of about 170 cells: `tests/aws/tests/store.rs` allows 800 for 150, with the index. */
  bulletinWriteUnits: 1000,
  /** Write units of a look (its note, and claims now and then). */
  checkWriteUnits: 2,
  /** Write units of a page that is read again (its claim, its link). */
  pageWriteUnits: 2,
  /** Read units of a look (catalogue, last look, links), strongly consistent. */
  checkReadUnits: 6,
  /** Read units of reading a page again. */
  pageReadUnits: 6,
  /** Read units of storing a new bulletin: rows, standings twice. */
  bulletinReadUnits: 4000,
  /** Alerts of one bulletin: one for each case that has a row, and one for the whole. */
  alerts: 90,
  /** Write units of an alert's mark: taken, then sent. */
  markWriteUnits: 2,
  /** Subscribers by e-mail, each of whom hears one alert. */
  emails: 10,
  /** Requests to queues: what is sent, taken and deleted, and pollers that ask for more, day and night. */
  queueRequests: 700_000,
  /** Kilobytes of logs of a look. */
  checkLogKilobytes: 2,
  /** Gigabytes stored after ten years. */
  storedGigabytes: 0.1,
  /** The Lambdas' memory, in gigabytes. */
  memoryGigabytes: 0.25,
  /** Metrics of the Lambdas' own. */
  metrics: 10,
} as const;

/** One line of the table: what it is, how it is computed, and what it costs. */
export interface Cost {
  readonly what: string;
  readonly formula: string;
  readonly dollars: number;
}

/** Every line, for so many alarms. */
export function costs(alarms: number): readonly Cost[] {
  const m = MONTH;
  const p = PRICES;
  const seconds = m.checks * m.checkSeconds + m.pages * m.pageSeconds;
  const writes =
    m.bulletinWriteUnits + m.checks * m.checkWriteUnits + m.pages * m.pageWriteUnits + m.alerts * m.markWriteUnits;
  const reads = m.bulletinReadUnits + m.checks * m.checkReadUnits + m.pages * m.pageReadUnits;
  const logs = ((m.checks + m.pages) * m.checkLogKilobytes) / 1e6;
  return [
    {
      what: 'Lambda',
      formula: `${seconds} s at ${m.memoryGigabytes} GB, ${m.checks + m.pages} requests`,
      dollars: seconds * m.memoryGigabytes * p.lambdaGigabyteSecond + (m.checks + m.pages) * p.lambdaRequest,
    },
    {
      what: 'DynamoDB',
      formula: `${writes} write units, ${reads} read units, ${m.storedGigabytes} GB with its backups`,
      dollars: writes * p.writeUnit + reads * p.readUnit + m.storedGigabytes * (p.tableGigabyte + p.backupGigabyte),
    },
    { what: 'SQS', formula: `${m.queueRequests} requests`, dollars: m.queueRequests * p.queueRequest },
    {
      what: 'SNS',
      formula: `${m.alerts} publications, ${m.emails} e-mails`,
      dollars: m.alerts * p.publication + m.emails * p.email,
    },
    { what: 'Scheduler', formula: `${m.checks} invocations`, dollars: m.checks * p.scheduled },
    { what: 'Logs', formula: `${logs} GB`, dollars: logs * p.logGigabyte },
    { what: 'Metrics', formula: `${m.metrics} of its own`, dollars: m.metrics * p.metric },
    { what: 'Alarms', formula: `${alarms}`, dollars: alarms * p.alarm },
  ];
}

/** The lines as a table of Markdown, with their sum. */
export function table(alarms: number): string {
  const lines = costs(alarms);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const sum = lines.reduce((sum, line) => sum + line.dollars, 0);
  return [
    row(['what', 'how much in a month', 'US dollars']),
    row(['---', '---', '---:']),
    ...lines.map((line) => row([line.what, line.formula, line.dollars.toFixed(3)])),
    row(['**together**', '', `**${sum.toFixed(2)}**`]),
  ].join('\n');
}
