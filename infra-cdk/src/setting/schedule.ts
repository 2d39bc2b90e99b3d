import { fail } from '../user-error.ts';

/** The units of a schedule, in minutes. */
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60 };
/** The longest interval between two polls: the stale-check alarm evaluates four intervals, and CloudWatch allows at most
 * one day. */
const LONGEST_MINUTES = 6 * 60;
const EXPECTED =
  'expected rate(30 minutes), or another whole number of minutes or hours from rate(1 minute) to rate(6 hours)';

/** The polling schedule. */
export interface Schedule {
  /** The EventBridge Scheduler expression: `rate(30 minutes)`. */
  readonly expression: string;
  /** The interval between two polls, in minutes. */
  readonly minutes: number;
}

/** Parses a rate expression between one minute and six hours. Throws a `UserError`. */
export function readSchedule(text: string): Schedule {
  const [, digits, unit] = /^rate\(\s*(\d{1,6})\s+([a-z]+?)s?\s*\)$/.exec(text.trim()) ?? [];
  const minutesPerUnit = UNITS[unit ?? ''];
  if (unit === 'second' || Number(digits) === 0) {
    fail(`invalid schedule "${text}" (less than one minute)`, EXPECTED);
  }
  if (digits === undefined || unit === undefined || minutesPerUnit === undefined) {
    fail(`invalid schedule "${text}"`, EXPECTED);
  }
  const count = Number(digits);
  const minutes = count * minutesPerUnit;
  if (minutes > LONGEST_MINUTES) {
    fail(`invalid schedule "${text}" (more than six hours)`, EXPECTED);
  }
  return { expression: `rate(${count} ${unit}${count === 1 ? '' : 's'})`, minutes };
}
