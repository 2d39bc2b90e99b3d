// Fails if EMAIL is missing or invalid, before `make deploy` builds anything.
import { readEmail } from '../src/setting/email.ts';
import { main } from './main.ts';

await main(() => {
  readEmail(process.env['EMAIL']);
});
