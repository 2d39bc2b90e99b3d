// Deploys both stacks: `EMAIL=you@example.com tools/deploy.ts [-c name=value]...`
import { OPERATOR_EMAIL } from '../src/bulletin-stack.ts';
import { readEmail } from '../src/setting/email.ts';
import { cdk, contextArguments, readChoices } from './cdk.ts';
import { main, say } from './main.ts';

await main(async () => {
  const email = readEmail(process.env['EMAIL']);
  const context = contextArguments(readChoices(process.argv.slice(2)));
  // Makes what the CDK itself needs in a new account, and does nothing where it is there.
  await cdk(['bootstrap', ...context]);
  await cdk(
    ['deploy', '--all', '--require-approval', 'never', '--parameters', `${OPERATOR_EMAIL}=${email}`, ...context],
  );
  say('Deployed. Confirm the subscription by the e-mail that is on its way: until then no alarm reaches you.');
});
