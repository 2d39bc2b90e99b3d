// Refuses a deployment without an operator, before anything is built for it.
import { readEmail } from '../src/setting/email.ts';
import { main } from './main.ts';

await main(() => {
  readEmail(process.env['EMAIL']);
});
