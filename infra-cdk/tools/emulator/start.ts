// Deploys the real template to an emulator on this machine, plays the sample days, and shows the alerts as they come.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { stackName } from '../../src/app.ts';
import { refuse } from '../../src/setting/refusal.ts';
import { CommandFailed, FOLDER, run } from '../cdk.ts';
import { main, say } from '../main.ts';
import { Cloud } from './cloud.ts';
import { days, publish, type Day } from './samples.ts';
import { STATE_FOLDER, isRunning, note, noted, stop, type Started, type State } from './state.ts';
import { until } from './until.ts';

const STAGE = 'emulator';
const SITE = join(STATE_FOLDER, 'site');
/** Where `tools/lambdas emulator` puts what it builds; what is deployed to AWS lies elsewhere. */
const BINARIES = '../target/lambdas-emulator';
/** Who hears what: as a person would subscribe. */
const SUBSCRIPTIONS = [
  { who: 'EB-2 India', queue: 'somebody-eb2-india', code: 'EB2', policy: { area: ['INDIA'] } },
  { who: 'bulletins', queue: 'somebody-bulletins', code: 'BULLETINS', policy: undefined },
];

const started = Date.now();
const seconds = (): string => `${((Date.now() - started) / 1000).toFixed(0)} s`;

await main(async () => {
  const before = noted();
  if (before?.processes.some(isRunning)) {
    refuse(`it is running already, at ${before.endpoint}`, 'run make emulator-stop first');
  }
  rmSync(STATE_FOLDER, { recursive: true, force: true });
  mkdirSync(SITE, { recursive: true });
  const [emulatorPort, sitePort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${emulatorPort}`;
  const state: State = {
    endpoint,
    processes: [startEmulator(emulatorPort), startSite(sitePort)],
  };
  note(state);
  try {
    await until('the emulator answers', async () => (await fetch(`${endpoint}/_ministack/health`)).ok);
    say(`The emulator of AWS answers at ${endpoint} (${seconds()}).`);
    await play(endpoint, `http://127.0.0.1:${sitePort}`);
  } catch (error) {
    stop(state);
    throw error;
  }
  say('It goes on running, and looks every 30 minutes. To talk to it:');
  say(`  AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 \\`);
  say('    aws dynamodb scan --table-name VisaBulletinData-emulator --max-items 1');
  say('To end it: make emulator-stop');
});

async function play(endpoint: string, site: string): Promise<void> {
  const [first, ...others] = days();
  if (first === undefined) {
    throw new Error('there are no samples');
  }
  publish(first, SITE);
  await deploy(endpoint, site, noon(first));
  say(`The stacks ${stackName(STAGE)}-data and ${stackName(STAGE)} are deployed (${seconds()}).`);
  const cloud = new Cloud(endpoint, stackName(STAGE), `VisaBulletinData-${STAGE}`);
  const queues = new Map<string, string>();
  for (const { who, queue, code, policy } of SUBSCRIPTIONS) {
    queues.set(await cloud.subscribe(queue, code, policy), who);
  }
  say(`\n${first.date}: the bulletin of ${first.title} is on the site. Tracking begins with it; it alerts nobody.`);
  await look(cloud, queues);
  for (const day of others) {
    publish(day, SITE);
    say(`\n${day.date}: the bulletin of ${day.title} is on the site.`);
    await cloud.setClock(noon(day));
    await look(cloud, queues);
    if (day.title.endsWith('corrected')) {
      say('  (half an hour later, a second look)');
      await cloud.setClock(noon(day).replace('12:00', '12:30'));
      await look(cloud, queues);
    }
  }
  say('');
}

/** A look, and the alerts that follow from it. */
async function look(cloud: Cloud, queues: ReadonlyMap<string, string>): Promise<void> {
  await cloud.look();
  for (const [queue, who] of queues) {
    for (const message of await cloud.heard(queue)) {
      const { headline } = JSON.parse(message) as { headline: string };
      say(`  [${who}] ${headline}   (${seconds()} after the start)`);
    }
  }
}

async function deploy(endpoint: string, site: string, asOf: string): Promise<void> {
  const log = join(STATE_FOLDER, 'deploy.log');
  const output = openSync(log, 'a');
  const settings = {
    stage: STAGE,
    hosts: `${site},${site.replace('127.0.0.1', 'localhost')}`,
    allowOtherHosts: 'true',
    asOf,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    binaries: BINARIES,
  };
  const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const env = {
    PATH: process.env['PATH'],
    EMAIL: 'operator@example.com',
    CDK_OUT: join(STATE_FOLDER, 'cdk.out'),
    CDK_HOME: join(STATE_FOLDER, 'home'),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  try {
    await run('node', ['--import', 'tsx', 'tools/deploy.ts', ...context], {
      cwd: FOLDER,
      env,
      stdio: ['ignore', output, output],
    });
  } catch (error) {
    if (error instanceof CommandFailed) {
      process.stderr.write(readFileSync(log, 'utf8'));
    }
    throw error;
  }
}

function startEmulator(port: number): Started {
  const program = join(FOLDER, '..', '.tools', 'emulator', 'bin', 'ministack');
  return startDetached(program, [], 'ministack', {
    PATH: '/usr/bin:/bin',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: '127.0.0.1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
  });
}

function startSite(port: number): Started {
  const words = ['--import', 'tsx', 'tools/emulator/site.ts', SITE, String(port)];
  return startDetached(process.execPath, words, 'tools/emulator/site.ts', { PATH: process.env['PATH'] });
}

/** Starts a program that goes on when this one ends. */
function startDetached(program: string, words: string[], word: string, env: NodeJS.ProcessEnv): Started {
  const output = openSync(join(STATE_FOLDER, `${word.replaceAll('/', '-')}.log`), 'a');
  const child = spawn(program, words, { cwd: FOLDER, env, detached: true, stdio: ['ignore', output, output] });
  child.unref();
  if (child.pid === undefined) {
    refuse(`${program} does not start`, 'run make install-emulators first');
  }
  return { pid: child.pid, word };
}

function noon(day: Day): string {
  return `${day.date}T12:00:00Z`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
