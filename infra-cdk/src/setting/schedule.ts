import { refuse } from './refusal.ts';

/** How long a unit of a schedule lasts, in minutes. */
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60 };
/** The longest pause between two looks. Bulletins that may still be corrected are read again every four hours, and the
 * stale-check alarm looks at four pauses, which CloudWatch allows for one day at most. */
const LONGEST_MINUTES = 6 * 60;
const INSTEAD = 'write rate(30 minutes), or another whole number of minutes or hours from rate(1 minute) to rate(6 hours)';

/** How often the source is looked at. */
export interface Schedule {
  /** As EventBridge Scheduler wants it: `rate(30 minutes)`. */
  readonly expression: string;
  /** The pause between two looks, in minutes. */
  readonly minutes: number;
}

/** Reads `rate(30 minutes)`. Throws a `Refusal` for what is no rate, or finer than a minute, or coarser than six hours. */
export function readSchedule(text: string): Schedule {
  const [, digits, unit] = /^rate\(\s*(\d{1,6})\s+([a-z]+?)s?\s*\)$/.exec(text.trim()) ?? [];
  const minutesPerUnit = UNITS[unit ?? ''];
  if (unit === 'second' || Number(digits) === 0) {
    refuse(`the schedule "${text}" is finer than a minute`, INSTEAD);
  }
  if (digits === undefined || unit === undefined || minutesPerUnit === undefined) {
    refuse(`the schedule "${text}" cannot be understood`, INSTEAD);
  }
  const count = Number(digits);
  const minutes = count * minutesPerUnit;
  if (minutes > LONGEST_MINUTES) {
    refuse(`the schedule "${text}" looks too seldom to see a correction in time`, INSTEAD);
  }
  return { expression: `rate(${count} ${unit}${count === 1 ? '' : 's'})`, minutes };
}
