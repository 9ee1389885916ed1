import { expect, test } from 'vitest';
import { isKeyplaneError } from '../../src/errors.ts';
import { openKeystore } from '../../src/formats/keystore.ts';
import { type KeystoreFixture, keystoreFixtures, readFixture } from './keystore-fixtures.ts';

/** Seconds of this process, not of the clock: other programs on the machine must not fail a test. */
function computedSeconds(): number {
  return process.threadCpuUsage().user / 1e6;
}

/** Opens it and reads all of it; anything but a KeyplaneError or a result fails the test. */
function tryAll(fixture: KeystoreFixture, file: Buffer): 'opened' | 'refused' {
  const start = computedSeconds();
  let outcome: 'opened' | 'refused' = 'opened';
  try {
    const opened = openKeystore({ file, password: fixture.password, type: fixture.type });
    for (const { alias } of opened.list()) opened.readEntry(alias, fixture.keyPassword);
  } catch (error) {
    if (!isKeyplaneError(error) || error.status !== 400) throw error;
    outcome = 'refused';
  }
  // Damage to an iteration count can ask for all of the 5,000,000 that the limit allows; the rest takes no time.
  expect(computedSeconds() - start).toBeLessThan(5);
  return outcome;
}

/** The same numbers in every run: a failure can be looked at again. */
function sequenceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

const cheap = keystoreFixtures.filter(({ file }) => !/legacy\.p12|bouncy/.test(file));

test.each(cheap)('$file, cut short anywhere, is refused', (fixture) => {
  const file = readFixture(fixture.file);
  const lengths = Array.from({ length: 40 }, (_, index) => Math.floor((index * file.length) / 40));
  for (const length of [...lengths, file.length - 1]) {
    expect(tryAll(fixture, file.subarray(0, length))).toBe('refused');
  }
});

const sealed = cheap.filter(({ file }) => !/nomac|no-password/.test(file));

test.each(sealed)('$file with one bit turned does not open, wherever the bit is', (fixture) => {
  const file = readFixture(fixture.file);
  const next = sequenceOf(file.length);
  for (let round = 0; round < 40; round++) {
    const changed = Buffer.from(file);
    const at = next() % file.length;
    const bit = 1 << (next() >>> 29);
    changed[at] = (changed[at] ?? 0) ^ bit;
    // The one bit that BER leaves free: that of an element that may be constructed and here is not read as such.
    if (tryAll(fixture, changed) === 'opened') expect({ at, bit }).toMatchObject({ bit: 0x20 });
  }
});

test.each(keystoreFixtures)(
  '$file with bytes overwritten, doubled or left out never fails otherwise',
  (fixture) => {
    const file = readFixture(fixture.file);
    const next = sequenceOf(file.length + 1);
    for (let round = 0; round < 15; round++) {
      const at = next() % file.length;
      const size = 1 + (next() >>> 28);
      const noise = Buffer.from(Array.from({ length: size }, () => next() >>> 24));
      tryAll(fixture, Buffer.concat([file.subarray(0, at), noise, file.subarray(at + size)]));
      tryAll(fixture, Buffer.concat([file.subarray(0, at), file.subarray(at + size)]));
      tryAll(fixture, Buffer.concat([file.subarray(0, at), file.subarray(at, at + size), file.subarray(at)]));
    }
  },
);
