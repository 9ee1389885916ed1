import { generateKeyPairSync } from 'node:crypto';
import { type BenchManager, onClients } from '../bench-manager.ts';

/** Few enough to generate in seconds. */
const primesMade = 200;
/** Pairs of different primes. A bench needs fewer, and the next one has a manager of its own. */
const keysMade = primesMade * (primesMade / 2 - 1);
const publicExponent = 65_537n;

/**
 * A private key contains its primes, and a public one must be shown to be composite: different arithmetic, different
 * costs.
 */
export const halves = ['private', 'public'] as const;
export type Half = (typeof halves)[number];

let primes: readonly bigint[] = [];
let made = 0;

/** An RSA key of 2048 bits, as a JWK. None comes twice: keyplane remembers which moduli it has tested. */
function rsaKey(half: Half): string {
  if (primes.length === 0) primes = makePrimes();
  const step = 1 + Math.floor((made % keysMade) / primesMade);
  const p = primes[made % primesMade] ?? 0n;
  const q = primes[(made + step) % primesMade] ?? 0n;
  made += 1;
  const publicMembers = { kty: 'RSA', n: base64urlOf(p * q), e: base64urlOf(publicExponent) };
  if (half === 'public') return JSON.stringify(publicMembers);
  const d = inverse(publicExponent, (p - 1n) * (q - 1n));
  const factors = { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const named = Object.entries({ d, ...factors }).map(([name, value]) => [name, base64urlOf(value)]);
  return JSON.stringify({ ...publicMembers, ...Object.fromEntries(named) });
}

function makePrimes(): readonly bigint[] {
  return Array.from({ length: primesMade / 2 }, () => {
    const { p = '', q = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      format: 'jwk',
    });
    return [p, q].map((member) => BigInt(`0x${Buffer.from(member, 'base64url').toString('hex')}`));
  }).flat();
}

/** By the extended algorithm of Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, divisor] = [modulus, value % modulus];
  let [before, now] = [0n, 1n];
  while (divisor !== 0n) {
    const quotient = rest / divisor;
    [rest, divisor] = [divisor, rest - quotient * divisor];
    [before, now] = [now, before - quotient * now];
  }
  return before < 0n ? before + modulus : before;
}

function base64urlOf(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
}

export interface CreateLoad {
  readonly half: Half;
  readonly clients: number;
  readonly creates: number;
}

/** @returns creates a second */
export async function createAll(
  manager: BenchManager,
  { half, clients, creates }: CreateLoad,
): Promise<number> {
  const works = Array.from({ length: creates }, () => {
    const jwkStr = rsaKey(half);
    const body = { name: `jwk-${made}`, sourceType: 'COPY_PASTE', jwkStr };
    return () => manager.post('/apiops/projects/Bench/jwks/', body);
  });
  const startedAt = performance.now();
  await onClients(clients, works);
  return (creates / (performance.now() - startedAt)) * 1_000;
}

export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')} /s`;
}
