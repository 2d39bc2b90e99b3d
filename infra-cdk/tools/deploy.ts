// Deploys both stacks: `EMAIL=you@example.com tools/deploy.ts [-c name=value]...`
import { OPERATOR_EMAIL } from '../src/bulletin-stack.ts';
import { readEmail } from '../src/setting/email.ts';
import { onSynthesized, readChoices, synthesize } from './cdk.ts';
import { main, say } from './main.ts';

await main(async () => {
  const email = readEmail(process.env['EMAIL']);
  await synthesize(readChoices(process.argv.slice(2)));
  // Makes what the CDK itself needs in a new account, and does nothing where it is there.
  await onSynthesized('bootstrap');
  const approved = ['--require-approval', 'never'];
  await onSynthesized('deploy', '--all', ...approved, '--parameters', `${OPERATOR_EMAIL}=${email}`);
  say('Deployed. Confirm the subscription by the e-mail that is on its way: until then no alarm reaches you.');
});
