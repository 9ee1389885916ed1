import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorStatus } from '../../src/errors.ts';
import { closeCodes } from '../../src/protocol/messages.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');

/** First two cells of every row that starts like one of the table. */
function rows(start: RegExp): string[][] {
  const lines = page.split('\n').filter((line) => start.test(line));
  return lines
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, 3));
}

describe('docs/errors.md', () => {
  it('lists every error code with its status, and no other', () => {
    const listed = rows(/^\| `/).map(([code, status]) => [code, Number(status)]);
    expect(Object.fromEntries(listed)).toEqual(errorStatus);
    expect(listed.length).toBe(Object.keys(errorStatus).length);
  });

  it('lists every code that closes a stream with its name, and no other', () => {
    const listed = rows(/^\| \d/).map(([code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(listed)).toEqual(closeCodes);
    expect(listed.length).toBe(Object.keys(closeCodes).length);
  });
});
