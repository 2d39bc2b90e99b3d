import { fileURLToPath } from 'node:url';

import { ESLint, Linter } from 'eslint';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const SIZE_RULES = ['max-depth', 'max-lines', 'max-lines-per-function', 'max-params'];

/** The size rules that code in a file breaks under the project's configuration. */
async function broken(file: string, code: string): Promise<string[]> {
  const config = (await new ESLint({ cwd: folder }).calculateConfigForFile(file)) as { rules: Linter.RulesRecord };
  const rules = Object.fromEntries(SIZE_RULES.map((rule) => [rule, config.rules[rule] ?? 'off']));
  return new Linter().verify(code, { rules }).map((message) => message.ruleId ?? message.message);
}

const lines = (count: number): string => 'f();\n'.repeat(count);
const nested = (depth: number): string => `${'if (a) {'.repeat(depth)}${'}'.repeat(depth)}`;

describe('the lints', () => {
  it.each([
    ['a file of 400 lines', lines(399), []],
    ['a file of 401 lines', lines(401), ['max-lines']],
    ['a function of 60 lines', `function f() {\n${lines(58)}}`, []],
    ['a function of 61 lines', `function f() {\n${lines(59)}}`, ['max-lines-per-function']],
    ['nesting of 4', nested(4), []],
    ['nesting of 5', nested(5), ['max-depth']],
    ['5 parameters', 'function f(a, b, c, d, e) {}', []],
    ['6 parameters', 'function f(a, b, c, d, e, g) {}', ['max-params']],
  ])('for %s report exactly the broken rule', async (_, code, rules) => {
    expect(await broken('src/app.ts', code)).toEqual(rules);
  });
});
