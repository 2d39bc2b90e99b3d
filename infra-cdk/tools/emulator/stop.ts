// Stops what `make emulator` started.
import { main, say } from '../main.ts';
import { readState, stop } from './state.ts';

await main(() => {
  const state = readState();
  if (state === undefined) {
    say('Nothing is running.');
    return;
  }
  stop(state);
  say('Stopped.');
});
