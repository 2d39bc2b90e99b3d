import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';

import { DEFAULT_HOSTS, readHosts } from './hosts.ts';
import { refuse } from './refusal.ts';
import { readSchedule, type Schedule } from './schedule.ts';

/** What the tables are paid by. */
export type Capacity =
  | { readonly mode: 'on-demand' }
  | { readonly mode: 'provisioned'; readonly readUnits: number; readonly writeUnits: number };

/** Everything that can be chosen at a deployment, read from the context (`-c name=value`) and checked. */
export interface Settings {
  /** `stage`: tells deployments in different accounts or regions apart; part of every name. */
  readonly stage: string;
  /** `hosts`: where pages come from, in this order. */
  readonly hosts: readonly string[];
  /** `allowOtherHosts`: whether hosts outside the department's domain are taken. */
  readonly allowOtherHosts: boolean;
  /** `contact`: a web address that every request names; never a person's e-mail address. */
  readonly contact: string;
  /** `schedule`: how often the source is looked at. */
  readonly schedule: Schedule;
  /** `capacity`, `readUnits`, `writeUnits`. */
  readonly capacity: Capacity;
  /** `encryption`: with keys of AWS's own, or with one of this account. */
  readonly encryption: 'aws-owned' | 'customer-managed';
  /** `logRetentionDays`: how long logs are kept. */
  readonly logRetentionDays: RetentionDays;
  /** `architecture`: what the Lambdas run on, and were built for. */
  readonly architecture: 'x86_64' | 'arm64';
  /** `data`: whether the tables outlive their stack. */
  readonly data: 'keep' | 'delete';
  /** `smsAlarmDollars`: at which cost of SMS in this month an alarm is raised, in US dollars. */
  readonly smsAlarmDollars: number;
  /** `binaries`: the folder with `fetcher/bootstrap`, `parser/bootstrap` and `notifier/bootstrap`. */
  readonly binaries: string;
  /** `asOf`: the instant that the Lambdas' clocks are set to, for replays of old pages. */
  readonly asOf: string | undefined;
}

/** What each setting is where it is not given, all as text as it comes from a command line. */
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
/** What a setting is by its name. */
type Lookup = (name: Name) => string;

/** What the CDK itself puts into the context. */
const FOREIGN = /^(@?aws-cdk|aws:|cdk|availability-zones:|ssm:|hosted-zone:|vpc-provider:)/;

/** Reads every setting from the context of an app. Throws a `Refusal` that says what to write instead. */
export function readSettings(node: Node): Settings {
  const given = node.getAllContext() as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULTS) && !FOREIGN.test(name)) {
      refuse(`there is no setting "${name}"`, `write one of ${Object.keys(DEFAULTS).join(', ')}`);
    }
  }
  const text = (name: Name): string => {
    const value = given[name] ?? DEFAULTS[name];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      refuse(`the setting ${name} is no text`, `write -c ${name}=${DEFAULTS[name]}`);
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
    refuse(`the setting ${name} is "${value}"`, `write ${choices.join(' or ')}`)
  );
}

function readStage(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(text) || text === 'data' || text.endsWith('-data') || text.endsWith('-')) {
    refuse(
      `the stage "${text}" cannot be part of a name`,
      'write 1 to 20 small letters, digits and hyphens, beginning with a letter and not ending in -data, such as prod',
    );
  }
  return text;
}

function readContact(text: string): string {
  if (text.includes('@')) {
    refuse(
      'the contact is an e-mail address, which would stand in the template for everybody to read',
      'write a web address, such as https://example.com/about',
    );
  }
  // What may stand in the User-Agent header, as the binaries check it.
  if (!/^[\x21-\x7e]{1,200}$/.test(text) || /[()\\]/.test(text)) {
    refuse(
      'the contact cannot stand in a header',
      'write a web address of at most 200 plain characters without blanks and brackets, such as https://example.com/about',
    );
  }
  return text;
}

function readCapacity(text: Lookup): Capacity {
  if (choice('capacity', text, ['on-demand', 'provisioned']) === 'on-demand') {
    for (const name of ['readUnits', 'writeUnits'] as const) {
      if (text(name) !== '') {
        refuse(`${name} means nothing where the capacity is on demand`, 'write -c capacity=provisioned beside it');
      }
    }
    return { mode: 'on-demand' };
  }
  return { mode: 'provisioned', readUnits: readCount('readUnits', text), writeUnits: readCount('writeUnits', text) };
}

function readCount(name: 'readUnits' | 'writeUnits', text: Lookup): number {
  const units = text(name);
  if (!/^[1-9]\d{0,4}$/.test(units)) {
    refuse(
      `the setting ${name} is "${units}", and provisioned capacity has whole units from one on`,
      `write -c ${name}=5, or -c capacity=on-demand`,
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
    refuse(`logs cannot be kept for "${text}" days`, `write one of ${kept.join(', ')}`)
  );
}

function readDollars(text: string): number {
  const dollars = Number(text);
  if (text === '' || !Number.isFinite(dollars) || dollars <= 0) {
    refuse(`the setting smsAlarmDollars is "${text}"`, 'write an amount of dollars above nothing, such as 0.8');
  }
  return dollars;
}

function readInstant(text: string): string | undefined {
  if (text === '') {
    return undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) || Number.isNaN(Date.parse(text))) {
    refuse(`the setting asOf is "${text}"`, 'write an instant like 2024-03-13T12:00:00Z, or leave it out');
  }
  return text;
}
