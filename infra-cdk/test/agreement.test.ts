import { describe, expect, it } from 'vitest';

import { CATEGORIES } from '../src/category.ts';
import { BULLETIN_INDEX } from '../src/data-stack.ts';
import { QUEUED_FOR, fetcherTimeout } from '../src/limit.ts';
import { BULLETINS, DISPLAY_NAME } from '../src/topics.ts';
import { NAMESPACE } from '../src/alarm.ts';
import { DEFAULT_HOSTS } from '../src/setting/hosts.ts';
import { read, resources, synthesize } from './template.ts';

/** The first capture group of a pattern in a file of the project. */
function captured(path: string, pattern: RegExp): string {
  const [, found] = pattern.exec(read(path)) ?? [];
  if (found === undefined) {
    throw new Error(`${path} does not match ${pattern.source}`);
  }
  return found;
}

/** The required and optional variables of each binary. The tests of the binaries check the same file. */
const VARIABLES = JSON.parse(read('infra-cdk/environment.json')) as Record<
  string,
  { required: string[]; optional: string[] }
>;

describe('templates and binaries agree', () => {
  it.each([
    [{}, []],
    [{ allowOtherHosts: 'true', asOf: '2024-03-13T12:00:00Z' }, ['ALLOW_OTHER_HOSTS', 'AS_OF']],
  ])('on the environment variables with %j', (settings, more) => {
    const { bulletin } = synthesize(settings);
    const functions = Object.values(resources(bulletin, 'AWS::Lambda::Function'));
    expect(functions).toHaveLength(Object.keys(VARIABLES).length);
    for (const { Properties } of functions) {
      const name = String(Properties['FunctionName']).replace('VisaBulletin-prod-', '');
      const { required = [], optional = [] } = VARIABLES[name] ?? {};
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      const wanted = [...required, ...more.filter((variable) => optional.includes(variable))];
      expect(Object.keys(Variables).sort()).toEqual(wanted.sort());
    }
  });

  it('on the categories', () => {
    const table = captured('crates/bulletin/src/category.rs', /^categories! \{\n([\s\S]*?)^\}/m);
    const codes = [...table.matchAll(/^ {4}\w+ "(\w+)" (?:Family|Employment)/gm)].map(([, code]) => code);
    expect(codes).toEqual([...CATEGORIES]);
  });

  it('on the topic for bulletin summaries and the sender of an SMS', () => {
    expect(captured('crates/aws/src/message.rs', /const DISPLAY_NAME: &str = "(\w+)"/)).toBe(DISPLAY_NAME);
    expect(captured('crates/aws/src/topic.rs', /const BULLETINS: &str = "(\w+)"/)).toBe(BULLETINS);
    // The limit of SNS.
    expect(DISPLAY_NAME.length).toBeLessThanOrEqual(11);
  });

  it('on the index', () => {
    expect(captured('crates/aws/src/lib.rs', /BULLETIN_INDEX: &str = "([\w-]+)"/)).toBe(BULLETIN_INDEX);
  });

  it('on the metrics of alarms and dashboard', () => {
    const source = read('crates/aws/src/metric.rs');
    expect(captured('crates/aws/src/metric.rs', /NAMESPACE: &str = "(\w+)"/)).toBe(NAMESPACE);
    const known = [...source.matchAll(/Self::(\w+) => "\1"/g)].map(([, name]) => name);
    const template = synthesize().bulletin;
    const alarms = Object.values(resources(template, 'AWS::CloudWatch::Alarm'));
    const own = alarms.filter(({ Properties }) => Properties['Namespace'] === NAMESPACE);
    const alarming = own.map(({ Properties }) => Properties['MetricName'] as string);
    expect(alarming.length).toBeGreaterThanOrEqual(4);
    const [dashboard] = Object.values(resources(template, 'AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard?.Properties['DashboardBody']);
    const drawn = [...body.matchAll(/\\"VisaBulletin\\",\\"(\w+)\\"/g)].map(([, name]) => name ?? '');
    expect(drawn.length).toBeGreaterThanOrEqual(8);
    for (const name of [...alarming, ...drawn]) {
      expect(known).toContain(name);
    }
  });

  it('on the hosts and the timeout of a request', () => {
    const hosts = captured('crates/web-source/src/config.rs', /DEFAULT_HOSTS: \[&str; \d+\] = \[([\s\S]*?)\]/);
    expect([...hosts.matchAll(/"(\S+)"/g)].map(([, host]) => host)).toEqual(DEFAULT_HOSTS);
    const impatient = captured('crates/web-source/src/config.rs', /fn impatient([\s\S]*?)\n {4}\}/);
    const [, seconds] = /host_timeout: Duration::from_secs\((\d+)\)/.exec(impatient) ?? [];
    expect(fetcherTimeout(2).toSeconds() - fetcherTimeout(1).toSeconds()).toBe(Number(seconds));
  });

  it('on when a page is queued again and for how long a mark is held', () => {
    expect(captured('crates/pipeline/src/fetch.rs', /QUEUED_FOR: Duration = Duration::minutes\((\d+)\)/)).toBe(
      String(QUEUED_FOR.toMinutes()),
    );
    expect(captured('crates/pipeline/src/dispatch.rs', /SENDING_TAKES: Duration = Duration::minutes\((\d+)\)/)).toBe('5');
  });

  it('on the key prefixes of items that can alert', () => {
    expect(captured('crates/aws/src/item.rs', /STANDING_PREFIX: &str = "(\S+)"/)).toBe('STANDING#');
    expect(captured('crates/aws/src/item.rs', /BULLETIN_PREFIX: &str = "(\S+)"/)).toBe('BULLETIN#');
    expect(captured('crates/aws/src/mark.rs', /expression\.equal\("(delete_at)"/)).toBe('delete_at');
  });
});
