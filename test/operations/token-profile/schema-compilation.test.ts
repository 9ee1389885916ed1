// When the manager compiles the schema of a token profile: it takes time, and the manager has one event loop and one writer.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ClaimsChecks } from '../../../src/operations/token-profile/schema/claims-checks.ts';
import { createTokenProfiles, type TokenProfileRequest } from '../../../src/token-profiles/token-profiles.ts';

function countCompilations() {
  const compile = vi.spyOn(Ajv2020.prototype, 'compile');
  onTestFinished(() => compile.mockRestore());
  return compile;
}

test('a schema is checked before the transaction of its token profile begins', async () => {
  const write = vi.fn();
  const profiles = createTokenProfiles({ store: { write }, clock: () => new Date() } as never);
  const request: TokenProfileRequest = { name: 'orders', claims: { schema: { type: 'text' } } };
  const fault = { member: 'claims.schema.type' };
  await expect(profiles.create({} as never, request)).rejects.toMatchObject(fault);
  await expect(profiles.update({} as never, 'orders', request)).rejects.toMatchObject(fault);
  expect(write).not.toHaveBeenCalled();
});

test('trials of a token profile compile its schema once', async () => {
  const compile = countCompilations();
  const profile = {
    id: 'p',
    name: 'orders',
    keyRingId: 'r',
    rules: {
      issuer: 'https://issuer.example',
      audiences: ['a'],
      audienceMode: 'FIXED',
      lifetime: 'PT5M',
      maxLifetime: 'PT5M',
      notBeforeOffset: null,
      tokenType: 'JWT',
      subject: { mode: 'FROM_CALLER', value: null, pattern: null },
      claims: { fixed: {}, allowed: ['a'], required: [], schema: { properties: { a: { type: 'string' } } } },
    },
    encryptTo: null,
  };
  const stores = {
    tokenProfiles: { find: async () => structuredClone(profile) },
    rings: { getMany: async () => [], members: async () => [] },
  };
  const store = { read: (run: (all: typeof stores) => unknown) => run(stores) };
  const profiles = createTokenProfiles({ store, clock: () => new Date() } as never);
  const trial = (a: unknown) =>
    profiles.try({ projectId: 'x', projectName: 'X' }, 'orders', { claims: { a } });
  expect(await trial('1')).toMatchObject({ claims: { a: '1' } });
  expect(await trial(2)).toMatchObject({ refused: { member: 'claims.a' } });
  expect(compile).toHaveBeenCalledTimes(1);
});

test('of many schemas those that were used last stay compiled', () => {
  const compile = countCompilations();
  const checks = new ClaimsChecks();
  const schemaOf = (maxProperties: number) => ({ maxProperties });
  for (let index = 0; index < 32; index += 1) checks.of(schemaOf(index));
  checks.of(schemaOf(0));
  checks.of(schemaOf(32));
  expect(compile).toHaveBeenCalledTimes(33);
  checks.of(schemaOf(0));
  expect(compile).toHaveBeenCalledTimes(33);
  checks.of(schemaOf(1));
  expect(compile).toHaveBeenCalledTimes(34);
});
