// An operation responds to any request: no internal error, no promise that stays open. Bodies are changed at random, out of
// valid ones, in compact and in JSON forms.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isKeyplaneError } from '../../../src/errors.ts';
import type { JsonObject, JsonValue } from '../../../src/jose/json.ts';
import type { KeyOperation } from '../../../src/node/operations/node-operation.ts';
import { makeEc, makeOct, makeOkp, makeRsa, type RawJwk } from '../../jose/made-keys.ts';
import { ecJwk } from '../../node/support/contents.ts';
import { operationsInProcess } from '../support/operations-in-process.ts';

const signing: Readonly<Record<string, RawJwk>> = {
  ES256: makeEc('P-256'),
  ES512: makeEc('P-521'),
  RS256: makeRsa(),
  EdDSA: makeOkp('Ed25519'),
  HS256: makeOct(32),
};
const encrypting: Readonly<Record<string, RawJwk>> = {
  'RSA-OAEP-256': makeRsa(),
  RSA1_5: makeRsa(),
  'ECDH-ES': makeEc('P-256'),
  'ECDH-ES+A128KW': makeOkp('X25519'),
  A256KW: makeOct(32),
  A128GCMKW: makeOct(16),
  dir: makeOct(32),
  'PBES2-HS256+A128KW': makeOct(12),
};

const jwks = Object.entries({ ...signing, ...encrypting }).map(([alg, raw]) => ({
  ...ecJwk({ name: alg, jwk: { ...raw, alg, kid: 'k' } }),
  operations: { allowRsa15: true, allowCompressed: true, maxIterationCount: 1_000 } as const,
}));
const { operate } = await operationsInProcess(jwks);

/** @returns how it was answered */
async function answerTo(name: string, operation: KeyOperation, body: string | object): Promise<JsonObject> {
  try {
    return JSON.parse(await operate('jwks', name, operation, body));
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    expect(error.status).toBeLessThan(500);
    return { status: error.status };
  }
}

const headerNames = [
  'alg',
  'enc',
  'kid',
  'crit',
  'b64',
  'zip',
  'epk',
  'apu',
  'p2c',
  'p2s',
  'iv',
  'tag',
  'typ',
  'skid',
];
const headerValue = fc.oneof(
  fc.constantFrom<JsonValue>(
    'none',
    'k',
    'DEF',
    'A128GCM',
    'A128CBC-HS256',
    2 ** 31,
    1e308,
    -1,
    0,
    null,
    true,
    false,
  ),
  fc.constantFrom(...Object.keys(signing), ...Object.keys(encrypting)),
  fc.constantFrom<JsonValue>(
    ['b64'],
    [],
    {},
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) },
  ),
  fc.string({ maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>,
);
const header = fc.dictionary(fc.constantFrom(...headerNames), headerValue, { maxKeys: 8 });
const base64url = fc.uint8Array({ maxLength: 80 }).map((octets) => Buffer.from(octets).toString('base64url'));

/** One change of a text that consists of parts. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('header' as const), members: header }),
  fc.record({
    kind: fc.constant('part' as const),
    at: fc.nat(6),
    text: fc.oneof(base64url, fc.string({ maxLength: 30 }), fc.constant('')),
  }),
  fc.record({ kind: fc.constant('character' as const), at: fc.nat(400), text: fc.string({ maxLength: 2 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(400) }),
  fc.record({ kind: fc.constant('dots' as const), count: fc.nat(2_000) }),
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function changed(text: string, one: Change): string {
  const parts = text.split('.');
  switch (one.kind) {
    case 'header': {
      const before = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString());
      parts[0] = Buffer.from(JSON.stringify({ ...before, ...one.members })).toString('base64url');
      return parts.join('.');
    }
    case 'part':
      parts[one.at % parts.length] = one.text;
      return parts.join('.');
    case 'character':
      return (
        text.slice(0, one.at % text.length) + one.text + text.slice((one.at % text.length) + one.text.length)
      );
    case 'cut':
      return text.slice(0, one.at % text.length);
    case 'dots':
      return text + '.'.repeat(one.count);
    default:
      return one satisfies never;
  }
}

/** A member that gets another value, or is removed. */
const memberChange = fc.record({
  at: fc.nat(12),
  value: fc.oneof(
    headerValue,
    base64url,
    header.map((members) => Buffer.from(JSON.stringify(members)).toString('base64url')),
    fc.constant(undefined),
  ),
});

function changedObject(object: JsonObject, { at, value }: { at: number; value?: unknown }): JsonObject {
  const names = [
    ...Object.keys(object),
    'header',
    'unprotected',
    'signatures',
    'recipients',
    'payload',
    'aad',
  ];
  const name = names[at % names.length] ?? '';
  const { [name]: _former, ...rest } = object;
  return (value === undefined ? rest : { ...rest, [name]: value }) as JsonObject;
}

const settings = { seed: 7515, numRuns: 400 };

test.for(Object.keys(signing))(
  'changed tokens of %s are judged, and none is valid that was not signed',
  async (alg) => {
    const compact = String((await answerTo(alg, 'SIGN', { claims: { sub: 'ada' } })).jws);
    const general = (await answerTo(alg, 'SIGN', { payload: 'x', serialization: 'GENERAL' }))
      .jws as JsonObject;
    const flattened = (await answerTo(alg, 'SIGN', { payload: 'x', serialization: 'FLATTENED' }))
      .jws as JsonObject;
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        let jws = compact;
        for (const one of list) {
          try {
            jws = changed(jws, one);
          } catch {
            // Its header is no JSON any more.
          }
        }
        const { valid } = await answerTo(alg, 'VERIFY', { jws });
        if (jws !== compact) expect(valid).toBe(false);
      }),
      settings,
    );
    const forms = fc.constantFrom(general, flattened);
    const memberChanges = fc.array(memberChange, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(forms, memberChanges, fc.option(fc.string()), async (form, list, payload) => {
        const jws = list.reduce(changedObject, form);
        await answerTo(alg, 'VERIFY', payload === null ? { jws } : { jws, payload });
      }),
      settings,
    );
  },
);

