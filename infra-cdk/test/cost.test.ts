import { describe, expect, it } from 'vitest';

import { MONTH, costs, table } from '../src/cost.ts';
import { readSettings } from '../src/setting/settings.ts';
import { appWith, read, resources, synthesize } from './template.ts';

const alarms = Object.keys(resources(synthesize().bulletin, 'AWS::CloudWatch::Alarm')).length;

describe('the monthly cost', () => {
  it('is the same in the documents', () => {
    expect(read('docs/COST.md')).toContain(table(alarms));
    const total = costs(alarms).reduce((sum, line) => sum + line.dollars, 0);
    expect(read('README.md')).toContain(`${total.toFixed(2)} US dollars a month`);
  });

  it('counts the polls of the default schedule', () => {
    const { schedule } = readSettings(appWith().node);
    const polls = (30.4 * 24 * 60) / schedule.minutes;
    expect(MONTH.polls).toBeGreaterThanOrEqual(polls);
    expect(MONTH.polls).toBeLessThan(polls * 1.1);
  });

  it('counts at least the write units that a bulletin may consume', () => {
    const [, limit] = /assert!\(units <= (\d+)/.exec(read('tests/aws/tests/store.rs')) ?? [];
    expect(MONTH.bulletinWriteUnits).toBeGreaterThanOrEqual(Number(limit));
  });

  it('counts all custom metrics', () => {
    const names = [...read('crates/aws/src/metric.rs').matchAll(/Self::(\w+) => "\1"/g)];
    expect(MONTH.metrics).toBe(names.length);
  });
});
