import { describe, expect, test } from 'vitest';
import { checkPurity } from './purity.ts';
import { pureRooms } from './rooms.ts';
import { parsed, sourceFiles } from './source-file.ts';
import { expectKept } from './verdict.ts';

const src = sourceFiles('src');

describe('pure rooms', () => {
  test.each(Object.keys(pureRooms))('%s touches no disk, network, clock or hidden randomness', (room) => {
    expectKept(checkPurity(src, { [room]: pureRooms[room] ?? [] }));
  });
});

describe('the rule itself', () => {
  const found = (text: string) => checkPurity([parsed('src/jose/x.ts', text)], pureRooms).breaches;

  test.each([
    `import { readFile } from 'node:fs/promises';`,
    `import net from 'node:net';`,
    `import { setTimeout } from 'node:timers/promises';`,
    `import { Worker } from 'node:worker_threads';`,
    `import { randomBytes } from 'node:crypto';`,
    `import { generateKeyPairSync as make } from 'node:crypto';`,
    `import { request } from 'undici';`,
    `const { lookup } = await import('node:dns');`,
    'const now = Date.now();',
    'const now = new Date();',
    'const now = new Date;',
    'const chance = Math.random();',
    'const id = crypto.randomUUID();',
    'const home = process.env.HOME;',
    'setTimeout(() => {}, 1);',
    `const answer = fetch('https://example.com');`,
  ])('refuses %s', (text) => {
    expect(found(text)).toHaveLength(1);
  });

  test.each([
    `import { createHash, createPublicKey } from 'node:crypto';`,
    `import { Buffer } from 'node:buffer';`,
    `import type { Socket } from 'node:net';`,
    'const then = new Date(0);',
    'const largest = Math.max(1, 2);',
    `const text = 'process.env and Date.now()';`,
  ])('lets %s pass', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('looks at pure rooms only, and says when there is none', () => {
    const verdict = checkPurity([parsed('src/node/x.ts', 'Date.now();')], pureRooms);
    expect(verdict).toEqual({ looked: 0, breaches: [] });
    expect(() => expectKept(verdict)).toThrow('nothing to look at');
  });
});
