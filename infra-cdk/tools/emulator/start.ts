// Deploys the real template to an emulator on this machine, plays the sample days, and prints the alerts.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { stackName } from '../../src/app.ts';
import { fail } from '../../src/user-error.ts';
import { main, say } from '../main.ts';
import { Cloud } from './cloud.ts';
import { deploy } from './deploy.ts';
import { freePort, isRunning, startEmulator, startSite } from './process.ts';
import { days, publish, type Day } from './samples.ts';
import { STATE_FOLDER, readState, stop, writeState, type State } from './state.ts';
import { until } from './until.ts';

const STAGE = 'emulator';
const SITE = join(STATE_FOLDER, 'site');
/** The subscribers, with the topic and filter policy of each. */
const SUBSCRIPTIONS = [
  { who: 'EB-2 India', queue: 'somebody-eb2-india', code: 'EB2', policy: { area: ['INDIA'] } },
  { who: 'bulletins', queue: 'somebody-bulletins', code: 'BULLETINS', policy: undefined },
];

const started = Date.now();
const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`;

await main(async () => {
  const running = readState();
  if (running?.processes.some(isRunning)) {
    fail(`the emulator is already running at ${running.endpoint}`, 'run make emulator-stop first');
  }
  rmSync(STATE_FOLDER, { recursive: true, force: true });
  mkdirSync(SITE, { recursive: true });
  const [emulatorPort, sitePort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${emulatorPort}`;
  const state: State = {
    endpoint,
    processes: [startEmulator(emulatorPort, STATE_FOLDER), startSite(SITE, sitePort, STATE_FOLDER)],
  };
  writeState(state);
  try {
    await until('the emulator responds', async () => (await fetch(`${endpoint}/_ministack/health`)).ok);
    say(`The AWS emulator runs at ${endpoint} (${seconds()}).`);
    await play(endpoint, `http://127.0.0.1:${sitePort}`);
  } catch (error) {
    stop(state);
    throw error;
  }
  say('The emulator keeps running and polls every 30 minutes. To send it a command:');
  say(`  AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 \\`);
  say('    aws dynamodb scan --table-name VisaBulletinData-emulator --max-items 1');
  say('To stop it: make emulator-stop');
});

/** Deploys, subscribes, and plays the sample days in order. */
async function play(endpoint: string, site: string): Promise<void> {
  const [first, ...others] = days();
  if (first === undefined) {
    throw new Error('there are no samples');
  }
  publish(first, SITE);
  await deploy({ stage: STAGE, endpoint, site, asOf: noon(first) });
  say(`The stacks ${stackName(STAGE)}-data and ${stackName(STAGE)} are deployed (${seconds()}).`);
  const cloud = new Cloud(endpoint, stackName(STAGE), `VisaBulletinData-${STAGE}`);
  const queues = new Map<string, string>();
  for (const { who, queue, code, policy } of SUBSCRIPTIONS) {
    queues.set(await cloud.subscribe(queue, code, policy), who);
  }
  say(`\n${first.date}: the bulletin of ${first.title} is published. Tracking starts with it, so it sends no alerts.`);
  await poll(cloud, queues);
  for (const day of others) {
    publish(day, SITE);
    say(`\n${day.date}: the bulletin of ${day.title} is published.`);
    await cloud.setClock(noon(day));
    await poll(cloud, queues);
    if (day.title.endsWith('corrected')) {
      say('  (second poll, 30 minutes later)');
      await cloud.setClock(noon(day).replace('12:00', '12:30'));
      await poll(cloud, queues);
    }
  }
  say('');
}

/** Polls the source once and prints the resulting alerts. */
async function poll(cloud: Cloud, queues: ReadonlyMap<string, string>): Promise<void> {
  await cloud.poll();
  for (const [queue, who] of queues) {
    for (const message of await cloud.receive(queue)) {
      const { headline } = JSON.parse(message) as { headline: string };
      say(`  [${who}] ${headline}   (${seconds()} after the start)`);
    }
  }
}

function noon(day: Day): string {
  return `${day.date}T12:00:00Z`;
}