test.for(Object.keys(encrypting))('changed messages of %s are refused alike', async (alg) => {
  const made = await answerTo(alg, 'ENCRYPT', { plaintext: 'hello' });
  // RSA1_5 only decrypts.
  const header1_5 = Buffer.from('{"alg":"RSA1_5","enc":"A128GCM","kid":"k"}').toString('base64url');
  const compact =
    typeof made.jwe === 'string'
      ? made.jwe
      : `${header1_5}.${'A'.repeat(342)}.${'A'.repeat(16)}.AA.${'A'.repeat(22)}`;
  const flattenedForm = await answerTo(alg, 'ENCRYPT', {
    plaintext: 'x',
    serialization: 'FLATTENED',
    aad: 'a',
  });
  const flattened = (flattenedForm.jwe ?? { protected: header1_5, ciphertext: 'AA' }) as JsonObject;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (list) => {
      let jwe = compact;
      for (const one of list) {
        try {
          jwe = changed(jwe, one);
        } catch {
          // Its header is no JSON any more.
        }
      }
      const { status } = await answerTo(alg, 'DECRYPT', { jwe });
      if (jwe !== compact) expect(status).toBe(400);
    }),
    { ...settings, numRuns: 200 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(memberChange, { minLength: 1, maxLength: 3 }), async (list) => {
      await answerTo(alg, 'DECRYPT', { jwe: list.reduce(changedObject, flattened) });
    }),
    { ...settings, numRuns: 200 },
  );
});

const memberNames = [
  'claims',
  'payload',
  'payloadBase64',
  'header',
  'serialization',
  'detached',
  'b64',
  'lifetime',
  'jws',
  'as',
];
const otherNames = [
  'issuer',
  'audiences',
  'exactClaims',
  'maxAge',
  'algorithms',
  'items',
  'plaintext',
  'enc',
  'aad',
  'jwe',
  'dataBase64',
  'macBase64',
];
const bodies = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...memberNames, ...otherNames), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 })
    .map((body) => JSON.stringify(body)),
  fc.string({ maxLength: 60 }),
  fc.json(),
  fc.nat(5_000).map((depth) => `{"claims":${'['.repeat(depth)}`),
  fc.nat(300).map((count) => JSON.stringify({ items: Array(count).fill({}) })),
);

test('bodies of any shape are answered', async () => {
  const operations: readonly KeyOperation[] = ['SIGN', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC', 'MAC_VERIFY'];
  const names = fc.constantFrom('ES256', 'HS256', 'dir', 'RSA-OAEP-256');
  await fc.assert(
    fc.asyncProperty(names, fc.constantFrom(...operations), bodies, async (name, operation, body) => {
      await answerTo(name, operation, body);
    }),
    { ...settings, numRuns: 2_000 },
  );
});
