// Ends what `make emulator` has started.
import { main, say } from '../main.ts';
import { noted, stop } from './state.ts';

await main(() => {
  const state = noted();
  if (state === undefined) {
    say('Nothing is running.');
    return;
  }
  stop(state);
  say('Stopped.');
});
