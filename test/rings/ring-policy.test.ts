import { describe, expect, test } from 'vitest';
import { isKeyplaneError } from '../../src/errors.ts';
import { policyDurations, policyFacts, readPolicy, requirePolicy } from '../../src/rings/ring-policy.ts';

const defaults = {
  rotationInterval: 'P90D',
  maxTokenLifetime: 'PT1H',
  verifierCacheTime: 'PT24H',
  clockSkew: 'PT1M',
  signingLease: 'P7D',
  exportable: false,
};

function rejection(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (isKeyplaneError(error)) {
      const { code, reason, member, message } = error;
      return { code, reason, member, message };
    }
    throw error;
  }
  return undefined;
}

describe('the policy of a request', () => {
  test('has the defaults of a new ring', () => {
    expect(readPolicy({})).toEqual(defaults);
  });

  test('keeps durations as they were given', () => {
    expect(readPolicy({ rotationInterval: 'PT2160H', verifierCacheTime: 'PT0S' })).toMatchObject({
      rotationInterval: 'PT2160H',
      verifierCacheTime: 'PT0S',
    });
  });

  test('keeps what an update does not mention, and takes an explicit null as a value', () => {
    const former = readPolicy({ rotationInterval: 'P30D', signingLease: null, exportable: true });
    expect(readPolicy({ clockSkew: 'PT2M' }, former)).toEqual({ ...former, clockSkew: 'PT2M' });
    expect(readPolicy({ rotationInterval: null }, former)).toEqual({ ...former, rotationInterval: null });
    expect(readPolicy({ signingLease: 'P1D' }, former)).toEqual({ ...former, signingLease: 'P1D' });
  });

  const bounds = [
    ['rotationInterval', 'PT1M', 'PT59S', 'P1095D', 'P1095DT1S', 'PT1M to PT26280H'],
    ['maxTokenLifetime', 'PT1S', 'PT0S', 'P365D', 'P365DT1S', 'PT1S to PT8760H'],
    ['verifierCacheTime', 'PT0S', undefined, 'P30D', 'P30DT1S', 'PT0S to PT720H'],
    ['clockSkew', 'PT0S', undefined, 'PT10M', 'PT10M1S', 'PT0S to PT10M'],
    ['signingLease', 'PT30S', 'PT29S', 'P90D', 'P90DT1S', 'PT30S to PT2160H'],
  ] as const;

  test('has bounds for every duration', () => {
    expect(bounds.map(([name]) => name)).toEqual(Object.keys(policyDurations));
  });

  test.each(bounds)('has bounds for %s', (name, least, tooShort, most, tooLong, range) => {
    for (const fine of [least, most]) expect(readPolicy({ [name]: fine })[name]).toBe(fine);
    for (const wrong of [tooShort, tooLong, 'PT1.5S', '', '1h', 'P1Y'].filter((text) => text !== undefined)) {
      const rejected = rejection(() => readPolicy({ [name]: wrong }));
      expect(rejected, wrong).toMatchObject({ code: 'bad_request', reason: 'FIELD_NOT_VALID', member: name });
      expect(rejected?.message).toContain(`It takes an ISO 8601 duration from ${range}, such as `);
    }
  });

  test('shows durations in hours, minutes and seconds', () => {
    expect(rejection(() => readPolicy({ signingLease: 'P90DT1M1S' }))?.message).toBe(
      'signingLease (PT2160H1M1S) is not valid! It takes an ISO 8601 duration from PT30S to PT2160H, such as P7D, or null for a lease without end',
    );
  });

  test('makes private keys exportable at the creation only', () => {
    const former = readPolicy({});
    expect(rejection(() => readPolicy({ exportable: true }, former))).toMatchObject({ member: 'exportable' });
    expect(readPolicy({ exportable: false }, readPolicy({ exportable: true })).exportable).toBe(false);
  });
});

describe('a policy that contradicts itself', () => {
  const cachesMs = 360_000;
  const check = (request: Parameters<typeof readPolicy>[0], kind: Parameters<typeof requirePolicy>[0]) =>
    rejection(() => requirePolicy(kind, policyFacts(readPolicy(request)), cachesMs));

  test('by an interval shorter than D is rejected with both numbers', () => {
    expect(check({ rotationInterval: 'PT12H' }, 'SIGNATURE')).toEqual({
      code: 'bad_request',
      reason: 'POLICY_NOT_VALID',
      member: 'rotationInterval',
      message:
        'rotationInterval (PT12H) is too short: a new key is known to all verifiers after PT24H7M! Make it longer, or verifierCacheTime shorter.',
    });
  });

  test('needs five seconds more than D', () => {
    expect(check({ rotationInterval: 'PT24H7M4S' }, 'SIGNATURE')).toBeDefined();
    expect(check({ rotationInterval: 'PT24H7M5S' }, 'SIGNATURE')).toBeUndefined();
    expect(check({ rotationInterval: 'PT24H7M4S' }, 'ENCRYPTION')).toBeDefined();
  });

  test('has a D of S in an OCT ring', () => {
    const lifetime = { maxTokenLifetime: 'PT1M' };
    expect(check({ rotationInterval: 'PT1M4S', ...lifetime }, 'OCT')?.message).toContain('after PT1M!');
    expect(check({ rotationInterval: 'PT1M5S', ...lifetime }, 'OCT')).toBeUndefined();
  });

  test('by a lifetime longer than four intervals is rejected with both numbers', () => {
    expect(check({ rotationInterval: 'P2D', maxTokenLifetime: 'P21D' }, 'SIGNATURE')).toMatchObject({
      member: 'maxTokenLifetime',
      message: 'maxTokenLifetime (PT504H) is longer than four times rotationInterval (PT48H)!',
    });
    expect(check({ rotationInterval: 'P2D', maxTokenLifetime: 'P8D' }, 'SIGNATURE')).toBeUndefined();
  });

  test('cannot be that of a ring that is rotated by hand', () => {
    expect(check({ rotationInterval: null, maxTokenLifetime: 'P365D' }, 'SIGNATURE')).toBeUndefined();
  });
});
