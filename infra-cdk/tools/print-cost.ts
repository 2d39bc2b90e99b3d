// Prints the table of docs/COST.md for a number of alarms. Usage: `tools/print-cost.ts ALARMS`
import { table } from '../src/cost.ts';
import { main, say } from './main.ts';

await main(() => {
  say(table(Number(process.argv[2])));
});
