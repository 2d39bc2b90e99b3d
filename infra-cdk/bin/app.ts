import { App } from 'aws-cdk-lib';

import { addStacks } from '../src/app.ts';
import { Refusal } from '../src/setting/refusal.ts';

try {
  addStacks(new App());
} catch (error) {
  if (!(error instanceof Refusal)) {
    throw error;
  }
  // The sentence alone: nobody needs to know where in the program it was found.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
