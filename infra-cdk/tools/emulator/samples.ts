import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { FOLDER } from '../cdk.ts';

const SAMPLES = join(FOLDER, '..', 'samples');
const INDEX = 'content/travel/en/legal/visa-law0/visa-bulletin.html';
const PAGE = /visa-bulletin-for-[\w-]+\.html/;

/** A day on which a page is new or changed. */
export interface Day {
  /** The day, `2024-03-13`. */
  readonly date: string;
  /** The bulletin that is published on this day, in words. */
  readonly title: string;
  /** The path of the page. */
  readonly file: string;
}

/** Returns the sample days in order. */
export function days(): readonly Day[] {
  const steps = join(SAMPLES, 'steps');
  return readdirSync(steps)
    .sort()
    .flatMap((name) => {
      const [, date, title] = /^\d+-(\d{4}-\d{2}-\d{2})-(.+)$/.exec(name) ?? [];
      const file = readdirSync(join(steps, name)).find((file) => PAGE.test(file));
      return date === undefined || title === undefined || file === undefined
        ? []
        : [{ date, title: title.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase()), file: join(steps, name, file) }];
    });
}

/** The address of each page on the site, by file name. */
function addresses(): ReadonlyMap<string, string> {
  const root = join(SAMPLES, 'pages');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return new Map(files.filter((file) => PAGE.test(file)).map((file) => [PAGE.exec(file)?.[0] ?? '', file]));
}

/** Copies a day's page to the site's folder and updates the site's list of bulletins. */
export function publish(day: Day, site: string): void {
  const name = PAGE.exec(day.file)?.[0] ?? '';
  const known = addresses();
  const target = join(site, known.get(name) ?? '');
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(day.file, target);
  const there = readdirSync(site, { recursive: true, encoding: 'utf8' });
  const list = readFileSync(join(SAMPLES, 'pages', INDEX), 'utf8');
  const lines = list.split('\n').filter((line) => {
    const named = PAGE.exec(line)?.[0];
    return named === undefined || there.some((file) => relative('.', file).endsWith(named));
  });
  writeFileSync(join(site, INDEX), lines.join('\n'));
}
