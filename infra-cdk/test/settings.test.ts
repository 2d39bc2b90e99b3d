import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';

import { binaryFolder } from '../src/binary.ts';
import { readEmail } from '../src/setting/email.ts';
import { Refusal } from '../src/setting/refusal.ts';
import { readSettings, type Settings } from '../src/setting/settings.ts';
import { standIns } from '../tools/stand-in.ts';

const settings = (context: Record<string, unknown>): Settings => readSettings(new App({ context }).node);

/** What a refusal says. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return (error as Refusal).message;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  it('are a whole deployment without any given', () => {
    expect(settings({})).toMatchObject({
      stage: 'prod',
      capacity: { mode: 'on-demand' },
      encryption: 'aws-owned',
      architecture: 'x86_64',
      // What is built small; what `make emulator` builds lies elsewhere.
      binaries: '../target/lambdas',
      data: 'keep',
      schedule: { expression: 'rate(30 minutes)', minutes: 30 },
      allowOtherHosts: false,
      asOf: undefined,
    });
  });

  it('are read as they are given', () => {
    expect(
      settings({
        stage: 'dev-2',
        hosts: 'https://travel.state.gov/, https://adoption.state.gov',
        contact: 'https://example.com/about',
        schedule: 'rate(1 hours)',
        capacity: 'provisioned',
        readUnits: 5,
        writeUnits: '25',
        encryption: 'customer-managed',
        logRetentionDays: '30',
        architecture: 'arm64',
        data: 'delete',
        smsAlarmDollars: '16.5',
        asOf: '2024-03-13T12:00:00Z',
      }),
    ).toMatchObject({
      stage: 'dev-2',
      hosts: ['https://travel.state.gov', 'https://adoption.state.gov'],
      contact: 'https://example.com/about',
      schedule: { expression: 'rate(1 hour)', minutes: 60 },
      capacity: { mode: 'provisioned', readUnits: 5, writeUnits: 25 },
      encryption: 'customer-managed',
      logRetentionDays: 30,
      architecture: 'arm64',
      data: 'delete',
      smsAlarmDollars: 16.5,
      asOf: '2024-03-13T12:00:00Z',
    });
  });

  it.each([
    [{ schedule: 'rate(30 seconds)' }, 'finer than a minute', 'rate(1 minute)'],
    [{ schedule: 'rate(0 minutes)' }, 'finer than a minute', 'rate(1 minute)'],
    [{ schedule: 'rate(0.5 minutes)' }, 'cannot be understood', 'rate(30 minutes)'],
    [{ schedule: 'cron(0 12 * * ? *)' }, 'cannot be understood', 'rate(30 minutes)'],
    [{ schedule: '30' }, 'cannot be understood', 'rate(30 minutes)'],
    [{ schedule: 'rate(1 day)' }, 'cannot be understood', 'rate(30 minutes)'],
    [{ schedule: 'rate(7 hours)' }, 'too seldom', 'rate(6 hours)'],
    [{ hosts: '' }, 'no host', 'https://travel.state.gov'],
    [{ hosts: 'travel.state.gov' }, 'no web address', 'https://travel.state.gov'],
    [{ hosts: 'ftp://travel.state.gov' }, 'no web address', 'https://travel.state.gov'],
    [{ hosts: 'http://travel.state.gov' }, 'without encryption', 'https://travel.state.gov'],
    [{ hosts: 'http://travel.state.gov', allowOtherHosts: 'true' }, 'without encryption', 'https://'],
    [{ hosts: 'http://127.0.0.1:8080' }, 'without encryption', 'allowOtherHosts=true'],
    [{ hosts: 'https://example.com' }, 'none of state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://notstate.gov' }, 'none of state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://state.gov.example.com' }, 'none of state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://travel.state.gov/content' }, 'more than which host', 'scheme and host alone'],
    [{ hosts: 'https://me:secret@travel.state.gov' }, 'more than which host', 'scheme and host alone'],
    [{ hosts: 'https://travel.state.gov,https://TRAVEL.state.gov' }, 'twice', 'once'],
    [{ hosts: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `https://${name}.state.gov`).join(',') }, '6 hosts', '5'],
    [{ contact: 'you@example.com' }, 'e-mail address', 'https://example.com/about'],
    [{ contact: 'two words' }, 'header', 'https://example.com/about'],
    [{ contact: 'x(y)' }, 'header', 'https://example.com/about'],
    [{ capacity: 'provisioned', readUnits: '0', writeUnits: '5' }, 'from one on', '-c readUnits=5'],
    [{ capacity: 'provisioned', readUnits: '5', writeUnits: '-1' }, 'from one on', '-c writeUnits=5'],
    [{ capacity: 'provisioned', readUnits: '1.5', writeUnits: '5' }, 'from one on', '-c readUnits=5'],
    [{ capacity: 'provisioned', readUnits: '5' }, 'from one on', '-c writeUnits=5'],
    [{ readUnits: '5' }, 'on demand', '-c capacity=provisioned'],
    [{ capacity: 'much' }, '"much"', 'on-demand or provisioned'],
    [{ encryption: 'none' }, '"none"', 'aws-owned or customer-managed'],
    [{ architecture: 'arm' }, '"arm"', 'x86_64 or arm64'],
    [{ data: 'maybe' }, '"maybe"', 'keep or delete'],
    [{ allowOtherHosts: 'yes' }, '"yes"', 'true or false'],
    [{ logRetentionDays: '31' }, '"31" days', '30'],
    [{ smsAlarmDollars: '0' }, 'smsAlarmDollars', '0.8'],
    [{ stage: 'Prod Stage' }, 'cannot be part of a name', 'prod'],
    [{ stage: 'x-data' }, 'cannot be part of a name', '-data'],
    [{ asOf: 'yesterday' }, 'asOf', '2024-03-13T12:00:00Z'],
    [{ shcedule: 'rate(1 hour)' }, 'no setting "shcedule"', 'schedule'],
    [{ hosts: ['https://travel.state.gov'] }, 'no text', '-c hosts='],
  ])('%j is refused with what to write instead', (context, wrong, instead) => {
    const message = refusal(() => settings(context));
    expect(message).toContain(wrong);
    expect(message.slice(message.indexOf(': '))).toContain(instead);
    expect(message).not.toContain('secret');
  });
});

describe("the operator's e-mail address", () => {
  it('is taken as it is', () => {
    expect(readEmail(' you@example.com ')).toBe('you@example.com');
  });

  it.each([[undefined], [''], ['you'], ['you@example'], ['a@example.com,b@example.com']])(
    '%j is refused, and not repeated',
    (text) => {
      const message = refusal(() => readEmail(text));
      expect(message).toContain('make deploy EMAIL=you@example.com');
      expect(message).not.toContain('a@example.com');
    },
  );
});

describe('a binary', () => {
  it('is taken where it was built for the architecture', () => {
    const binaries = standIns('arm64');
    expect(binaryFolder('parser', { binaries, architecture: 'arm64' })).toBe(join(binaries, 'parser'));
  });

  it('for another architecture is refused', () => {
    const message = refusal(() => binaryFolder('parser', { binaries: standIns('arm64'), architecture: 'x86_64' }));
    expect(message).toContain('built for arm64');
    expect(message).toContain('make lambdas ARCH=x86_64');
  });

  it('that is missing is refused', () => {
    const message = refusal(() => binaryFolder('parser', { binaries: '/nowhere', architecture: 'arm64' }));
    expect(message).toContain('run make lambdas ARCH=arm64');
  });

  it.each([['#!/bin/sh\necho this is no program at all'], ['x'], ['']])('that is none, %j, is refused', (text) => {
    const binaries = mkdtempSync(join(tmpdir(), 'visa-bulletin-'));
    mkdirSync(join(binaries, 'parser'));
    writeFileSync(join(binaries, 'parser', 'bootstrap'), text);
    expect(refusal(() => binaryFolder('parser', { binaries, architecture: 'x86_64' }))).toContain('no program');
  });
});
