import { beforeAll, describe, expect, test } from 'vitest';
import { importJwk } from '../../src/jose/import-jwk.ts';
import { decodeInteger, encodeInteger } from '../../src/jose/members/integer.ts';
import { SoundModuli, soundModuli } from '../../src/jose/soundness/sound-moduli.ts';
import { makeRsa, publicHalf, type RawJwk, refusalOf, without } from './made-keys.ts';
import { nextPrime, prime, privateRsa, publicRsa, rocaPrime } from './weak-rsa.ts';

const good = makeRsa();
const other = makeRsa();
const n = decodeInteger(good.n ?? '');

async function reasonFor(jwk: RawJwk): Promise<string> {
  return (await refusalOf(() => importJwk(jwk))).replace('RSA key is not sound: ', '');
}

describe('an RSA key', () => {
  test('is taken with both halves, with the public half, and from 2048 to 8192 bits', async () => {
    expect(await importJwk(good)).toEqual(good);
    expect(await importJwk(publicHalf(good))).toEqual(publicHalf(good));
    const large = makeRsa(4096);
    expect(await importJwk(large)).toEqual(large);
  });

  test('is taken with a modulus of 2049 bits and with the exponent 3', async () => {
    const odd = makeRsa(2049);
    expect(await importJwk(odd)).toEqual(odd);
    expect(await importJwk({ ...publicHalf(good), e: 'Aw' })).toMatchObject({ e: 'Aw' });
  });

  test.each([
    ['1024 bits', publicRsa((1n << 1023n) + 1n), 'the modulus (n) has 1024 bits, 2048 to 8192 are accepted'],
    ['2047 bits', publicRsa((1n << 2046n) + 1n), 'the modulus (n) has 2047 bits, 2048 to 8192 are accepted'],
    ['8193 bits', publicRsa((1n << 8192n) + 1n), 'the modulus (n) has 8193 bits, 2048 to 8192 are accepted'],
    ['a modulus of zero', publicRsa(0n), 'the modulus (n) has 0 bits, 2048 to 8192 are accepted'],
    ['an even modulus', publicRsa(n + 1n), 'the modulus (n) is even'],
    ['an exponent of zero', publicRsa(n, 0n), 'the exponent (e) is even (RFC 8017 §3.1)'],
    ['an even exponent', publicRsa(n, 65_536n), 'the exponent (e) is even (RFC 8017 §3.1)'],
    ['an exponent of 1', publicRsa(n, 1n), 'the exponent (e) is 1, which encrypts nothing (RFC 8017 §3.1)'],
    [
      'an exponent above 2^256',
      publicRsa(n, (1n << 256n) + 1n),
      'the exponent (e) is above 2^256 (CA/B Forum BR 6.1.6)',
    ],
    [
      'e and d swapped',
      { ...good, e: good.d ?? '', d: good.e ?? '' },
      'the exponent (e) is above 2^256 (CA/B Forum BR 6.1.6)',
    ],
    ['the factor 3', publicRsa(3n ** 1301n), 'the modulus (n) has the small factor 3 (CA/B Forum BR 6.1.6)'],
  ])('is refused with %s', async (_name, jwk, reason) => {
    expect(await reasonFor(jwk)).toBe(reason);
  });

  test('is taken with the largest exponent that is allowed', async () => {
    const e = (1n << 256n) - 1n;
    await importJwk(publicRsa(n, e));
  });

  describe('that is weak by its factors', () => {
    let p: bigint;
    beforeAll(() => {
      p = prime(1024);
    });

    test('is refused when the modulus is a square', async () => {
      expect(await reasonFor(publicRsa(p * p))).toBe('the modulus (n) is a square');
    });

    test('is refused when Fermat finds its primes, in both halves', async () => {
      const reason = "its primes are close: 100 rounds of Fermat's method find them (CA/B Forum BR 6.1.1.3)";
      const q = nextPrime(p + 2n);
      expect(await reasonFor(publicRsa(p * q))).toBe(reason);
      expect(await reasonFor(privateRsa(q, p))).toBe(reason);
    });

    test('is refused in its private half when the primes are closer than FIPS 186-5 allows', async () => {
      const q = nextPrime(p + (1n << 600n));
      await importJwk(publicRsa(p * q));
      expect(await reasonFor(privateRsa(p, q))).toBe(
        'its primes are too close to each other (FIPS 186-5 A.1.1)',
      );
    });

    test('is rejected up to a distance of 924 bits, which FIPS 186-5 excludes, and taken above', async () => {
      const apart = (bits: bigint) => privateRsa(p, nextPrime(p + (1n << bits) - (1n << (bits - 2n))));
      // nextPrime goes up by less than 2^20, so each distance has the length that is meant.
      expect(await reasonFor(apart(924n))).toBe('its primes are too close to each other (FIPS 186-5 A.1.1)');
      expect(await importJwk(apart(925n))).toMatchObject({ kty: 'RSA' });
    });

    test('is refused with a factor just below 65536', async () => {
      expect(await reasonFor(publicRsa(65_521n * prime(2040)))).toBe(
        'the modulus (n) has the small factor 65521 (CA/B Forum BR 6.1.6)',
      );
      expect(await reasonFor(privateRsa(prime(2040), 65_521n))).toBe(
        'the modulus (n) has the small factor 65521 (CA/B Forum BR 6.1.6)',
      );
      // Its factors are as long as primes are.
      expect(await reasonFor(privateRsa(p, 65_521n * prime(1020)))).toBe(
        'the modulus (n) has the small factor 65521 (CA/B Forum BR 6.1.6)',
      );
    });

    test('is refused when the modulus is itself a prime', async () => {
      expect(await reasonFor(publicRsa(prime(2048)))).toBe(
        'the modulus (n) is itself a prime (RFC 8017 §3.1)',
      );
      // 2^4253 - 1 is a prime of Mersenne; above 2048 bits the power is computed in digits.
      expect(await reasonFor(publicRsa((1n << 4253n) - 1n))).toBe(
        'the modulus (n) is itself a prime (RFC 8017 §3.1)',
      );
    });

    test('is refused with the ROCA fingerprint', async () => {
      const modulus = rocaPrime(1000n) * rocaPrime(2000n);
      expect(await reasonFor(publicRsa(modulus))).toContain('ROCA fingerprint (CVE-2017-15361)');
      expect(await reasonFor(privateRsa(rocaPrime(3000n), rocaPrime(4000n)))).toContain('ROCA');
    });

    test('is refused when a factor that should be a prime is not', async () => {
      // Two primes of 512 bits may make a number of 1023, and a modulus that is too short.
      let composite = prime(512) * prime(512);
      while ((p * composite).toString(2).length < 2048) composite = prime(512) * prime(512);
      expect(await reasonFor(privateRsa(p, composite))).toBe('q is not a prime (RFC 8017 §3.2)');
    });
  });

  test.each([
    ['n', 'p times q is not n'],
    ['e', 'd is not the private exponent of n and e'],
    ['d', 'd is not the private exponent of n and e'],
    ['p', 'p times q is not n'],
    ['q', 'p times q is not n'],
    ['dp', 'dp is not d modulo p-1'],
    ['dq', 'dq is not d modulo q-1'],
    ['qi', 'qi is not the inverse of q modulo p'],
  ])('is refused when its %s is that of another key', async (member, what) => {
    const foreign = member === 'e' ? 'EQ' : (other[member] ?? '');
    expect(await reasonFor({ ...good, [member]: foreign })).toBe(
      `the halves do not agree, ${what} (RFC 8017 §3.2)`,
    );
  });

  test.each([
    ['p', 'q'],
    ['q', 'p'],
  ])('is rejected when its d is right modulo %s-1 and wrong modulo %s-1 alone', async (right, wrong) => {
    const [rightPrime, wrongPrime] = [good[right], good[wrong]].map((text) => decodeInteger(text ?? ''));
    const modulus = (rightPrime ?? 0n) - 1n;
    const d = (decodeInteger(good.d ?? '') + modulus) % n;
    const exponents = { [`d${right}`]: d % modulus, [`d${wrong}`]: d % ((wrongPrime ?? 0n) - 1n) };
    const texts = Object.entries(exponents).map(([name, value]) => [name, encodeInteger(value)]);
    expect(await reasonFor({ ...good, d: encodeInteger(d), ...Object.fromEntries(texts) })).toBe(
      'the halves do not agree, d is not the private exponent of n and e (RFC 8017 §3.2)',
    );
  });

  test('is rejected when d or qi is right, but not reduced', async () => {
    const [p, q, d, qi] = ['p', 'q', 'd', 'qi'].map((name) => decodeInteger(good[name] ?? '')) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const wide = d + 2n * (p - 1n) * (q - 1n);
    expect(await reasonFor({ ...good, d: encodeInteger(wide) })).toBe(
      'the halves do not agree, d is not the private exponent of n and e (RFC 8017 §3.2)',
    );
    expect(await reasonFor({ ...good, qi: encodeInteger(qi + p) })).toBe(
      'the halves do not agree, qi is not the inverse of q modulo p (RFC 8017 §3.2)',
    );
  });

  test('is refused when p and q are exchanged but qi is not', async () => {
    const { p = '', q = '', dp = '', dq = '' } = good;
    expect(await reasonFor({ ...good, p: q, q: p, dp: dq, dq: dp })).toContain('qi is not the inverse');
  });

  test('is refused when p is 1 and q is n', async () => {
    expect(await reasonFor({ ...good, p: 'AQ', q: good.n ?? '' })).toContain('p times q is not n');
  });

  test.each(['p', 'q', 'dp', 'dq', 'qi'])(
    'is refused without %s while the other CRT members stand',
    async (member) => {
      expect(await reasonFor(without(good, member))).toBe(
        `${member} missing; p, q, dp, dq and qi stand together or not at all`,
      );
    },
  );

  test('is refused with CRT members and without d', async () => {
    expect(await reasonFor(without(good, 'd'))).toContain('d is missing beside p, q, dp, dq and qi');
  });

  test('is refused when it has more than two primes', async () => {
    expect(await refusalOf(() => importJwk({ ...good, oth: [{ r: 'AQ', d: 'AQ', t: 'AQ' }] }))).toContain(
      '(oth) are not supported',
    );
  });

  test('of n, e and d alone gets its CRT members, whichever multiple d was reduced by', async () => {
    const bare = without(good, 'p', 'q', 'dp', 'dq', 'qi');
    const [p, q, d] = [good.p, good.q, good.d].map((text) => decodeInteger(text ?? '')) as [
      bigint,
      bigint,
      bigint,
    ];
    const completed = await importJwk(bare);
    expect(new Set([Reflect.get(completed, 'p'), Reflect.get(completed, 'q')])).toEqual(
      new Set([good.p, good.q]),
    );
    const totient = (p - 1n) * (q - 1n);
    const full = privateRsa(p, q);
    const reduced = { ...bare, d: encodeInteger(d % (totient / 2n)) };
    for (const jwk of [reduced, without(full, 'p', 'q', 'dp', 'dq', 'qi')]) {
      expect(await importJwk(jwk)).toMatchObject({ qi: expect.any(String), d: jwk.d });
    }
  });

  test('of n, e and d alone is refused when d is of another key', async () => {
    for (const d of [other.d ?? '', 'AQ', 'AA', good.n ?? '']) {
      expect(await reasonFor({ ...publicHalf(good), d })).toContain(
        'd is not the private exponent of n and e',
      );
    }
  });
});

