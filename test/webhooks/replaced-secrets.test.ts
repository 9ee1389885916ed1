// Which secrets sign the messages of a webhook while they are replaced.

import { expect, test } from 'vitest';
import { keysOfCredential, webhook } from '../../src/outlets/kinds/webhook.ts';
import type { OutletJson } from '../../src/outlets/outlet-source.ts';

const hourMs = 3_600_000;
const at = (hours: number) => new Date(1_800_000_000_000 + hours * hourMs);
const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const replace = (former: OutletJson | null, byte: number, hours: number) =>
  webhook.readCredential({ secret: secretOf(byte) }, { now: at(hours), former });
const signing = (credential: OutletJson, hours: number) =>
  keysOfCredential(credential, at(hours)).map(([byte]) => byte);

test('a secret signs for 24 hours after it was replaced, also where its successor is replaced meanwhile', () => {
  const first = replace(null, 1, 0);
  expect(signing(first, 0)).toEqual([1]);
  const second = replace(first, 2, 0);
  const third = replace(second, 3, 10);
  expect(signing(third, 23.9)).toEqual([3, 2, 1]);
  expect(signing(third, 24)).toEqual([3, 2]);
  expect(signing(third, 34)).toEqual([3]);
});

test('a secret that comes back is the newest again, and the same secret once more changes nothing', () => {
  const second = replace(replace(null, 1, 0), 2, 0);
  const back = replace(second, 1, 5);
  expect(signing(back, 6)).toEqual([1, 2]);
  expect(replace(back, 1, 7)).toEqual(back);
});

test('an outlet of an earlier build, which kept one former secret, signs with it as long', () => {
  const former = { secret: secretOf(1), until: at(24).toISOString() };
  const credential = { secret: secretOf(2), former };
  expect([signing(credential, 23), signing(credential, 24)]).toEqual([[2, 1], [2]]);
  expect(signing(replace(credential, 3, 1), 2)).toEqual([3, 2, 1]);
});
