import { App } from 'aws-cdk-lib';

import { addStacks } from '../src/app.ts';
import { UserError } from '../src/user-error.ts';

try {
  addStacks(new App());
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  // A mistake of the user needs no stack trace.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
