import { describe, expect, it } from 'vitest';

import { CATEGORIES } from '../src/category.ts';
import { named, read, resources, synthesize, type Templates } from './template.ts';

const templates = synthesize();

/** All alarms by name, without the stage. */
function alarms(of: Templates = templates): Map<string, Record<string, unknown>> {
  const found = Object.values(resources(of.bulletin, 'AWS::CloudWatch::Alarm'));
  return new Map(
    found.map((alarm) => [
      String(alarm.Properties['AlarmName']).replace('VisaBulletin-prod-', ''),
      named(of, alarm.Properties) as Record<string, unknown>,
    ]),
  );
}

const alarm = (name: string, of?: Templates): Record<string, unknown> => alarms(of).get(name) ?? {};

describe('alarms', () => {
  it('are exactly the headings of the runbook', () => {
    const headings = [...read('docs/RUNBOOK.md').matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading ?? '');
    const names = [...alarms().keys()].map((name) => name.replace(/^FailedDeliveries-\w+$/, 'FailedDeliveries'));
    expect([...headings].sort()).toEqual([...new Set(names)].sort());
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('name their runbook heading and notify the operator when they are raised and cleared', () => {
    for (const [name, properties] of alarms()) {
      const heading = name.replace(/^FailedDeliveries-\w+$/, 'FailedDeliveries');
      expect(properties['AlarmDescription']).toMatch(new RegExp(`What to do: docs/RUNBOOK.md, ${heading}$`));
      expect(properties['AlarmActions']).toEqual(['Topics/operator']);
      expect(properties['OKActions']).toEqual(['Topics/operator']);
      // The emulator does not support metric math.
      expect(properties).not.toHaveProperty('Metrics');
    }
  });

  it('treat missing data of the last good poll, and only that, as breaching', () => {
    expect(alarm('LastGoodCheckAge')).toMatchObject({
      Namespace: 'VisaBulletin',
      MetricName: 'LastGoodCheckAge',
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 2,
      Threshold: 7200,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'breaching',
    });
    expect(alarm('LastGoodCheckAge')).not.toHaveProperty('Dimensions');
    const others = [...alarms()].filter(([name]) => name !== 'LastGoodCheckAge');
    expect(new Set(others.map(([, properties]) => properties['TreatMissingData']))).toEqual(new Set(['notBreaching']));
  });

  it('on the last good poll stay clear while the schedule runs and are raised within three hours when it stops', () => {
    const { Period, EvaluationPeriods, Threshold, TreatMissingData } = alarm('LastGoodCheckAge');
    const period = Number(Period);
    /** True if the alarm is raised at a second, given the seconds of successful polls. */
    const isRaised = (polls: readonly number[], now: number): boolean => {
      const end = Math.floor(now / period) * period;
      return Array.from({ length: Number(EvaluationPeriods) }, (_, back) => end - back * period).every((until) => {
        const ages = polls.filter((poll) => poll > until - period && poll <= until).map(() => 0);
        return ages.length === 0 ? TreatMissingData === 'breaching' : Math.max(...ages) >= Number(Threshold);
      });
    };
    const interval = 30 * 60;
    const stop = 24 * 3600;
    const polls = Array.from({ length: stop / interval }, (_, index) => index * interval + 7);
    for (let now = 2 * period; now <= stop; now += 60) {
      expect(isRaised(polls, now)).toBe(false);
    }
    const raised = Array.from({ length: 48 * 60 }, (_, minute) => stop + minute * 60).find((now) => isRaised(polls, now));
    expect(raised).toBeLessThanOrEqual(stop + 3 * 3600);
  });

  it.each([
    ['rate(1 minute)', 120, 3600],
    ['rate(1 hour)', 7200, 4 * 3600],
    ['rate(6 hours)', 43_200, 24 * 3600],
  ])('expect two polls in each period with %s', (schedule, period, threshold) => {
    const found = alarm('LastGoodCheckAge', synthesize({ schedule }));
    expect(found).toMatchObject({ Period: period, Threshold: threshold });
    // The limit of CloudWatch.
    expect(Number(found['Period']) * Number(found['EvaluationPeriods'])).toBeLessThanOrEqual(86_400);
  });

  it('cover every queue, function and topic and the cost of SMS', () => {
    const dimension = (name: string): unknown[] =>
      [...alarms().values()].flatMap((properties) =>
        ((properties['Dimensions'] ?? []) as { Name: string; Value: string }[])
          .filter((one) => one.Name === name)
          .map((one) => one.Value),
      );
    expect(dimension('QueueName').sort()).toEqual(
      [
        'Fetcher/FailedLooks.QueueName',
        'Fetcher/MissedLooks.QueueName',
        'Notifier/GivenUpRecords.QueueName',
        'Notifier/UnreadRecords.QueueName',
        'Parser/Pages.QueueName',
        'Parser/RefusedPages.QueueName',
      ].sort(),
    );
    expect(dimension('TopicName').sort()).toEqual(
      [...CATEGORIES, 'BULLETINS', 'operator'].map((code) => `Topics/${code}.TopicName`).sort(),
    );
    const errors = [...alarms().values()].filter((properties) => properties['MetricName'] === 'Errors');
    expect(errors).toHaveLength(3);
    expect(alarm('StreamIteratorAge')).toMatchObject({ MetricName: 'IteratorAge', Namespace: 'AWS/Lambda' });
    expect(alarm('SmsSpend', synthesize({ smsAlarmDollars: '20' }))).toMatchObject({ Threshold: 20 });
  });
});
