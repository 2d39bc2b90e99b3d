import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CommandFailed, FOLDER, run } from '../cdk.ts';
import { STATE_FOLDER } from './state.ts';

/** The output of `tools/lambdas emulator`. Builds for AWS go to another folder. */
const BINARIES = '../target/lambdas-emulator';

/** A deployment to the emulator. */
export interface Deployment {
  readonly stage: string;
  /** The address of the emulator. */
  readonly endpoint: string;
  /** The address of the site that pages are fetched from. */
  readonly site: string;
  /** The time that the Lambdas' clocks are set to. */
  readonly asOf: string;
}

/** Deploys both stacks to the emulator. Prints the log of the deployment if it fails. */
export async function deploy(deployment: Deployment): Promise<void> {
  const log = join(STATE_FOLDER, 'deploy.log');
  const output = openSync(log, 'a');
  try {
    await run('node', ['--import', 'tsx', 'tools/deploy.ts', ...contextArguments(deployment)], {
      cwd: FOLDER,
      env: environment(deployment.endpoint),
      stdio: ['ignore', output, output],
    });
  } catch (error) {
    if (error instanceof CommandFailed) {
      process.stderr.write(readFileSync(log, 'utf8'));
    }
    throw error;
  }
}

function contextArguments({ stage, site, asOf }: Deployment): string[] {
  const settings = {
    stage,
    // A second host that confirms corrections.
    hosts: `${site},${site.replace('127.0.0.1', 'localhost')}`,
    allowOtherHosts: 'true',
    asOf,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    binaries: BINARIES,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** An environment without the user's AWS configuration. */
function environment(endpoint: string): NodeJS.ProcessEnv {
  return {
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
}
