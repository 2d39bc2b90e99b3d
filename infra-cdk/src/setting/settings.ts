import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';

import { DEFAULT_HOSTS, readHosts } from './hosts.ts';
import { fail } from '../user-error.ts';
import { readSchedule, type Schedule } from './schedule.ts';

/** The capacity mode of the tables. */
export type Capacity =
  | { readonly mode: 'on-demand' }
  | { readonly mode: 'provisioned'; readonly readUnits: number; readonly writeUnits: number };

/** The settings of a deployment, parsed from the CDK context (`-c name=value`). README.md describes them. */
export interface Settings {
  /** `stage`: part of every resource name. */
  readonly stage: string;
  /** `hosts`: the hosts that pages are fetched from, in order. */
  readonly hosts: readonly string[];
  /** `allowOtherHosts`: true if hosts outside the department's domain are accepted. */
  readonly allowOtherHosts: boolean;
  /** `contact`: a web address in the User-Agent of every request; never a person's e-mail address. */
  readonly contact: string;
  /** `schedule`: the polling interval. */
  readonly schedule: Schedule;
  /** `capacity`, `readUnits`, `writeUnits`. */
  readonly capacity: Capacity;
  /** `encryption`: AWS owned keys or a customer managed key. */
  readonly encryption: 'aws-owned' | 'customer-managed';
  /** `logRetentionDays`: the retention of logs. */
  readonly logRetentionDays: RetentionDays;
  /** `architecture`: the architecture that the Lambdas run on and are built for. */
  readonly architecture: 'x86_64' | 'arm64';
  /** `data`: whether the tables are kept or deleted with their stack. */
  readonly data: 'keep' | 'delete';
  /** `smsAlarmDollars`: the month's SMS cost that raises an alarm, in US dollars. */
  readonly smsAlarmDollars: number;
  /** `binaries`: the folder with `fetcher/bootstrap`, `parser/bootstrap` and `notifier/bootstrap`. */
  readonly binaries: string;
  /** `asOf`: the time that the Lambdas' clocks are set to, to replay old pages. */
  readonly asOf: string | undefined;
}

/** The default of each setting, as text like on a command line. */
export const DEFAULTS = {
  stage: 'prod',
  hosts: DEFAULT_HOSTS.join(','),
  allowOtherHosts: 'false',
  contact: 'visa-bulletin-watch',
  schedule: 'rate(30 minutes)',
  capacity: 'on-demand',
  readUnits: '',
  writeUnits: '',
  encryption: 'aws-owned',
  logRetentionDays: '90',
  architecture: 'x86_64',
  data: 'keep',
  smsAlarmDollars: '0.8',
  binaries: '../target/lambdas',
  asOf: '',
} as const;

type Name = keyof typeof DEFAULTS;
/** Returns the text of a setting by name. */
type Lookup = (name: Name) => string;

/** The names of context values that the CDK adds. */
const FOREIGN = /^(@?aws-cdk|aws:|cdk|availability-zones:|ssm:|hosted-zone:|vpc-provider:)/;

/** Parses all settings from the context of an app. Throws a `UserError`. */
export function readSettings(node: Node): Settings {
  const given = node.getAllContext() as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULTS) && !FOREIGN.test(name)) {
      fail(`unknown setting "${name}"`, `expected one of ${Object.keys(DEFAULTS).join(', ')}`);
    }
  }
  const text = (name: Name): string => {
    const value = given[name] ?? DEFAULTS[name];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      fail(`invalid ${name}`, `expected text, for example -c ${name}=${DEFAULTS[name]}`);
    }
    return String(value).trim();
  };
  const allowOtherHosts = choice('allowOtherHosts', text, ['true', 'false']) === 'true';
  return {
    stage: readStage(text('stage')),
    hosts: readHosts(text('hosts'), allowOtherHosts),
    allowOtherHosts,
    contact: readContact(text('contact')),
    schedule: readSchedule(text('schedule')),
    capacity: readCapacity(text),
    encryption: choice('encryption', text, ['aws-owned', 'customer-managed']),
    logRetentionDays: readRetention(text('logRetentionDays')),
    architecture: choice('architecture', text, ['x86_64', 'arm64']),
    data: choice('data', text, ['keep', 'delete']),
    smsAlarmDollars: readDollars(text('smsAlarmDollars')),
    binaries: text('binaries'),
    asOf: readInstant(text('asOf')),
  };
}

function choice<const T extends string>(name: Name, text: Lookup, choices: readonly T[]): T {
  const value = text(name);
  return (
    choices.find((choice) => choice === value) ??
    fail(`invalid ${name} "${value}"`, `expected ${choices.join(' or ')}`)
  );
}

function readStage(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(text) || text === 'data' || text.endsWith('-data') || text.endsWith('-')) {
    fail(
      `invalid stage "${text}"`,
      'expected 1 to 20 lowercase letters, digits and hyphens, starting with a letter and not ending in -data or a hyphen',
    );
  }
  return text;
}

function readContact(text: string): string {
  if (text.includes('@')) {
    fail(
      'invalid contact (an e-mail address would be readable in the template)',
      'expected a web address, for example https://example.com/about',
    );
  }
  // The binaries check the same: the characters of a comment in a User-Agent header.
  if (!/^[\x21-\x7e]{1,200}$/.test(text) || /[()\\]/.test(text)) {
    fail(
      'invalid contact (not allowed in a User-Agent header)',
      'expected at most 200 ASCII characters without spaces, parentheses and backslashes, for example https://example.com/about',
    );
  }
  return text;
}

function readCapacity(text: Lookup): Capacity {
  if (choice('capacity', text, ['on-demand', 'provisioned']) === 'on-demand') {
    for (const name of ['readUnits', 'writeUnits'] as const) {
      if (text(name) !== '') {
        fail(`${name} has no effect on on-demand capacity`, 'remove it, or add -c capacity=provisioned');
      }
    }
    return { mode: 'on-demand' };
  }
  return { mode: 'provisioned', readUnits: readCount('readUnits', text), writeUnits: readCount('writeUnits', text) };
}

function readCount(name: 'readUnits' | 'writeUnits', text: Lookup): number {
  const units = text(name);
  if (!/^[1-9]\d{0,4}$/.test(units)) {
    fail(
      `invalid ${name} "${units}"`,
      `expected a whole number from 1 to 99999, for example -c ${name}=5, or -c capacity=on-demand`,
    );
  }
  return Number(units);
}

function readRetention(text: string): RetentionDays {
  const kept = Object.values(RetentionDays).filter(
    (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
  );
  return (
    kept.find((days) => days.toFixed() === text) ??
    fail(`invalid logRetentionDays "${text}"`, `expected one of ${kept.join(', ')}`)
  );
}

function readDollars(text: string): number {
  const dollars = Number(text);
  if (text === '' || !Number.isFinite(dollars) || dollars <= 0) {
    fail(`invalid smsAlarmDollars "${text}"`, 'expected an amount in US dollars greater than zero, for example 0.8');
  }
  return dollars;
}

function readInstant(text: string): string | undefined {
  if (text === '') {
    return undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) || Number.isNaN(Date.parse(text))) {
    fail(`invalid asOf "${text}"`, 'expected a UTC time, for example 2024-03-13T12:00:00Z');
  }
  return text;
}