describe('the modulus of a public RSA key', () => {
  test('is tested once: one that passed is remembered', async () => {
    const { n: modulus = '', ...rest } = publicHalf(makeRsa());
    expect(soundModuli.has(modulus)).toBe(false);
    await importJwk({ ...rest, n: modulus });
    expect(soundModuli.has(modulus)).toBe(true);
    // A prime is no modulus; remembered as one that passed, it is not tested.
    const weak = publicRsa(nextPrime(1n << 2047n));
    expect(await reasonFor(weak)).toContain('is itself a prime');
    expect(soundModuli.has(weak.n ?? '')).toBe(false);
    soundModuli.add(weak.n ?? '');
    expect(await importJwk(weak)).toEqual(weak);
  });

  test('that is remembered says nothing of another exponent, nor of a private half', async () => {
    const key = makeRsa();
    await importJwk(publicHalf(key));
    expect(await reasonFor({ ...publicHalf(key), e: 'AQ' })).toContain('the exponent (e) is 1');
    expect(await reasonFor({ ...key, d: other.d ?? '' })).toContain(
      'd is not the private exponent of n and e',
    );
  });

  test('is remembered for the 4,096 latest', () => {
    const moduli = new SoundModuli();
    for (let index = 0; index <= 4_096; index += 1) moduli.add(`modulus ${index}`);
    expect([0, 1, 4_096].map((index) => moduli.has(`modulus ${index}`))).toEqual([false, true, true]);
  });
});
