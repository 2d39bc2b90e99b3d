import { describe, expect, it } from 'vitest';

import { MONTH, costs, table } from '../src/cost.ts';
import { readSettings } from '../src/setting/settings.ts';
import { appWith, read, resources, synthesize } from './template.ts';

const alarms = Object.keys(resources(synthesize().bulletin, 'AWS::CloudWatch::Alarm')).length;

describe('the cost of a month', () => {
  it('stands in the document as it is computed', () => {
    expect(read('docs/COST.md')).toContain(table(alarms));
    const sum = costs(alarms).reduce((sum, line) => sum + line.dollars, 0);
    expect(read('README.md')).toContain(`${sum.toFixed(2)} US dollars a month`);
  });

  it('reckons with as many looks as the schedule makes', () => {
    const { schedule } = readSettings(appWith().node);
    const looks = (30.4 * 24 * 60) / schedule.minutes;
    expect(MONTH.checks).toBeGreaterThanOrEqual(looks);
    expect(MONTH.checks).toBeLessThan(looks * 1.1);
  });

  it('reckons with at least the write units that a bulletin may take', () => {
    const [, limit] = /assert!\(units <= (\d+)/.exec(read('tests/aws/tests/store.rs')) ?? [];
    expect(MONTH.bulletinWriteUnits).toBeGreaterThanOrEqual(Number(limit));
  });

  it('reckons with every metric of its own', () => {
    const names = [...read('crates/aws/src/metric.rs').matchAll(/Self::(\w+) => "\1"/g)];
    expect(MONTH.metrics).toBe(names.length);
  });
});
