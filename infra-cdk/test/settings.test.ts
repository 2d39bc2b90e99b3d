import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';

import { binaryFolder } from '../src/binary.ts';
import { readEmail } from '../src/setting/email.ts';
import { UserError } from '../src/user-error.ts';
import { readSettings, type Settings } from '../src/setting/settings.ts';
import { createPlaceholders } from '../tools/placeholder.ts';

const settings = (context: Record<string, unknown>): Settings => readSettings(new App({ context }).node);

/** The message of the `UserError` that some work throws. */
function userError(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('no error was thrown');
}

describe('settings', () => {
  it('all have defaults', () => {
    expect(settings({})).toMatchObject({
      stage: 'prod',
      capacity: { mode: 'on-demand' },
      encryption: 'aws-owned',
      architecture: 'x86_64',
      // The optimised build, not that of `make emulator`.
      binaries: '../target/lambdas',
      data: 'keep',
      schedule: { expression: 'rate(30 minutes)', minutes: 30 },
      allowOtherHosts: false,
      asOf: undefined,
    });
  });

  it('are parsed from the context', () => {
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
    [{ schedule: 'rate(30 seconds)' }, 'less than one minute', 'rate(1 minute)'],
    [{ schedule: 'rate(0 minutes)' }, 'less than one minute', 'rate(1 minute)'],
    [{ schedule: 'rate(0.5 minutes)' }, 'invalid schedule', 'rate(30 minutes)'],
    [{ schedule: 'cron(0 12 * * ? *)' }, 'invalid schedule', 'rate(30 minutes)'],
    [{ schedule: '30' }, 'invalid schedule', 'rate(30 minutes)'],
    [{ schedule: 'rate(1 day)' }, 'invalid schedule', 'rate(30 minutes)'],
    [{ schedule: 'rate(7 hours)' }, 'more than six hours', 'rate(6 hours)'],
    [{ hosts: '' }, 'no hosts', 'https://travel.state.gov'],
    [{ hosts: 'travel.state.gov' }, 'invalid host', 'https://travel.state.gov'],
    [{ hosts: 'ftp://travel.state.gov' }, 'invalid host', 'https://travel.state.gov'],
    [{ hosts: 'http://travel.state.gov' }, 'unencrypted host', 'https://travel.state.gov'],
    [{ hosts: 'http://travel.state.gov', allowOtherHosts: 'true' }, 'unencrypted host', 'https://'],
    [{ hosts: 'http://127.0.0.1:8080' }, 'unencrypted host', 'allowOtherHosts=true'],
    [{ hosts: 'https://example.com' }, 'outside state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://notstate.gov' }, 'outside state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://state.gov.example.com' }, 'outside state.gov', 'allowOtherHosts=true'],
    [{ hosts: 'https://travel.state.gov/content' }, 'invalid host', 'only scheme and host'],
    [{ hosts: 'https://me:secret@travel.state.gov' }, 'invalid host', 'only scheme and host'],
    [{ hosts: 'https://travel.state.gov,https://TRAVEL.state.gov' }, 'duplicate', 'once'],
    [{ hosts: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `https://${name}.state.gov`).join(',') }, 'hosts (6)', '5'],
    [{ contact: 'you@example.com' }, 'e-mail address', 'https://example.com/about'],
    [{ contact: 'two words' }, 'header', 'https://example.com/about'],
    [{ contact: 'x(y)' }, 'header', 'https://example.com/about'],
    [{ capacity: 'provisioned', readUnits: '0', writeUnits: '5' }, 'readUnits "0"', '-c readUnits=5'],
    [{ capacity: 'provisioned', readUnits: '5', writeUnits: '-1' }, 'writeUnits "-1"', '-c writeUnits=5'],
    [{ capacity: 'provisioned', readUnits: '1.5', writeUnits: '5' }, 'readUnits "1.5"', '-c readUnits=5'],
    [{ capacity: 'provisioned', readUnits: '5' }, 'writeUnits ""', '-c writeUnits=5'],
    [{ readUnits: '5' }, 'on-demand', '-c capacity=provisioned'],
    [{ capacity: 'much' }, '"much"', 'on-demand or provisioned'],
    [{ encryption: 'none' }, '"none"', 'aws-owned or customer-managed'],
    [{ architecture: 'arm' }, '"arm"', 'x86_64 or arm64'],
    [{ data: 'maybe' }, '"maybe"', 'keep or delete'],
    [{ allowOtherHosts: 'yes' }, '"yes"', 'true or false'],
    [{ logRetentionDays: '31' }, 'logRetentionDays "31"', '30'],
    [{ smsAlarmDollars: '0' }, 'smsAlarmDollars', '0.8'],
    [{ stage: 'Prod Stage' }, 'invalid stage', 'lowercase'],
    [{ stage: 'x-data' }, 'invalid stage', '-data'],
    [{ asOf: 'yesterday' }, 'asOf', '2024-03-13T12:00:00Z'],
    [{ shcedule: 'rate(1 hour)' }, 'unknown setting "shcedule"', 'schedule'],
    [{ hosts: ['https://travel.state.gov'] }, 'invalid hosts', '-c hosts='],
  ])('%j is an error that says what is expected', (context, problem, remedy) => {
    const message = userError(() => settings(context));
    expect(message).toContain(problem);
    expect(message.slice(message.indexOf(': '))).toContain(remedy);
    expect(message).not.toContain('secret');
  });
});

describe("the operator's e-mail address", () => {
  it('is accepted without surrounding spaces', () => {
    expect(readEmail(' you@example.com ')).toBe('you@example.com');
  });

  it.each([[undefined], [''], ['you'], ['you@example'], ['a@example.com,b@example.com']])(
    '%j is an error that does not contain the address',
    (text) => {
      const message = userError(() => readEmail(text));
      expect(message).toContain('make deploy EMAIL=you@example.com');
      expect(message).not.toContain('a@example.com');
    },
  );
});

describe('a binary', () => {
  it('is accepted if it is built for the architecture', () => {
    const binaries = createPlaceholders('arm64');
    expect(binaryFolder('parser', { binaries, architecture: 'arm64' })).toBe(join(binaries, 'parser'));
  });

  it('for another architecture is an error', () => {
    const message = userError(() => binaryFolder('parser', { binaries: createPlaceholders('arm64'), architecture: 'x86_64' }));
    expect(message).toContain('built for arm64');
    expect(message).toContain('make lambdas ARCH=x86_64');
  });

  it('that is missing is an error', () => {
    const message = userError(() => binaryFolder('parser', { binaries: '/nowhere', architecture: 'arm64' }));
    expect(message).toContain('run make lambdas ARCH=arm64');
  });

  it.each([['#!/bin/sh\necho this is not a program'], ['x'], ['']])('that contains %j is an error', (text) => {
    const binaries = mkdtempSync(join(tmpdir(), 'visa-bulletin-'));
    mkdirSync(join(binaries, 'parser'));
    writeFileSync(join(binaries, 'parser', 'bootstrap'), text);
    const message = userError(() => binaryFolder('parser', { binaries, architecture: 'x86_64' }));
    expect(message).toContain('not a Linux executable');
  });
});
